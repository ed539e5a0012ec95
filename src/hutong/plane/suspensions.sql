-- name: lock_unit
-- Wait for the systems of a unit that are being registered, and let none be registered before this transaction ends.
select pg_advisory_xact_lock(hashtext('plane.suspend'), hashtext(%(unit)s))

-- name: count_grant
-- Count the suspensions that stand of a grant; its parties and its state.
update plane.access_grant set suspended = suspended + %(more)s where no = %(whom)s
returning consumer as unit, provider, state

-- name: count_system
-- Count the suspensions that stand of a system; its unit.
update plane.system set suspended = suspended + %(more)s where id = %(whom)s returning unit as unit

-- name: count_unit
-- Count the suspensions that stand of a unit, in each of its systems.
update plane.system set unit_suspended = unit_suspended + %(more)s where unit = %(whom)s

-- name: providers
-- Who provides under the grants that are not over of a unit, or of a system.
select distinct provider from plane.access_grant
where %(whom)s = case %(kind)s when 'unit' then consumer else system end and not state = any (%(over)s)
order by provider

-- name: suspend
-- Keep a suspension, and return its number.
insert into plane.suspension (kind, whom, reason, clause, suspended_by, suspended_at, state)
values (%(kind)s, %(whom)s, %(reason)s, %(clause)s, %(by)s, %(now)s, %(state)s)
returning id

-- name: standing
-- One suspension as it is, locked.
select kind, whom, clause, state from plane.suspension where id = %(id)s for update

-- name: with_unit
-- The number of the suspension a unit was stopped with, while it stands.
select id from plane.suspension where kind = 'unit' and whom = %(unit)s and state = %(state)s

-- name: lift
-- Lift a suspension.
update plane.suspension
set state = %(state)s, lifted_by = %(by)s, lifted_at = %(now)s, verified = %(verified)s
where id = %(id)s

-- name: unit_of
-- Whose service it is: a unit's own, or that of a system or a grant; none where that is not there.
select %(whom)s::text where %(kind)s = 'unit'
union all
select unit from plane.system where %(kind)s = 'system' and id = %(whom)s
union all
select consumer from plane.access_grant where %(kind)s = 'grant' and no = %(whom)s

-- name: whom
-- Of whom a suspension is.
select kind, whom from plane.suspension where id = %(id)s

-- name: of_grants
-- The suspensions of some grants, of their systems and of their consumers, each with its grant; a column for each field
-- of `Suspension`.
select g.no, s.id, s.kind, s.whom, s.reason, s.clause, s.suspended_by, s.suspended_at, s.state, s.lifted_by, s.lifted_at,
       s.verified
from plane.access_grant g
join plane.suspension s on (s.kind, s.whom) in (('grant', g.no), ('system', g.system), ('unit', g.consumer))
where g.no = any (%(nos)s)
order by s.id desc
