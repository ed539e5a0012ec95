-- name: read
-- One purge.
select id, state, class as record_class, before_at, requested_by, requested_at, approved_by, approved_at, done_at, removed,
       certificate, dropped_by, dropped_at, drop_reason
from audit.purge where id = %(purge)s

-- name: read_locked
-- One purge, so that nobody else moves it.
select id, state, class as record_class, before_at, requested_by, requested_at, approved_by, approved_at, done_at, removed,
       certificate, dropped_by, dropped_at, drop_reason
from audit.purge where id = %(purge)s for update

-- name: page
-- Purges, the newest first or the oldest, that follow one.
select id, state, class as record_class, before_at, requested_by, requested_at, approved_by, approved_at, done_at, removed,
       certificate, dropped_by, dropped_at, drop_reason
from audit.purge p
where (%(state)s::text is null or p.state = %(state)s) and (%(class)s::text is null or p.class = %(class)s)
  and (%(after)s::bigint is null or case when %(oldest)s then p.id > %(after)s else p.id < %(after)s end)
order by case when %(oldest)s then p.id else -p.id end
limit %(limit)s

-- name: count
-- How many purges there are, up to a bound.
select count(*) from (
    select from audit.purge p
    where (%(state)s::text is null or p.state = %(state)s) and (%(class)s::text is null or p.class = %(class)s)
    limit %(most)s) found

-- name: reached
-- How many records a purge would remove, up to a bound.
select count(*) from (
    select from audit.entry e where e.class = %(class)s and e.at < %(before)s limit %(most)s) found
