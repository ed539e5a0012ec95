-- name: count
-- Count refusals of one kind; returns how many the caller has had in this minute. First and last are of those that are
-- entered together.
insert into audit.refusal as r (event, caller, code, minute_at, org, count, first_at, last_at)
values (%(event)s, %(caller)s, %(code)s, date_trunc('minute', %(first_at)s::timestamptz), %(org)s, %(more)s,
        %(first_at)s, %(last_at)s)
on conflict (event, caller, code, minute_at) do update
set count = r.count + excluded.count,
    first_at = case when r.count <= %(singly)s then excluded.first_at else least(r.first_at, excluded.first_at) end,
    last_at = greatest(r.last_at, excluded.last_at)
returning count

-- name: take
-- Minutes that are over: those with more refusals than are entered singly are returned, all of them go.
with gone as (
    delete from audit.refusal where minute_at < date_trunc('minute', %(now)s::timestamptz)
    returning event, caller, code, org, count, first_at, last_at
)
select event, caller, code, org, count - %(singly)s as count, first_at, last_at
from gone where count > %(singly)s
order by first_at, event, caller, code
