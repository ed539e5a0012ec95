-- name: place
-- Where a leaf stands in the tree.
select seq from audit.leaf where hash = %(hash)s

-- name: leaves
-- Leaves from one position on.
select data from audit.leaf where seq >= %(first)s and seq < %(first)s::bigint + %(count)s::bigint order by seq
