-- name: latest
-- The newest signed head of an epoch, or of the one that is written; of no more entries than `within`, if that is told.
select size, root, at, note from audit.checkpoint
where epoch = coalesce(%(epoch)s::int, (select max(number) from audit.epoch))
  and size <= coalesce(%(within)s::bigint, size)
order by size desc limit 1

-- name: of_size
-- The signed head of one size, likewise.
select size, root, at, note from audit.checkpoint
where epoch = coalesce(%(epoch)s::int, (select max(number) from audit.epoch)) and size = %(size)s

-- name: was_signed
-- Whether the log of any epoch was signed over so many entries with this root.
select exists (
    select from audit.checkpoint where size = %(size)s::bigint and encode(root, 'hex') = %(root)s
)
