-- name: of_grants
-- What was used under some grants: today, of what quota, distinct records of the year, and the last day of use kept.
select g.no, g.mode, g.quota, g.guesses, g.yearly_records, coalesce(q.spent, 0) as today,
       coalesce((select sum(d.records) from plane.disclosed_day d
                  where d.whose = g.no and d.code = g.code and d.day >= %(counted_from)s), 0)::bigint as records,
       (select max(u.day) from plane.quota_spent u where u.grant_no = g.no and u.spent > 0) as last_day
  from plane.access_grant g
  left join plane.quota_spent q on q.grant_no = g.no and q.day = %(today)s
 where g.no = any(%(nos)s)

-- name: days
-- What was used under a grant on each of the days that are kept.
select day, spent from plane.quota_spent where grant_no = %(no)s and day >= %(first)s order by day

-- name: guessed
-- Of how many subjects something was claimed today, and of how many as often as may be; counted up to a bound.
select subjects, used_up from plane.guessed(%(no)s, %(today)s, %(most)s)

-- name: alike
-- The grants whose uses the sums of the same months hold: of the unit, of the resource, in the mode; the newest first.
select no, system, from_at, until_at, state
  from plane.access_grant
 where consumer = %(consumer)s and code = %(code)s and mode = %(mode)s and until_at > %(first)s
 order by from_at desc, no desc limit %(most)s

-- name: disclosed
-- Distinct records that queries disclosed under a grant, by the month in which each was counted.
select day - (extract(day from day)::int - 1) as month, sum(records)::bigint as records
  from plane.disclosed_day where whose = %(no)s and code = %(code)s and day >= %(first)s group by 1

-- name: months
-- Uses of some months by the unit, of the resource and in the mode of a grant: a look-up each.
select month, answered, refused from audit.monthly_use
 where month = any(%(months)s) and unit = %(consumer)s and provider = %(provider)s and resource = %(code)s
   and mode = %(mode)s
