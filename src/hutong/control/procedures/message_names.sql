-- name: names
-- What grants, resources, units and systems are called; a grant by its consumer and its resource.
select 'grant' as kind, g.no as code, u.name || ' → ' || r.name as name
from plane.access_grant g join plane.resource r on r.code = g.code join public.units_unit u on u.credit_code = g.consumer
where g.no = any (%(grants)s::text[])
union all
select 'resource', code, name from plane.resource where code = any (%(resources)s::text[])
union all
select 'unit', credit_code, name from public.units_unit where credit_code = any (%(units)s::text[])
union all
select 'system', id, name from plane.system where id = any (%(systems)s::text[])
