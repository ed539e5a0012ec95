-- name: actor
-- Who an active officer of an active unit is on a day: the roles that count, the desks of others filled in for, and the
-- offices that the units of both hold.
select o.name, o.unit_id, unit.name,
       array(
           select h.role::text from units_roleassignment h
           where h.officer_id = o.id and h.ended_at is null and h.from_date <= %(day)s
             and (h.until_date is null or h.until_date >= %(day)s)
           order by h.role
       ) as roles,
       filled.seats,
       coalesce((
           select array_agg(array[f.unit_id::text, f.role, f.region]) from units_office f
           where f.until_at is null and (f.unit_id = o.unit_id or f.unit_id = any(filled.units))
       ), '{}') as offices,
       x.units, x.classes
from units_officer o
left join units_examinerscope x on x.officer_id = o.id
join auth_user u on u.id = o.user_id and u.is_active and u.username = %(username)s
join units_unit unit on unit.credit_code = o.unit_id and unit.active
cross join lateral (
    select coalesce(array_agg(array[d.role::text, d.unit_id]), '{}') as seats, array_agg(d.unit_id) as units
    from units_deputy d
    where d.officer_id = o.id and d.ended_at is null and d.until_date >= %(day)s
) filled
where o.active

-- name: offices
-- Which unit holds which office now.
select f.role, f.region, f.unit_id from units_office f where f.until_at is null

-- name: staff
-- Who sits at seats: active officers of active units in their roles, and deputies with the roles they hold beside. With
-- a day by the days of their roles; without one as the last pass marked them.
with seat as (
    select * from unnest(%(roles)s::text[], %(units)s::text[]) as seat (role, unit)
), there as (
    select o.id, u.username
    from units_officer o
    join auth_user u on u.id = o.user_id and u.is_active
    join units_unit unit on unit.credit_code = o.unit_id and unit.active
    where o.active
), counting as (
    select h.officer_id, h.role, h.unit_id
    from units_roleassignment h
    where h.ended_at is null
      and case when %(day)s::date is null then h.begun_at is not null
          else h.from_date <= %(day)s::date and (h.until_date is null or h.until_date >= %(day)s::date) end
)
select seat.role, seat.unit, there.username, '{}'::text[] as beside
from seat
join counting c on c.role = seat.role and c.unit_id = seat.unit
join there on there.id = c.officer_id
union all
select seat.role, seat.unit, there.username,
       array(select c.role::text from counting c where c.officer_id = d.officer_id) as beside
from seat
join units_deputy d on d.role = seat.role and d.unit_id = seat.unit and d.ended_at is null
                  and (%(day)s::date is null or d.until_date >= %(day)s::date)
join there on there.id = d.officer_id

-- name: stopped
-- Which of these units are stopped.
select o.credit_code from units_unit o where o.credit_code = any(%(units)s) and not o.active
