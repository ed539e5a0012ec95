-- name: hear
-- Write down that a system was heard, and by which digest it tells what it declares; `anew` where it told another before.
insert into plane.server_fact (system, digest, first_at, last_at) values (%(system)s, %(digest)s, %(now)s, %(now)s)
on conflict (system, digest) do update set
    first_at = case when %(anew)s then excluded.first_at else plane.server_fact.first_at end,
    last_at = greatest(plane.server_fact.last_at, excluded.last_at)

-- name: newest
-- The digest that a system told last.
select digest from plane.server_fact where system = %(system)s and digest <> '' order by last_at desc limit 1

-- name: tell_outage
-- Write down that a system did not run.
insert into plane.outage (system, from_at, until_at, words, told_at)
values (%(system)s, %(from_at)s, %(until_at)s, %(words)s, %(now)s)

-- name: heard
-- Of each of some systems, when it was heard last, and what it told last by which digest, since when.
select distinct on (system) system, digest, first_at, last_at,
       max(last_at) over (partition by system) as heard_at
from plane.server_fact where system = any (%(systems)s) order by system, (digest = ''), last_at desc

-- name: outages
-- The newest times in which a system did not run.
select from_at, until_at, words, told_at from plane.outage where system = %(system)s
order by from_at desc, id desc limit %(limit)s
