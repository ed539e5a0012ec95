-- name: newest
-- The note of the newest checkpoint.
select note from audit.checkpoint order by size desc limit 1

-- name: checkpoint
-- Size and note of the checkpoint of a size, of the newest one where no size is given.
select size, note from audit.checkpoint
where %(size)s::bigint is null or size = %(size)s::bigint
order by size desc limit 1

-- name: leaves
-- Leaves from a place on, in order.
select data from audit.leaf where seq >= %(first)s and seq < %(first)s::bigint + %(count)s order by seq

-- name: alive
-- Nothing but an answer.
select 1
