-- name: grants
-- A page of the grants of these units, or of everybody, that fit words and state; the newest first.
select g.no, g.code, r.name as resource, p.name as provider, c.name as consumer, c.region_code as region,
       s.name as system, g.mode, g.items, g.purpose, g.from_at, g.until_at, g.state, g.filing_no, g.reason,
       g.consumer as consumer_id, g.system as system_id, g.row_filter::text, g.version,
       case when r.version > g.version then r.version end as newer, h.as_of, h.ends_on,
       g.state = 'active' and g.suspended + s.suspended + s.unit_suspended > 0 as suspended
from plane.access_grant g
join plane.resource r on r.code = g.code
left join plane.holding h on h.code = g.code and h.version = g.version
join plane.system s on s.id = g.system
join orgs_organisation p on p.credit_code = g.provider
join orgs_organisation c on c.credit_code = g.consumer
where (%(everyone)s or g.provider = any (%(units)s) or g.consumer = any (%(units)s) or g.consumer = any (%(of_region)s))
  and (%(state)s = '' or g.state = %(state)s)
  and (not %(suspended)s or g.state = 'active' and g.suspended + s.suspended + s.unit_suspended > 0)
  and (not %(former)s or g.state = 'active' and g.version < r.version)
  and not exists (select from unnest(%(words)s::text[]) word where position(word in lower(
        concat_ws(' ', g.no, g.filing_no, g.code, r.name, p.name, c.name, s.name))) = 0)
  and (%(before_at)s::timestamptz is null or (g.from_at, g.no) < (%(before_at)s, %(before_no)s))
order by g.from_at desc, g.no desc
limit %(limit)s

-- name: grants_counted
-- How many grants fit, counted up to a bound.
select count(*) from (
    select from plane.access_grant g
    join plane.resource r on r.code = g.code
    join plane.system s on s.id = g.system
    join orgs_organisation p on p.credit_code = g.provider
    join orgs_organisation c on c.credit_code = g.consumer
    where (
        %(everyone)s or g.provider = any (%(units)s) or g.consumer = any (%(units)s) or g.consumer = any (%(of_region)s)
    )
      and (%(state)s = '' or g.state = %(state)s)
      and (not %(suspended)s or g.state = 'active' and g.suspended + s.suspended + s.unit_suspended > 0)
      and (not %(former)s or g.state = 'active' and g.version < r.version)
      and not exists (select from unnest(%(words)s::text[]) word where position(word in lower(
            concat_ws(' ', g.no, g.filing_no, g.code, r.name, p.name, c.name, s.name))) = 0)
    limit %(limit)s
) found

-- name: revoked
-- How many grants of these consumers were revoked before their period was over.
select count(*) from plane.access_grant
where consumer = any (%(units)s) and state = 'revoked' and until_at > %(now)s

-- name: ended
-- How a grant ended, and why, if it did.
select state, coalesce(reason, '') as reason from plane.access_grant where no = %(no)s and state <> 'active'

-- name: registered
-- What some units' systems, persons and devices are called, in use or stopped: of each code only in its own unit.
select 'systems' as kind, org, id, name from plane.system where org = any (%(orgs)s) and id = any (%(systems)s)
union all
select 'persons', org, id, name from plane.person where org = any (%(orgs)s) and id = any (%(persons)s)
union all
select 'devices', org, id, name from plane.device where org = any (%(orgs)s) and id = any (%(devices)s)
