-- name: formers
-- Stores with rows of former versions whose last day lies before a day.
select code, version from plane.store
where ends_on < %(day)s and rows > 0
order by code, version

-- name: withdrawn
-- Stores with rows of resources that left the catalogue before a moment, whatever their version.
select h.code, h.version
from plane.store h join plane.resource r on r.code = h.code
where r.withdrawn_at < %(before)s and h.rows > 0
order by h.code, h.version

-- name: empty_former
-- Remove the rows of a former version whose last day lies before a day; null where another is at it or was faster.
select r.provider, plane.empty_former(r.code, %(version)s, %(until)s) from plane.resource r where r.code = %(code)s

-- name: empty_withdrawn
-- Remove the rows of a version of a resource that left the catalogue before a moment; null likewise.
select r.provider, plane.empty_withdrawn(r.code, %(version)s, %(until)s) from plane.resource r where r.code = %(code)s
