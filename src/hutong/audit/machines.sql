-- name: read
-- What is wanting of machines, as far as it was found of late.
select machine, code, facts, since_at from audit.machine_warning where noted_at >= %(since)s order by machine, code

-- name: note
-- What is wanting of a machine; what lasts keeps the moment it began.
insert into audit.machine_warning as old (machine, code, facts, since_at, noted_at)
values (%(machine)s, %(code)s, %(facts)s::jsonb, %(now)s, %(now)s)
on conflict (machine, code) do update set facts = excluded.facts, noted_at = excluded.noted_at

-- name: clear
-- What is wanting no more, of the codes that were looked for.
delete from audit.machine_warning where machine = %(machine)s and code = any(%(looked_for)s) and code <> all(%(found)s)
