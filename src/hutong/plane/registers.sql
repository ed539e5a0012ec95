-- name: lock_registering
-- While this transaction lasts, others may register systems of the unit, but none may suspend it or lift that.
select pg_advisory_xact_lock_shared(hashtext('plane.suspend'), hashtext(%(unit)s))

-- name: register_system
-- Enter a system, which is suspended as often as its unit is; none comes back where the id is taken.
insert into plane.system (id, unit, name, public_key, secret, profiles, mlps_level, mlps_until, unit_suspended)
values (%(id)s, %(unit)s, %(name)s, %(public_key)s, %(secret)s, %(profiles)s, %(mlps_level)s, %(mlps_until)s,
        (select count(*) from plane.suspension where kind = 'unit' and whom = %(unit)s and state <> 'lifted'))
on conflict do nothing returning id

-- name: system
-- One system as registered, locked for a change.
select id, unit, name, public_key, secret, profiles, revision, mlps_level, mlps_until, state,
       former_key, former_secret, former_until_at
from plane.system where id = %(id)s for update

-- name: change_system
-- Write a system anew; the revision counts what was taken away of key, secret and profiles.
update plane.system
set name = %(name)s, public_key = %(public_key)s, secret = %(secret)s, profiles = %(profiles)s,
    revision = %(revision)s, mlps_level = %(mlps_level)s, mlps_until = %(mlps_until)s, state = %(state)s,
    former_key = %(former_key)s, former_secret = %(former_secret)s, former_until_at = %(former_until_at)s
where id = %(id)s

-- name: ending
-- Systems in use that had another key or secret before, which is good still and not beyond a moment.
select id, former_until_at from plane.system
where state = 'active' and former_until_at > %(now)s and former_until_at <= %(until)s order by former_until_at, id

-- name: register_user
-- Enter a user of a unit; none comes back where the unit has the id.
insert into plane.user (id, unit, department, name, department_stands)
values (%(id)s, %(unit)s, %(department)s, %(name)s, %(department_stands)s)
on conflict do nothing returning id

-- name: user
-- One user as registered, locked for a change.
select unit, name, state, department from plane.user where unit = %(unit)s and id = %(id)s for update

-- name: change_user
-- Stop a user or let them go on.
update plane.user set state = %(state)s where unit = %(unit)s and id = %(id)s

-- name: move_user
-- Note to which department a user belongs, and whether that stands.
update plane.user set department = %(department)s, department_stands = %(department_stands)s
where unit = %(unit)s and id = %(id)s

-- name: rename_user
-- Note what a user is called; none comes back where there is none.
update plane.user set name = %(name)s where unit = %(unit)s and id = %(id)s returning id

-- name: rename_device
-- Note what a device is called; none comes back where there is none.
update plane.device set name = %(name)s where unit = %(unit)s and id = %(id)s returning id

-- name: department_stands
-- Whether a department of a unit is registered and not stopped; it does not change before this transaction ends.
select state = 'active' as stands from plane.department where unit = %(unit)s and id = %(id)s for share

-- name: register_device
-- Enter a device of a unit; none comes back where the unit has the id.
insert into plane.device (id, unit, name) values (%(id)s, %(unit)s, %(name)s) on conflict do nothing returning id

-- name: device
-- One device as registered, locked for a change.
select unit, name, state from plane.device where unit = %(unit)s and id = %(id)s for update

-- name: change_device
-- Stop a device or let it go on.
update plane.device set state = %(state)s where unit = %(unit)s and id = %(id)s

-- name: in_use
-- What a unit has of one kind, systems, users, devices or departments, that is in use, by name; people of departments
-- that stand.
select id, name from plane.system where %(kind)s = 'systems' and unit = %(unit)s and state = 'active'
union all
select id, name from plane.user where %(kind)s = 'users' and unit = %(unit)s and state = 'active' and department_stands
union all
select id, name from plane.device where %(kind)s = 'devices' and unit = %(unit)s and state = 'active'
union all
select id, id from plane.department where %(kind)s = 'departments' and unit = %(unit)s and state = 'active'
order by name

-- name: names
-- What some units' systems, users and devices are called, in use or stopped: of each code only in its own unit.
select 'systems' as kind, unit, id, name from plane.system where unit = any (%(units)s) and id = any (%(systems)s)
union all
select 'users', unit, id, name from plane.user where unit = any (%(units)s) and id = any (%(users)s)
union all
select 'devices', unit, id, name from plane.device where unit = any (%(units)s) and id = any (%(devices)s)
