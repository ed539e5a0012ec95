-- name: count
-- Count refusals of one kind; returns how many the caller has had in this minute.
select audit.count_refusals(%(event)s, %(caller)s, %(code)s, %(unit)s, %(more)s, %(singly)s, %(first_at)s, %(last_at)s)

-- name: take
-- Minutes that are over: those with more refusals than are entered singly are returned, all of them go.
with gone as (
    delete from audit.refusal where minute_at < date_trunc('minute', %(now)s::timestamptz)
    returning event, caller, code, unit, count, first_at, last_at
)
select event, caller, code, unit, count - %(singly)s as count, first_at, last_at
from gone where count > %(singly)s
order by first_at, event, caller, code
