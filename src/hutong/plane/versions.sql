-- name: stop
-- Note that deliveries do not reach versions any more, and the moment of the last that did.
update plane.holding set as_of = coalesce(as_of, loaded_at, %(now)s)
where code = %(code)s and version = any (%(versions)s)

-- name: succeed
-- Note since when a newer version holds data.
update plane.holding set succeeded_at = %(now)s
where code = %(code)s and version < %(version)s and succeeded_at is null

-- name: last_day
-- The last day that was set for a version, and whether it counts by now, its row locked.
select h.served_until, h.succeeded_at is not null as succeeded, r.provider
from plane.holding h join plane.resource r on r.code = h.code
where h.code = %(code)s and h.version = %(version)s for no key update of h

-- name: set_last_day
-- Set the last day on which a version is answered from.
update plane.holding set served_until = %(until)s where code = %(code)s and version = %(version)s

-- name: former
-- The versions that a newer one succeeds once it holds data: what holds data now, and what came after it.
select h.version from plane.holding h join plane.resource r on r.code = h.code
where h.code = %(code)s and h.version < %(version)s and h.version >= coalesce(r.version, 0)
order by h.version
