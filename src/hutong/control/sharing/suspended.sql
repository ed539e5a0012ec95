-- name: entered_for
-- What was entered about some suspensions for units besides whose service it is: those that provide what it stops.
select (e.record::jsonb ->> 'suspension')::bigint as suspension, e.event
from audit.entry e
join audit.party o on o.entry_id = e.id and o.class = e.class
where e.class <> 'usage' and e.event in ('plane.suspended', 'plane.suspension_lifted') and o.unit = any (%(units)s)
  and (e.record::jsonb ->> 'suspension')::bigint = any (%(numbers)s)
