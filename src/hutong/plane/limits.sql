-- name: spend
-- Add what is asked to what the grants have spent this day, and claims to what was claimed about each subject, and say
-- how much that makes; without a subject it is the grant's.
with quota as (
    insert into plane.quota_spent (grant_no, day, spent)
    select g, %(day)s, n from unnest(%(grants)b::text[], %(counts)b::int[]) as t (g, n)
    on conflict (grant_no, day) do update set spent = plane.quota_spent.spent + excluded.spent
    returning grant_no, spent
), guesses as (
    insert into plane.guess_spent (grant_no, day, subject, spent)
    select g, %(day)s, s, n
    from unnest(%(of)b::text[], %(subjects)b::bytea[], %(claims)b::int[]) as t (g, s, n)
    on conflict (grant_no, day, subject) do update set spent = plane.guess_spent.spent + excluded.spent
    returning grant_no, subject, spent
)
select grant_no, null::bytea, spent from quota
union all
select grant_no, subject, spent from guesses

-- name: return_quota
-- Give back what refused questions did not use; the rows are locked by this transaction already.
update plane.quota_spent q set spent = q.spent - t.n
from unnest(%(grants)b::text[], %(counts)b::int[]) as t (g, n)
where q.grant_no = t.g and q.day = %(day)s

-- name: return_guesses
-- Give back what refused questions did not use; the rows are locked by this transaction already.
update plane.guess_spent q set spent = q.spent - t.n
from unnest(%(of)b::text[], %(subjects)b::bytea[], %(claims)b::int[]) as t (g, s, n)
where q.grant_no = t.g and q.day = %(day)s and q.subject = t.s

-- name: forget_quota
-- Drop what was spent on days that are over.
delete from plane.quota_spent where day < %(day)s

-- name: forget_guesses
-- Drop what was guessed on days that are over.
delete from plane.guess_spent where day < %(day)s
