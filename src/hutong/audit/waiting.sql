-- name: read
-- Whether the log is signed, how many entries wait, and the oldest leaf of ours; what lies aside is counted to a bound.
select s.state, s.code, s.facts, s.since_at,
       (select extract(epoch from latest_at - last_at)::float8 from audit.clock) as behind,
       (select last_at from audit.clock) as last_at,
       (select count(*) from audit.pending_leaf)::bigint as entries,
       (select count(*) from (select from audit.doubled_leaf limit 10000) d)::bigint as aside,
       (select leaf from audit.pending_leaf where substr(leaf, 1, 7) = '{"at":"' and length(leaf) <= 1000
        order by entry_id limit 1) as oldest
from audit.signing s

-- name: oldest
-- The oldest leaf of ours that waits; nothing where none does.
select leaf from audit.pending_leaf where substr(leaf, 1, 7) = '{"at":"' and length(leaf) <= 1000 order by entry_id limit 1

-- name: note
-- What the worker found; nothing is written where it is as before.
update audit.signing
set state = %(state)s, code = %(code)s, facts = %(facts)s::jsonb,
    since_at = case when (state, code) is not distinct from (%(state)s::text, %(code)s::text)
                    then since_at else %(now)s end
where (state, code, facts) is distinct from (%(state)s::text, %(code)s::text, %(facts)s::jsonb)
