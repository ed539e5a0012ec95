-- name: formers
-- Stores with rows of former versions whose last day lies before a day.
select code, version, relation from plane.store
where ends_on < %(day)s and rows > 0
order by code, version

-- name: withdrawn
-- Stores with rows of resources that left the catalogue before a moment, whatever their version.
select h.code, h.version, h.relation
from plane.store h join plane.resource r on r.code = h.code
where r.withdrawn_at < %(before)s and h.rows > 0
order by h.code, h.version

-- name: unsupply
-- Let answers come from no version of a resource that left the catalogue; what were to come would be a first delivery.
-- Nothing where it did not leave before that moment.
update plane.resource set version = null where code = %(code)s and withdrawn_at < %(before)s returning code

-- name: claim
-- Keep others from emptying the same store; nothing where another is at it or was faster.
select r.provider
from plane.store h join plane.resource r on r.code = h.code
where h.code = %(code)s and h.version = %(version)s and h.rows > 0
  and (%(day)s::date is null or h.ends_on < %(day)s)
for no key update of h skip locked

-- name: emptied
-- Note that the store has no rows any more, under no key: no delivery is brought to it as to a former version.
update plane.store set rows = 0, key_id = '' where code = %(code)s and version = %(version)s
