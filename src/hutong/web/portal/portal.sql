-- name: overview
-- How much there is: resources, their providers, records held in the versions answered from.
select count(*), count(distinct r.provider), coalesce(sum(h.rows), 0)::bigint
from plane.resource r
left join plane.holding h on h.code = r.code and h.version = r.version
where exists (select from plane.definition d where d.code = r.code)

-- name: head
-- The newest checkpoint of the evidence log: size, moment, signed note.
select size, at, note from audit.checkpoint order by size desc limit 1

-- name: count
-- How many resources hold all of the words in code, name, provider or an item's code or name.
select count(*)
from plane.resource r
join lateral (
    select d.body from plane.definition d
    where d.code = r.code and (r.version is null or d.version = r.version)
    order by d.version desc limit 1
) d on true
where not exists (
    select from unnest(%(words)s::text[]) w
    where strpos(lower(concat_ws(' ', r.code, r.name, r.provider)), lower(w)) = 0
      and not exists (
          select from jsonb_array_elements(d.body::jsonb -> 'items') i
          where strpos(lower(concat_ws(' ', i ->> 'code', i ->> 'name')), lower(w)) > 0
      )
)

-- name: listed
-- The same resources after a code, in the order of codes: body, records held, last loaded.
select d.body, h.rows, h.loaded_at
from plane.resource r
join lateral (
    select d.body, d.version from plane.definition d
    where d.code = r.code and (r.version is null or d.version = r.version)
    order by d.version desc limit 1
) d on true
left join plane.holding h on h.code = r.code and h.version = r.version
where r.code > %(after)s
  and not exists (
    select from unnest(%(words)s::text[]) w
    where strpos(lower(concat_ws(' ', r.code, r.name, r.provider)), lower(w)) = 0
      and not exists (
          select from jsonb_array_elements(d.body::jsonb -> 'items') i
          where strpos(lower(concat_ws(' ', i ->> 'code', i ->> 'name')), lower(w)) > 0
      )
  )
order by r.code limit %(limit)s

-- name: resource
-- One resource as published: body, moment of publishing, records held, last loaded.
select d.body, d.published_at, h.rows, h.loaded_at
from plane.resource r
join plane.definition d on d.code = r.code and (r.version is null or d.version = r.version)
left join plane.holding h on h.code = r.code and h.version = r.version
where r.code = %(code)s
order by d.version desc limit 1
