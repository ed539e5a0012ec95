-- name: count_claims
-- Count the claims of units. Until this transaction ends no other list of theirs is counted.
insert into plane.claims_made as m (consumer, claims)
select c, n from unnest(%(consumers)b::text[], %(claims)b::int[]) as t (c, n)
on conflict (consumer) do update set claims = m.claims + excluded.claims

-- name: keep_missed
-- Remember which of the claims just counted do not match, by how far they are from the last one, and forget those that
-- are not among the last any more.
with counted as (
    select consumer, claims,
           plane.limit_in_force('compare.share_claims', consumer, '', %(day)s, %(share_claims)s) as among
    from plane.claims_made where consumer = any (%(consumers)b)
), gone as (
    delete from plane.mismatched_claim c using counted m
    where c.consumer = m.consumer and c.place <= m.claims - m.among
    returning c.consumer
), missed as (
    insert into plane.mismatched_claim (consumer, place)
    select m.consumer, m.claims - t.back
    from unnest(%(of)b::text[], %(backs)b::int[]) as t (consumer, back) join counted m using (consumer)
    where t.back < m.among
    returning consumer
)
update plane.claims_made m
set missed = m.missed + (select count(*) from missed x where x.consumer = m.consumer)
                      - (select count(*) from gone g where g.consumer = m.consumer)
where consumer = any (%(consumers)b)

-- name: keep_values
-- Remember values that do not match, each with the record it was claimed of.
insert into plane.mismatched_value as v (value, k, consumer, code, item, day)
select value, k, consumer, code, item, %(day)s
from unnest(%(values)b::bytea[], %(records)b::bytea[], %(of)b::text[], %(codes)b::text[], %(items)b::text[])
    as t (value, k, consumer, code, item)
on conflict (value, k) do update set day = excluded.day
where v.day <= %(day)s - plane.limit_in_force('compare.value_days', v.consumer, v.code, %(day)s, %(value_days)s)

-- name: expect_within
-- Fail where a value that is claimed, or the share of a unit's claims that do not match, has reached its limit.
select plane.expect_within(not exists (
    select from plane.claims_made
    where consumer = any (%(consumers)b)
      and claims >= plane.limit_in_force('compare.share_from', consumer, '', %(day)s, %(share_from)s)
      and missed * 100::bigint
          > least(claims, plane.limit_in_force('compare.share_claims', consumer, '', %(day)s, %(share_claims)s))
          * plane.limit_in_force('compare.share_percent', consumer, '', %(day)s, %(share_percent)s)
) and not exists (
    select from plane.mismatched_value
    where value = any (%(values)b)
      and day > %(day)s - (select plane.limit_in_force('compare.value_days', '', '', %(day)s, %(value_days)s))
    group by value, consumer, code
    having count(*) >= plane.limit_in_force('compare.value_keys', consumer, code, %(day)s, %(value_keys)s)
))

-- name: look_claims
-- Lock what is counted of units.
insert into plane.claims_made as m (consumer, claims)
select c, 0 from unnest(%(consumers)b::text[]) as t (c)
on conflict (consumer) do update set claims = m.claims

-- name: look_counted
-- How many claims units have made, the limits of their share, and whether an alarm stands open.
select consumer, claims,
       plane.limit_in_force('compare.share_from', consumer, '', %(day)s, %(share_from)s),
       plane.limit_in_force('compare.share_claims', consumer, '', %(day)s, %(share_claims)s),
       plane.limit_in_force('compare.share_percent', consumer, '', %(day)s, %(share_percent)s),
       exists (select from plane.alarm a
               where a.name = 'compare.share_percent' and a.consumer = m.consumer and a.code = '' and closed_at is null)
from plane.claims_made m where consumer = any (%(consumers)b)

-- name: look_missed
-- Which claims of units do not match, by their number.
select consumer, place from plane.mismatched_claim where consumer = any (%(consumers)b) order by place

-- name: look_values
-- Of which records the values that are claimed were claimed before and did not match.
select value, k from plane.mismatched_value
where value = any (%(values)b)
  and day > %(day)s - (select plane.limit_in_force('compare.value_days', '', '', %(day)s, %(value_days)s))

-- name: look_keys
-- Of how many records the same value may be claimed that does not match, by unit and resource, and for how many days.
select consumer, code, plane.limit_in_force('compare.value_keys', consumer, code, %(day)s, %(value_keys)s),
       plane.limit_in_force('compare.value_days', '', '', %(day)s, %(value_days)s)
from unnest(%(of)b::text[], %(codes)b::text[]) as t (consumer, code)

-- name: forget_values
-- Drop values that did not match longer ago than they are remembered.
delete from plane.mismatched_value where day <= %(day)s
