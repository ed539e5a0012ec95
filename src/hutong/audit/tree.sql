-- name: lock
-- Whether this transaction is now the integrator; it is until it ends.
select pg_try_advisory_xact_lock(hashtext('audit.tree'))

-- name: plain_plans
-- Go by indexes, whatever is known of a table that fills and empties, and lose nothing that was committed.
select set_config('enable_seqscan', 'off', true), set_config('enable_bitmapscan', 'off', true),
       set_config('enable_sort', 'off', true), set_config('enable_hashjoin', 'off', true),
       set_config('enable_mergejoin', 'off', true), set_config('synchronous_commit', 'on', true)

-- name: waiting
-- The oldest entries that wait, with their leaves (of what is longer than one of ours, the beginning), without those of a moment that has not come: it stands at one place in
-- every leaf, and its texts sort as moments do. What is none of ours waits for no moment.
select entry_id, substr(leaf, 1, 1001) from audit.pending_leaf
where substr(leaf, 8, 27) <= %(until)s or substr(leaf, 8, 27) > '9999-12-31' or substr(leaf, 1, 7) <> '{"at":"'
   or length(leaf) > 1000
order by entry_id limit %(limit)s

-- name: take
-- Take entries that wait, of which nobody else takes any.
delete from audit.pending_leaf where entry_id = any (%(ids)b::bigint[])

-- name: keep_aside
-- Keep of what waits that which is no leaf of ours, the beginning of each, as long as not too many lie aside; what is not
-- kept is counted.
with room as materialized (
    select greatest(%(most)s - count(*), 0) as leaves from (select from audit.doubled_leaf order by id limit %(most)s) d
), beyond as (
    update audit.signing set aside_beyond = aside_beyond + cardinality(%(ids)b::bigint[]) - (select leaves from room)
    where only_row and cardinality(%(ids)b::bigint[]) > (select leaves from room)
)
insert into audit.doubled_leaf (entry_id, leaf, digest)
select entry_id, substr(leaf, 1, 1000), sha256(leaf) from audit.pending_leaf
where entry_id = any (%(ids)b::bigint[]) order by entry_id limit (select leaves from room)

-- name: put_aside
-- Take the oldest that wait though they are placed already; those with another leaf than the placed one are kept, as
-- long as not too many lie aside. Nothing
-- is joined, so that each is looked up by its number, whatever is known of the tables: of a join that was planned on
-- empty ones all that waited was read for each.
with doubled as materialized (
    select f.entry_id, f.leaf, l.data
    from (select entry_id, leaf from audit.pending_leaf order by entry_id limit %(limit)s) f
    cross join lateral (select data from audit.leaf where entry_id = f.entry_id offset 0) l
), taken as (
    delete from audit.pending_leaf where entry_id = any (array(select entry_id from doubled)) returning entry_id
), other as materialized (
    select entry_id, leaf from doubled where leaf <> data and entry_id = any (array(select entry_id from taken))
), room as materialized (
    select greatest(%(most)s - count(*), 0) as leaves from (select from audit.doubled_leaf order by id limit %(most)s) d
), beyond as (
    update audit.signing set aside_beyond = aside_beyond + (select count(*) from other) - (select leaves from room)
    where only_row and (select count(*) from other) > (select leaves from room)
), kept as (
    insert into audit.doubled_leaf (entry_id, leaf, digest)
    select entry_id, substr(leaf, 1, 1000), sha256(leaf) from other order by entry_id limit (select leaves from room)
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
insert into audit.tree_hash (epoch, level, index, hash)
select %(epoch)b::int, * from unnest(%(levels)b::int[], %(indexes)b::bigint[], %(hashes)b::bytea[])
