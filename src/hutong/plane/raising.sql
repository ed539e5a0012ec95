-- name: in_force
-- A number as it holds for a unit and a resource on a day.
select plane.limit_in_force(%(name)s, %(consumer)s, %(code)s, %(day)s, %(delivered)s) as value

-- name: raise_limit
-- Keep a decision to raise a limit for a unit until a day, and return its number.
insert into plane.raised_limit (name, consumer, code, value, from_day, until_day, reason, decided_by, decided_at)
values (%(name)s, %(consumer)s, nullif(%(code)s, ''), %(value)s, %(from_day)s, %(until_day)s, %(reason)s, %(by)s, %(now)s)
returning id

-- name: alarm
-- One alarm, locked.
select id, name, consumer, code, closed_at from plane.alarm where id = %(id)s for update

-- name: close_alarm
-- Close an alarm with what was found.
update plane.alarm set closed_at = %(now)s, closed_by = %(by)s, finding = %(finding)s where id = %(id)s
