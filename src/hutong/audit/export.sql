-- name: leaves
-- Leaves from one position to another.
select entry_id, data
from audit.leaf where seq >= %(first)s and seq < %(until)s order by seq

-- name: records
-- What is still kept of these entries, with every column that finds or sums them, as it is kept, and further parties.
select id, salt, record, subjects,
       array(select p.unit from audit.party p where p.entry_id = e.id and p.at = e.at and p.class = e.class),
       at, event, class, unit, counterpart, result, department, system, grant_no, resource, mode, latency_us
from audit.entry e
where id = any (%(ids)s) and at between coalesce(%(from_at)s::timestamptz, '-infinity') and coalesce(%(to_at)s::timestamptz, 'infinity')

-- name: strays
-- Records that no leaf of their moment covers and that do not wait for one either: somebody wrote them by hand.
select e.id, e.salt, e.record, e.subjects,
       array(select p.unit from audit.party p where p.entry_id = e.id and p.at = e.at and p.class = e.class),
       e.at, e.event, e.class, e.unit, e.counterpart, e.result, e.department, e.system, e.grant_no, e.resource, e.mode, e.latency_us
from audit.entry e
left join audit.leaf l on l.entry_id = e.id
left join audit.pending_leaf w on w.entry_id = e.id
where e.id > %(after)s and e.id <= %(until)s
  and to_char(e.at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')
      is distinct from encode(substr(coalesce(l.data, w.leaf), 8, 27), 'escape')
order by e.id, e.at

-- name: batch
-- The last of the next entries, by number; null where there are no more.
select max(id) from (select id from audit.entry where id > %(after)s order by id limit %(many)s) next

-- name: checkpoints
-- Every signed head up to a size with its cosignatures, in the order in which they were signed.
select k.size, k.note || coalesce(
    (select string_agg(c.line, '' order by c.witness) from audit.cosignature c where c.epoch = k.epoch and c.size = k.size), ''
)
from audit.checkpoint k where k.epoch = %(epoch)s and k.size > %(after)s and k.size <= %(size)s order by k.size limit %(many)s

-- name: purge_unplaced
-- Whether a purge was done whose entry is not among the first entries of the log.
select exists (
    select from audit.leaf
    where seq >= %(size)s and position('"event":"audit.purge_done"'::bytea in data) > 0
) or exists (
    select from audit.pending_leaf where position('"event":"audit.purge_done"'::bytea in leaf) > 0
)
