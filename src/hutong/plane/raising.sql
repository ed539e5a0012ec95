-- name: in_force
-- A number as it holds for a unit and a resource on a day.
select plane.limit_in_force(%(name)s, %(consumer)s, %(code)s, %(day)s, %(delivered)s) as value

-- name: of_holding
-- Of a resource, or of each that is held: how many records a year the share of the holding comes to for a unit, and how many
-- it may query a year.
select share, greatest(
    share, plane.limit_in_force('query.records_least', %(consumer)s, code, %(day)s, %(least)s)
)::int as year
from (
    select code, (max(rows) * plane.limit_in_force(
        'query.records_percent', %(consumer)s, code, %(day)s, %(percent)s
    ) / 100)::int as share
    from plane.store where %(code)s in ('', code) group by code
) held

-- name: raise_limit
-- Keep a decision to raise a limit for a unit until a day, and return its number.
insert into plane.raised_limit (name, consumer, code, value, from_date, until_date, reason, decided_by, decided_at)
values (%(name)s, %(consumer)s, nullif(%(code)s, ''), %(value)s, %(from_date)s, %(until_date)s, %(reason)s, %(by)s, %(now)s)
returning id

-- name: alarm
-- One alarm, locked.
select id, name, consumer, code, closed_at from plane.alarm where id = %(id)s for update

-- name: close_alarm
-- Close an alarm with what was found.
update plane.alarm set closed_at = %(now)s, closed_by = %(by)s, finding = %(finding)s where id = %(id)s
