-- name: opening
-- The entry that names a key: its leaf, and what opens it.
select l.data, k.record, k.salt
from audit.leaf l join audit.key_change k on k.entry_id = l.entry_id
where l.seq = %(seq)s and k.kind = 'log' and k.state = 'approved'

-- name: covering
-- The first checkpoint of an epoch that covers a place.
select size, root, at, note from audit.checkpoint
where epoch = %(epoch)s and size > %(index)s order by size limit 1
