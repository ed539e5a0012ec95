-- name: keep
-- Keep a number from a day on, as a version of the rulebook has it.
insert into plane.changed_limit (name, value, version, from_date) values (%(name)s, %(value)s, %(version)s, %(from_date)s)

-- name: in_force
-- The number in force on a day: of the latest day, and of two of one day the one decided later.
select value from plane.changed_limit where name = %(name)s and from_date <= %(day)s order by from_date desc, version desc limit 1
