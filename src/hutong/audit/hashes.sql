-- name: size
-- How many leaves are placed, in all epochs.
select coalesce(max(seq) + 1, 0) from audit.leaf

-- name: hashes
-- Leaf hashes from one position to another.
select hash from audit.leaf where seq >= %(first)s and seq < %(until)s order by seq

-- name: nodes
-- Roots of full tiles of one level of an epoch's tree.
select hash from audit.tree_hash
where epoch = %(epoch)s and level = %(level)s and index >= %(first)s and index < %(first)s::bigint + %(count)s::bigint
order by index
