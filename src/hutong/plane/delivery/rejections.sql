-- name: rejected
-- The first faults of a delivery of this provider after one of them, in the order of its file.
select row.number, row.item, row.rule, row.reason, row.shown, row.warn
from plane.rejected_row row join plane.resource resource on resource.code = row.code
where row.code = %(code)s and row.key = %(key)s and resource.provider = %(provider)s
  and row.number >= %(number)s
  and (row.number, coalesce(row.item, ''), row.rule) > (%(number)s, %(after_item)s, %(after_rule)s)
  and (%(warn)s::boolean is null or row.warn = %(warn)s::boolean)
  and (%(item)s = '' or row.item = %(item)s)
order by row.number, coalesce(row.item, ''), row.rule limit %(limit)s

-- name: counted
-- How many faults of a delivery of this provider there are, counted up to a bound.
select count(*) from (
    select from plane.rejected_row row join plane.resource resource on resource.code = row.code
    where row.code = %(code)s and row.key = %(key)s and resource.provider = %(provider)s
      and (%(warn)s::boolean is null or row.warn = %(warn)s::boolean)
      and (%(item)s = '' or row.item = %(item)s)
    limit %(limit)s
) found
