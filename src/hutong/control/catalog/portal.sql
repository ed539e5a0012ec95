-- name: overview
-- How much there is: resources, their providers, records held in the versions answered from.
select count(*), count(distinct r.provider), coalesce(sum(h.rows), 0)::bigint
from plane.resource r
left join plane.store h on h.code = r.code and h.version = r.version
where exists (select from plane.definition d where d.code = r.code)

-- name: head
-- The newest checkpoint of the evidence log: size, moment, signed note.
select size, at, note from audit.checkpoint order by epoch desc, size desc limit 1
