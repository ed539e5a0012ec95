-- name: changes
-- Every change of the log's key that was approved and placed, in order, with where its entry stands.
select l.seq, l.data, k.record, k.salt, k.epoch
from audit.key_change k join audit.leaf l on l.entry_id = k.entry_id
where k.kind = 'log' and k.state = 'approved'
order by l.seq
