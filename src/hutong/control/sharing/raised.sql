-- part: fitting
-- Alarms and raised limits of the units an officer reads of.
from (
    select 'alarm' as kind, 'alarm-' || a.id as no, a.id, a.opened_at as at, a.name, a.consumer, a.code, a.seen, a.most,
           coalesce(a.finding, '') as words, coalesce(a.closed_by, '') as by, null::date as until_date,
           a.closed_at is null as stands
    from plane.alarm a
    union all
    select 'raised', 'raised-' || r.id, r.id, r.decided_at, r.name, r.consumer, coalesce(r.code, ''), null, r.value,
           r.reason, r.decided_by, r.until_date, %(today)s between r.from_date and r.until_date
    from plane.raised_limit r
) l
join units_unit c on c.credit_code = l.consumer
left join plane.resource s on s.code = l.code
where (%(everyone)s or l.consumer = any (%(units)s) or l.consumer = any (%(of_region)s))
  and (%(kind)s = '' or l.kind = %(kind)s)
  and (not %(standing)s or l.stands)
  and not exists (select from unnest(%(words)s::text[]) word where position(word in lower(
        concat_ws(' ', l.name, l.consumer, c.name, l.code, s.name))) = 0)

-- part: shown
-- What a list shows of one.
l.kind, l.no, l.id, l.at, l.name, l.consumer, c.name as unit, c.region_code as region, l.code,
coalesce(s.name, '') as resource, l.seen, l.most, l.words, l.by, l.until_date, l.stands

-- name: newest
-- A page of them, the newest first.
select {{shown}}
{{fitting}}
  and (%(after_at)s::timestamptz is null or (l.at, l.no) < (%(after_at)s, %(after_no)s))
order by l.at desc, l.no desc
limit %(limit)s

-- name: oldest
-- A page of them, the oldest first.
select {{shown}}
{{fitting}}
  and (%(after_at)s::timestamptz is null or (l.at, l.no) > (%(after_at)s, %(after_no)s))
order by l.at, l.no
limit %(limit)s

-- name: counted
-- How many there are, counted up to a bound.
select count(*) from (
    select {{fitting}}
    limit %(limit)s
) found
