-- name: untold
-- What lies aside and is not told in the log yet, in the order in which it came.
select id, entry_id, coalesce(digest, sha256(leaf)) from audit.doubled_leaf where told_in is null order by id limit %(most)s

-- name: take_beyond
-- How many were not kept since that was last told; they are told now.
with before as materialized (select aside_beyond from audit.signing for update),
     taken as (update audit.signing set aside_beyond = 0 where aside_beyond > 0)
select aside_beyond from before

-- name: note_told
-- Note which entry tells of them.
update audit.doubled_leaf set told_in = %(entry)s where id = any (%(ids)s)

-- name: let_go
-- Let go of what the log has told of for long enough, and count it.
select audit.let_go_of_aside(%(now)s)
