-- name: grants
-- How many grants in force end or rest with something, in how many units and systems, and how many of them subscribe.
select count(*) as grants, count(distinct g.consumer) as units, count(distinct g.system) as systems,
       count(*) filter (where g.mode = 'subscribe') as subscriptions
from plane.access_grant g
where g.state = 'active'
  and (g.code = %(code)s or g.no = %(no)s
       or g.consumer = %(unit)s
          and (%(whole)s or g.system = %(system)s or %(user)s = any (g.users) or %(device)s = any (g.devices)
               or exists (select from plane.user u where u.unit = g.consumer and u.department = %(department)s
                          and u.id = any (g.users))))

-- name: standing
-- The state of a grant, the version it is answered from, and for whom.
select state, version, system, consumer from plane.access_grant where no = %(no)s
