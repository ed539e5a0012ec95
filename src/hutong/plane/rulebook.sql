-- name: keep
-- Keep a number from a day on, as a version of the rulebook has it.
insert into plane.rule (name, value, version, from_day) values (%(name)s, %(value)s, %(version)s, %(from_day)s)

-- name: in_force
-- The number in force on a day: of the latest day, and of two of one day the one decided later.
select value from plane.rule where name = %(name)s and from_day <= %(day)s order by from_day desc, version desc limit 1
