-- name: read
-- Whether the log is signed, how many entries wait, which of them for a moment that has not come, the oldest leaf of ours
-- that waits for none, and what lies aside. (Before PostgreSQL 18 bytes have no greatest.)
select s.state, s.code, s.facts, s.since_at,
       (select extract(epoch from latest_at - last_at)::float8 from audit.clock) as behind,
       (select last_at from audit.clock) as last_at,
       w.entries, w.ahead, w.first_ahead, w.last_ahead,
       (select count(*) from audit.doubled_leaf) + s.aside_beyond as aside,
       (select leaf from audit.pending_leaf
        where substr(leaf, 1, 7) = '{"at":"' and substr(leaf, 8, 27) <= %(until)s and length(leaf) <= 1000
        order by entry_id limit 1) as oldest
from audit.signing s
cross join (
    select count(*) as entries, count(*) filter (where ahead) as ahead, min(entry_id) filter (where ahead) as first_ahead,
           max(encode(at, 'escape') collate "C") filter (where ahead) as last_ahead
    from (
        select entry_id, substr(leaf, 8, 27) as at,
               substr(leaf, 8, 27) > %(until)s and substr(leaf, 8, 27) < '9999-12-31'
               and substr(leaf, 1, 7) = '{"at":"' and length(leaf) <= 1000 as ahead
        from audit.pending_leaf
    ) p
) w

-- name: oldest
-- The oldest leaf of ours that waits and is of a moment that has come; nothing where none does.
select leaf from audit.pending_leaf
where substr(leaf, 1, 7) = '{"at":"' and substr(leaf, 8, 27) <= %(until)s and length(leaf) <= 1000
order by entry_id limit 1

-- name: ahead
-- The first entries that wait for a moment that has not come, and of whom they are.
select e.id, e.at, e.event, e.unit, coalesce(e.record::jsonb ->> 'by', e.system) as by
from audit.pending_leaf p join audit.entry e on e.id = p.entry_id
where substr(p.leaf, 8, 27) > %(until)s and e.at < '9999-12-31 00:00+00'
order by p.entry_id limit 100

-- name: note
-- What the worker found; nothing is written where it is as before.
update audit.signing
set state = %(state)s, code = %(code)s, facts = %(facts)s::jsonb,
    since_at = case when (state, code) is not distinct from (%(state)s::text, %(code)s::text)
                    then since_at else %(now)s end
where (state, code, facts) is distinct from (%(state)s::text, %(code)s::text, %(facts)s::jsonb)
