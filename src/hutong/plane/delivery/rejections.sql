-- name: rejected
-- The first thousand rejected rows of a delivery of this provider, in the order of its file.
select row.number, row.item, row.rule, row.reason, row.shown
from plane.rejected_row row join plane.resource resource on resource.code = row.code
where row.code = %(code)s and row.key = %(key)s and resource.provider = %(provider)s
order by row.number limit 1000
