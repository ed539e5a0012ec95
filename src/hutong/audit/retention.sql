-- name: make_months
-- Makes the partitions of the months from one date to another, and of those whose entries lie in the default one;
-- returns the names of the new ones.
select made
from (
    select month::date as month from generate_series(%(first)s::date, %(last)s::date, interval '1 month') as month
    union
    select audit.months_in_default()
) wanted,
    lateral (select audit.make_month(month, %(now)s)) as new (made)
where made is not null
order by made

-- name: request
-- Write down a request to purge.
insert into audit.purge (state, class, before_at, requested_by, requested_at)
values (%(state)s, %(class)s, %(before)s, %(by)s, %(now)s) returning id

-- name: approve
-- Write down who agreed.
update audit.purge set state = %(state)s, approved_by = %(by)s, approved_at = %(now)s where id = %(purge)s

-- name: drop
-- Write down who ended a request by which nothing was purged, and why.
update audit.purge set state = %(state)s, dropped_by = %(by)s, dropped_at = %(now)s, drop_reason = %(reason)s
where id = %(purge)s

-- name: remove
-- Remove the placed entries of a purge that may be done, and count them; fails where it may not.
select audit.remove_entries(%(purge)s, %(now)s)

-- name: done
-- Write down that a purge was done.
update audit.purge set state = %(state)s, done_at = %(now)s, removed = %(removed)s, certificate = %(certificate)s
where id = %(purge)s

-- name: bounded
-- Give up a statement of this transaction that takes longer than a minute.
select set_config('statement_timeout', '60s', true)

-- name: settle_subjects
-- Empty what the indexes of subjects have noted and not sorted in, month by month.
select audit.settle_subjects()
