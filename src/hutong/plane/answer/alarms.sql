-- name: open
-- Open an alarm, unless the same stands open.
insert into plane.alarm (name, consumer, code, seen, most, opened_at)
values (%(name)s, %(consumer)s, %(code)s, %(seen)s, %(most)s, %(now)s)
on conflict (name, consumer, code) where closed_at is null do nothing
