-- name: look_days
-- How many of the records a unit claimed of a resource did not match when they were last claimed and, of every sixteenth,
-- how many did; and whether an alarm of their share stands open.
select g.consumer, g.code, coalesce(sum(d.missed), 0)::int, coalesce(sum(d.matched), 0)::int,
       exists (select from plane.alarm a
               where a.name = 'compare.share_percent' and a.consumer = g.consumer and a.code = g.code and closed_at is null)
from unnest(%(of)b::text[], %(codes)b::text[]) as g (consumer, code)
left join plane.claimed_day d on d.consumer = g.consumer and d.code = g.code
    and d.day > %(day)s - (select plane.limit_in_force('compare.value_days', '', '', %(day)s, %(value_days)s))
group by g.consumer, g.code

-- name: look_records
-- Which of the records that are claimed are kept, and whether they matched.
select consumer, code, k, matched from plane.claimed_record
join unnest(%(units)b::text[], %(resources)b::text[], %(records)b::bytea[]) as g (consumer, code, k) using (consumer, code, k)
where day > %(day)s - (select plane.limit_in_force('compare.value_days', '', '', %(day)s, %(value_days)s))

-- name: look_parts
-- Which records with the same part of their key did not match.
select part, k from plane.claimed_record
where part = any (%(parts)b) and not matched
  and day > %(day)s - (select plane.limit_in_force('compare.value_days', '', '', %(day)s, %(value_days)s))

-- name: forget_records
-- Drop what was kept of records longer ago than it counts.
delete from plane.claimed_record where day + 0 <= %(day)s

-- name: forget_days
-- Drop how many were counted on days longer ago than they count.
delete from plane.claimed_day where day <= %(day)s
