-- name: facts
-- What the answers under some grants depend on besides their suspensions.
select g.no, g.state, g.from_at, g.until_at, s.state as system_state, s.mlps_level, s.mlps_until, h.ends_on
from plane.access_grant g
join plane.system s on s.id = g.system
left join plane.store h on h.code = g.code and h.version = g.version
where g.no = any (%(nos)s)

-- name: counted
-- How many grants in force of a grant, a system or a unit are free of suspensions, and how many are not.
select count(*) filter (where g.suspended + s.suspended + s.unit_suspended = 0) as free,
       count(*) filter (where g.suspended + s.suspended + s.unit_suspended > 0) as suspended
from plane.access_grant g
join plane.system s on s.id = g.system
where g.consumer = %(unit)s and g.state = 'active' and g.from_at <= %(now)s and g.until_at > %(now)s
  and %(whom)s = case %(kind)s when 'unit' then g.consumer when 'system' then g.system else g.no end
