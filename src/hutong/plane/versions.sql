-- name: stop
-- Note that deliveries do not reach versions any more, and the moment of the last that did.
update plane.store set as_of = coalesce(as_of, loaded_at, %(now)s)
where code = %(code)s and version = any (%(versions)s)

-- name: seal_anew
-- Note the normal form that a version is sealed in from now on, all of it.
update plane.store set normaliser_version = %(form)s where code = %(code)s and version = %(version)s

-- name: succeed
-- Note since when a newer version has data.
update plane.store set succeeded_at = %(now)s
where code = %(code)s and version < %(version)s and succeeded_at is null

-- name: last_day
-- The last day that was set for a version, and the day it ends on by now, its row locked.
select h.last_day, h.ends_on, r.provider
from plane.store h join plane.resource r on r.code = h.code
where h.code = %(code)s and h.version = %(version)s for no key update of h

-- name: set_last_day
-- Set the last day on which a version is answered from; reminders are given anew before it.
update plane.store set last_day = %(last_day)s, reminders = 0 where code = %(code)s and version = %(version)s

-- name: without_end
-- The versions that a newer one succeeds once it holds data, the newest that does now and what came after it, as far as
-- no last day is set for them but one that is over.
select h.version from plane.store h join plane.resource r on r.code = h.code
where h.code = %(code)s and h.version < %(version)s and h.version >= r.version
  and (h.last_day is null or h.last_day < %(today)s)
order by h.version

-- name: listed
-- The versions that hold data or are named by grants in force, the newest first, with how many, of how many consumers.
select h.version, h.rows, h.loaded_at, h.last_day, h.as_of, h.succeeded_at is not null as succeeded,
       g.grants, g.consumers
from plane.store h
cross join lateral (
    select count(*) as grants, count(distinct a.consumer) as consumers from plane.access_grant a
    where a.code = h.code and a.version = h.version and a.state = any (%(states)s) and a.until_at > %(now)s
) g
where h.code = %(code)s and (h.has_data or g.grants > 0)
order by h.version desc

-- name: ending
-- Former versions whose last day is set and not over, with the grants in force that name them and their consumers.
select h.code, h.version, h.ends_on as last_day, h.reminders, r.provider, g.grants, g.consumers
from plane.store h
join plane.resource r on r.code = h.code
cross join lateral (
    select array_agg(a.no order by a.no) as grants, array_agg(a.consumer order by a.no) as consumers
    from plane.access_grant a
    where a.code = h.code and a.version = h.version and a.state = any (%(states)s) and a.until_at > %(now)s
) g
where h.ends_on >= %(today)s and g.grants is not null
order by h.code, h.version

-- name: note_reminder
-- Note that a reminder is given of a last day that is still the one it is of; nothing where it was given.
update plane.store set reminders = %(reminders)s
where code = %(code)s and version = %(version)s and last_day = %(last_day)s and reminders < %(reminders)s
returning version

-- name: reminded
-- Grants in force of these consumers, or on resources of these providers, that a reminder was given of, or whose last day
-- has come or is over: how many, and the first of the last days.
select count(*) as grants, min(h.ends_on) as first
from plane.access_grant g join plane.store h on h.code = g.code and h.version = g.version
where g.state = any (%(states)s) and g.until_at > %(now)s
  and h.ends_on is not null and (h.reminders > 0 or h.ends_on <= %(today)s)
  and (g.consumer = any (%(consumers)s) or g.provider = any (%(providers)s))
