-- name: settle
-- Count claims, remember what does not match, and fail where a limit is reached.
select plane.settle_comparing(
    %(consumers)b::text[], %(counts)b::int[], %(of)b::text[], %(backs)b::int[], %(missed)b::bytea[], %(records)b::bytea[],
    %(units)b::text[], %(codes)b::text[], %(items)b::text[],
    %(missed_units)b::text[], %(missed_codes)b::text[], %(missed_keys)b::bytea[], %(missed_parts)b::bytea[],
    %(matched_units)b::text[], %(matched_codes)b::text[], %(matched_keys)b::bytea[],
    %(claimed)b::bytea[], %(parts)b::bytea[], %(part_units)b::text[], %(part_codes)b::text[],
    %(day)s::date, %(expect)s::boolean,
    %(value_records)s::int, %(value_days)s::int, %(share_percent)s::int, %(share_claims)s::int, %(share_from)s::int
)

-- name: look_claims
-- Lock what is counted of units.
insert into plane.claims_made as m (consumer, claims)
select c, 0 from unnest(%(consumers)b::text[]) as t (c)
on conflict (consumer) do update set claims = m.claims

-- name: by_index
-- Let the statements of this transaction go by index, whatever statistics there are.
select set_config('enable_seqscan', 'off', true), set_config('enable_hashjoin', 'off', true),
       set_config('enable_mergejoin', 'off', true)

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
select consumer, code, plane.limit_in_force('compare.value_records', consumer, code, %(day)s, %(value_records)s),
       plane.limit_in_force('compare.value_days', '', '', %(day)s, %(value_days)s)
from unnest(%(of)b::text[], %(codes)b::text[]) as t (consumer, code)

-- name: forget_values
-- Drop values that did not match longer ago than they are remembered.
delete from plane.mismatched_value where day + 0 <= %(day)s
