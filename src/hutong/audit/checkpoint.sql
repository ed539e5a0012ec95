-- name: latest
-- The newest signed head.
select size, root, at, note from audit.checkpoint order by size desc limit 1

-- name: of_size
-- The signed head of one size.
select size, root, at, note from audit.checkpoint where size = %(size)s
