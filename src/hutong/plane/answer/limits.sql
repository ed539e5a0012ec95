-- name: spend_guesses
-- Add claims to what was claimed this day about each subject; more than may be is refused by the table.
insert into plane.guess_spent (grant_no, day, subject, spent, guesses)
select g, %(day)s, s, n, m
from unnest(%(of)b::text[], %(subjects)b::bytea[], %(counts)b::int[], %(mosts)b::int[]) as t (g, s, n, m)
on conflict (grant_no, day, subject)
do update set spent = plane.guess_spent.spent + excluded.spent, guesses = excluded.guesses

-- name: spend_quota
-- Add what is asked to what the grants have spent this day; more than may be is refused by the table.
insert into plane.quota_spent (grant_no, day, spent, quota)
select g, %(day)s, n, q
from unnest(%(grants)b::text[], %(counts)b::int[], %(quotas)b::int[]) as t (g, n, q)
on conflict (grant_no, day)
do update set spent = plane.quota_spent.spent + excluded.spent, quota = excluded.quota

-- name: look_guesses
-- Lock what was claimed this day about each subject, and read it.
insert into plane.guess_spent (grant_no, day, subject, spent, guesses)
select g, %(day)s, s, n, m
from unnest(%(of)b::text[], %(subjects)b::bytea[], %(counts)b::int[], %(mosts)b::int[]) as t (g, s, n, m)
on conflict (grant_no, day, subject) do update set guesses = greatest(plane.guess_spent.spent, excluded.guesses)
returning grant_no, subject, spent

-- name: look_quota
-- Lock what the grants have spent this day, and read it.
insert into plane.quota_spent (grant_no, day, spent, quota)
select g, %(day)s, n, q
from unnest(%(grants)b::text[], %(counts)b::int[], %(quotas)b::int[]) as t (g, n, q)
on conflict (grant_no, day) do update set quota = greatest(plane.quota_spent.spent, excluded.quota)
returning grant_no, spent

-- name: forget_quota
-- Drop what was spent on days that are over.
delete from plane.quota_spent where day < %(day)s

-- name: forget_guesses
-- Drop what was guessed on days that are over.
delete from plane.guess_spent where day < %(day)s
