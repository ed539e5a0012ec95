-- name: compared
-- The newest comparison that was answered and is under a checkpoint, with all its commitment is over.
select e.id, l.seq, e.unit, e.counterpart, e.salt, e.record, l.data,
       array(select o.unit from audit.party o where o.entry_id = e.id) as others
from audit.entry e join audit.leaf l on l.entry_id = e.id
where e.class = 'usage' and e.event = 'plane.compared'
  and l.seq >= %(first)s::bigint and l.seq < %(first)s::bigint + %(size)s::bigint
order by e.id desc limit 1

-- name: grants
-- Grants to compare that are answered at this moment, the newest first, each with who may ask under it from where.
select g.no, y.unit, y.revision, y.profiles[1] as profile, u.id as user, d.id as device
from plane.access_grant g
join plane.system y on y.id = g.system
cross join lateral (
    select id from plane.user where unit = g.consumer and id = any (g.users) and state = 'active' and department_stands
    limit 1
) u
cross join lateral (
    select id from plane.device where unit = g.consumer and id = any (g.devices) and state = 'active' limit 1
) d
where g.mode = 'compare' and g.state = 'active' and g.suspended = 0 and g.from_at <= %(now)s and g.until_at > %(now)s
  and cardinality(g.matters) > 0 and y.state = 'active'
order by g.from_at desc, g.no limit %(limit)s

-- name: entries
-- How many entries there are in all, placed or waiting.
select (select count(*) from audit.leaf) + (select count(*) from audit.pending_leaf) as entries
