-- part: counted
-- What was disclosed to whom in a year and on this day, with the most there may be; without one it is null.
from unnest(%(of)b::text[], %(codes)b::text[], %(declared)b::int[], %(personal)b::int[], %(paging)b::int[])
    as g (whose, code, declared, personal, paging)
cross join lateral (select max(s.rows) as rows from plane.store s where s.code = g.code) h
cross join lateral (
    select coalesce(sum(d.records), 0)::int as year,
           coalesce(sum(d.records) filter (where d.day = %(day)s), 0)::int as today
    from plane.disclosed_day d
    where d.whose = g.whose and d.code = g.code
      and d.day > %(day)s - (select plane.limit_in_force('query.counted_days', '', '', %(day)s, %(counted_days)s))
) c
cross join lateral (
    select case when g.declared > 0 then g.declared when g.personal > 0 then greatest(
               plane.limit_in_force('query.records_least', g.whose, g.code, %(day)s, %(records_least)s),
               h.rows * plane.limit_in_force('query.records_percent', g.whose, g.code, %(day)s, %(records_percent)s) / 100
           )::int end as year,
           case when g.declared = 0 and g.personal > 0
               then plane.limit_in_force('query.daily_records', g.whose, g.code, %(day)s, %(daily_records)s) end as today,
           case when g.declared = 0 and g.personal = 0 and h.rows > 0 and not exists (
               select from plane.alarm a
               where a.name = 'query.alarm_percent' and a.consumer = g.whose and a.code = g.code and closed_at is null
           ) then ceil(h.rows
               * plane.limit_in_force('query.alarm_percent', g.whose, g.code, %(day)s, %(alarm_percent)s) / 100.0
           )::int end as alarm
) most

-- name: disclose
-- Count records that are disclosed, each once in a year for each it counts for.
with fresh as (
    insert into plane.disclosed as d (whose, code, k, day)
    select whose, code, k, %(day)s
    from unnest(%(of)b::text[], %(codes)b::text[], %(records)b::bytea[]) as t (whose, code, k)
    order by whose, code, k
    on conflict (whose, code, k) do update set day = excluded.day
    where d.day <= %(day)s - (select plane.limit_in_force('query.counted_days', '', '', %(day)s, %(counted_days)s))
    returning whose, code
)
insert into plane.disclosed_day as c (whose, code, day, records)
select whose, code, %(day)s, count(*) from fresh group by whose, code order by whose, code
on conflict (whose, code, day) do update set records = c.records + excluded.records

-- name: expect_within
-- Fail where more was disclosed than may be, where nothing is left for a question that goes through pages, and where an
-- alarm has to be opened.
select plane.expect_within(not exists (
    select {{counted}} where c.year + g.paging > most.year or c.today + g.paging > most.today or c.year >= most.alarm
))

-- name: lock
-- Let no other list disclose to these before this transaction ends, not even one of another day: that is what the rows of
-- no day are for.
insert into plane.disclosed_day as c (whose, code, day, records)
select whose, code, day, 0
from unnest(%(of)b::text[], %(codes)b::text[]) as t (whose, code), unnest(array['-infinity'::date, %(day)s]) as d (day)
order by whose, code, day
on conflict (whose, code, day) do update set records = c.records

-- name: by_index
-- Let the statements of this transaction go by index, whatever statistics there are.
select set_config('enable_seqscan', 'off', true), set_config('enable_hashjoin', 'off', true),
       set_config('enable_mergejoin', 'off', true)

-- name: look
-- What was disclosed, and the most there may be.
select g.whose, g.code, c.year, c.today, most.year, most.today, most.alarm {{counted}}

-- name: look_known
-- Which records count already.
select d.whose, d.code, d.k
from unnest(%(of)b::text[], %(codes)b::text[], %(records)b::bytea[]) as t (whose, code, k)
join plane.disclosed d using (whose, code, k)
where d.day > %(day)s - (select plane.limit_in_force('query.counted_days', '', '', %(day)s, %(counted_days)s))

-- name: forget
-- Drop what was disclosed longer ago than it counts.
delete from plane.disclosed where day + 0 <= %(day)s

-- name: forget_days
-- Drop how much was disclosed on days longer ago than it counts.
delete from plane.disclosed_day where day <= %(day)s and day > '-infinity'
