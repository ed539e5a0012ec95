-- name: lock
-- Whether this transaction is now the integrator; it is until it ends.
select pg_try_advisory_xact_lock(hashtext('audit.tree'))

-- name: size
-- How many leaves are placed.
select coalesce(max(seq) + 1, 0) from audit.leaf

-- name: take
-- Take the oldest entries that wait, with their leaves.
with first as (
    select entry_id from audit.pending order by entry_id limit %(limit)s
), taken as (
    delete from audit.pending p using first where p.entry_id = first.entry_id returning p.entry_id, p.leaf
)
select entry_id, leaf from taken order by entry_id

-- name: place
-- Write leaves from position `size` on, in the order given.
insert into audit.leaf (seq, entry_id, data, hash)
select %(size)b + number - 1, entry_id, data, hash
from unnest(%(ids)b::bigint[], %(leaves)b::bytea[], %(hashes)b::bytea[]) with ordinality
    as l (entry_id, data, hash, number)

-- name: store_inner
-- Write the roots of tiles that became full.
insert into audit.tree_hash (level, idx, hash)
select * from unnest(%(levels)b::int[], %(indexes)b::bigint[], %(hashes)b::bytea[])

-- name: store_checkpoint
-- Write the signed head of the tree.
insert into audit.checkpoint (size, root, at, note) values (%(size)s, %(root)s, %(at)s, %(note)s)

-- name: hashes
-- Leaf hashes from one position to another.
select hash from audit.leaf where seq >= %(first)s and seq < %(first)s::bigint + %(count)s::bigint order by seq

-- name: nodes
-- Roots of full tiles of one level.
select hash from audit.tree_hash where level = %(level)s and idx >= %(first)s and idx < %(first)s::bigint + %(count)s::bigint order by idx
