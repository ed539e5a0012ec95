-- name: rejected
-- The first faults of a delivery of this provider in rows after a row, in the order of its file.
select row.number, row.item, row.rule, row.reason, row.shown, row.warn
from plane.rejected_row row join plane.resource resource on resource.code = row.code
where row.code = %(code)s and row.key = %(key)s and resource.provider = %(provider)s
  and row.number > %(after)s
order by row.number, row.item, row.rule limit %(limit)s
