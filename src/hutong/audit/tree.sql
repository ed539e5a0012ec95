-- name: lock
-- Whether this transaction is now the integrator; it is until it ends.
select pg_try_advisory_xact_lock(hashtext('audit.tree'))

-- name: plain_plans
-- Go by indexes, whatever is known of a table that fills and empties, and lose nothing that was committed.
select set_config('enable_seqscan', 'off', true), set_config('enable_bitmapscan', 'off', true),
       set_config('enable_sort', 'off', true), set_config('enable_hashjoin', 'off', true),
       set_config('enable_mergejoin', 'off', true), set_config('synchronous_commit', 'on', true)

-- name: waiting
-- The oldest entries that wait, with their leaves, without those of a moment that has not come: it stands at one place in
-- every leaf, and its texts sort as moments do. What is none of ours waits for no moment.
select entry_id, leaf from audit.pending
where substr(leaf, 8, 27) <= %(until)s or substr(leaf, 8, 27) > '9999-12-31' or substr(leaf, 1, 7) <> '{"at":"'
   or length(leaf) > 1000
order by entry_id limit %(limit)s

-- name: take
-- Take entries that wait, of which nobody else takes any.
delete from audit.pending where entry_id = any (%(ids)b::bigint[])

-- name: keep_aside
-- Keep what was taken and is no leaf of ours.
insert into audit.doubled (entry_id, leaf) select * from unnest(%(ids)b::bigint[], %(leaves)b::bytea[])

-- name: put_aside
-- Take the oldest that wait though they are placed already; those with another leaf than the placed one are kept.
with first as (
    select entry_id from audit.pending order by entry_id limit %(limit)s
), taken as (
    delete from audit.pending p using first f, audit.leaf l where p.entry_id = f.entry_id and l.entry_id = p.entry_id
    returning p.entry_id, p.leaf, l.data
), kept as (
    insert into audit.doubled (entry_id, leaf) select entry_id, leaf from taken where leaf <> data
)
select entry_id from taken order by entry_id

-- name: place
-- Write leaves from a position on, in the order given.
insert into audit.leaf (seq, entry_id, data, hash)
select %(first)b + number - 1, entry_id, data, hash
from unnest(%(ids)b::bigint[], %(leaves)b::bytea[], %(hashes)b::bytea[]) with ordinality
    as l (entry_id, data, hash, number)

-- name: store_inner
-- Write the roots of tiles that became full.
insert into audit.tree_hash (epoch, level, idx, hash)
select %(epoch)b::int, * from unnest(%(levels)b::int[], %(indexes)b::bigint[], %(hashes)b::bytea[])
