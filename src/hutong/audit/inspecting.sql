-- name: entries
-- The entries after one, in their order, each with its leaf, placed or not.
select e.id, e.at, e.event, e.class, e.unit, e.counterpart,
       array(select o.unit from audit.party o where o.entry_id = e.id and o.at = e.at and o.class = e.class),
       e.salt, e.record, coalesce(l.data, p.leaf),
       e.result, e.department, e.system, e.grant_no, e.resource, e.mode, e.latency_us, e.subjects
from (select * from audit.entry where id > %(after)s order by id limit %(limit)s) e
left join audit.leaf l on l.entry_id = e.id
left join audit.pending_leaf p on p.entry_id = e.id
order by e.id

-- name: doubled
-- Entries of which another leaf was handed in after one was placed, or something that is no leaf.
select entry_id, leaf from audit.doubled_leaf order by entry_id
