-- part: fitting
-- The grants of these units, or of everybody, that fit words, state and mode.
from plane.access_grant g
join plane.resource r on r.code = g.code
join plane.system s on s.id = g.system
join units_unit p on p.credit_code = g.provider
join units_unit c on c.credit_code = g.consumer
left join plane.store h on h.code = g.code and h.version = g.version
where (%(everyone)s or g.provider = any (%(units)s) or g.consumer = any (%(units)s) or g.consumer = any (%(of_region)s))
  and (%(state)s = '' or g.state = %(state)s)
  and (%(mode)s = '' or g.mode = %(mode)s)
  and (not %(suspended)s or g.state = 'active' and g.suspended + s.suspended + s.unit_suspended > 0)
  and (not %(former)s or g.state = 'active' and g.version < r.version)
  and not exists (select from unnest(%(words)s::text[]) word where position(word in lower(
        concat_ws(' ', g.no, g.filing_no, g.code, r.name, p.name, c.name, s.name))) = 0)

-- part: shown
-- What a list shows of a grant.
g.no, g.code, r.name as resource, p.name as provider, c.name as consumer, c.region_code as region,
s.name as system, g.mode, g.items, g.purpose, g.from_at, g.until_at, g.state, g.filing_no, g.reason,
g.consumer as consumer_id, g.provider as provider_id, g.system as system_id, g.row_filter::text, g.version,
case when r.version > g.version then r.version end as newer, h.as_of, h.ends_on,
g.state = 'active' and g.suspended + s.suspended + s.unit_suspended > 0 as suspended

-- name: grants_newest
-- A page of the grants that fit, the newest first.
select {{shown}}
{{fitting}}
  and (%(after_at)s::timestamptz is null or (g.from_at, g.no) < (%(after_at)s, %(after_no)s))
order by g.from_at desc, g.no desc
limit %(limit)s

-- name: grants_oldest
-- A page of the grants that fit, the oldest first.
select {{shown}}
{{fitting}}
  and (%(after_at)s::timestamptz is null or (g.from_at, g.no) > (%(after_at)s, %(after_no)s))
order by g.from_at, g.no
limit %(limit)s

-- name: grants_ending
-- A page of the grants that fit, those first whose period is over first.
select {{shown}}
{{fitting}}
  and (%(after_at)s::timestamptz is null or (g.until_at, g.no) > (%(after_at)s, %(after_no)s))
order by g.until_at, g.no
limit %(limit)s

-- name: grants_counted
-- How many grants fit, counted up to a bound.
select count(*) from (
    select {{fitting}}
    limit %(limit)s
) found


-- name: seen
-- What the procedure looks at of applications: parties with the department that the unit has now, and what is published.
select a.id, a.no, a.state, a.entered_at, a.written_by, a.consumer_id as consumer, e.provider_id as provider,
       d.department_id as competent, c.name as consumer_name, c.region_code as region,
       e.code, e.name as entry_name, e.state as entry_state, v.sharing_type, v.number as version
from sharing_application a
join units_unit c on c.credit_code = a.consumer_id
left join units_competence d on d.unit_id = a.consumer_id and d.ended_date is null
join catalog_entry e on e.id = a.entry_id
join catalog_version v on v.id = e.current_id
where a.id = any(%(ids)s)
