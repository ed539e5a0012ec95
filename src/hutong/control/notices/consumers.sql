-- name: consumers
-- Which units may use what a unit provides, by a grant in force.
select distinct g.consumer
from plane.access_grant g
where g.provider = %(unit)s and g.consumer <> %(unit)s and g.state = 'active' and g.until_at > %(now)s
order by g.consumer
