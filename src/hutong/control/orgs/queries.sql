-- name: staff
-- Who sits at seats: active officers of active units in their roles, and deputies with the roles they hold beside. With
-- a day by the days of their roles; without one as the last pass marked them.
with seat as (
    select * from unnest(%(roles)s::text[], %(units)s::text[]) as seat (role, unit)
), there as (
    select o.id, u.username
    from orgs_officer o
    join auth_user u on u.id = o.user_id and u.is_active
    join orgs_organisation org on org.credit_code = o.org_id and org.active
    where o.active
), counting as (
    select h.officer_id, h.role, h.unit_id
    from orgs_roleassignment h
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
join orgs_deputy d on d.role = seat.role and d.unit_id = seat.unit and d.ended_at is null
                  and (%(day)s::date is null or d.until_date >= %(day)s::date)
join there on there.id = d.officer_id
