-- name: place
-- Where a leaf stands in the tree.
select seq from audit.leaf where hash = %(hash)s

-- name: leaves
-- Leaves from one position on.
select data from audit.leaf where seq >= %(first)s and seq < %(first)s::bigint + %(count)s::bigint order by seq

-- name: placed
-- What an entry says, and where its leaf stands.
select e.event, e.record, l.seq from audit.entry e join audit.leaf l on l.entry_id = e.id where e.id = %(entry)s::bigint
