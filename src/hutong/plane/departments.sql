-- name: register_department
-- Enter a department of a unit; none comes back where the unit has it.
insert into plane.department (id, unit) values (%(id)s, %(unit)s) on conflict do nothing returning id

-- name: department
-- One department as registered, locked for a change.
select unit, state from plane.department where unit = %(unit)s and id = %(id)s for update

-- name: change_department
-- Stop a department or let it go on.
update plane.department set state = %(state)s where unit = %(unit)s and id = %(id)s

-- name: people_of_department
-- Note of all people of a department whether it stands, so that what was remembered of them is read anew.
update plane.user set department_stands = %(stands)s where unit = %(unit)s and department = %(id)s
