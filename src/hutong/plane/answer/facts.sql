-- name: share_lock
-- Let no service be stopped between the checks and the commit of an answer.
select pg_advisory_xact_lock_shared(%(lock)s::bigint)

-- name: registered
-- Who asks: systems as they are registered now as 's', users and devices that are active, with their unit, as 'p' and
-- 'd', a user's department in the place of a state and, as suspended, 1 where it does not stand; each with what tells
-- this row from any later one, and as 'r' the protection level that the rulebook has on the day, as suspended the days
-- for which answers go on after its evidence lapsed, and since when this server runs.
select 's', id, unit, revision, profiles, mlps_level, mlps_until, state, suspended, unit_suspended, xmin::text::bigint
from plane.system where id = any (%(systems)b)
union all
select 'p', id, unit, null::bigint, null::text[], null::int, null::date, department,
       (not department_stands)::int, null::int, p.xmin::text::bigint
from plane.user p join unnest(%(user_units)b::text[], %(users)b::text[]) as t (unit, id) using (unit, id)
where state = 'active'
union all
select 'd', id, unit, null, null, null, null, null, null, null, d.xmin::text::bigint
from plane.device d join unnest(%(device_units)b::text[], %(devices)b::text[]) as t (unit, id) using (unit, id)
where state = 'active'
union all
select 'r', '', '', null, null, coalesce((
           select value::int from plane.changed_limit where name = 'system.protection_level' and from_date <= %(day)s::date
           order by from_date desc, version desc limit 1
       ), %(delivered)s::int), null, null, coalesce((
           select value::int from plane.changed_limit where name = 'protection.grace_days' and from_date <= %(day)s::date
           order by from_date desc, version desc limit 1
       ), %(grace_delivered)s::int), null,
       (extract(epoch from pg_postmaster_start_time()) * 1000000)::bigint

-- name: granted
-- Grants in the order of the fields of `Grant`, each with the version it is answered from, and with what tells the rows
-- of grant and store from any later ones.
select g.no, g.code, g.provider, g.consumer, g.system, g.mode, g.items, g.conditions, g.need, g.purpose, g.matters,
       g.users, g.devices, g.quota, g.guesses, g.from_at, g.until_at, g.filing_no, g.state,
       g.suspended, g.row_filter::text, g.version, g.first_version, g.fold_absent, g.yearly_records,
       d.digest, h.relation, h.key_id, h.suite, h.normaliser_version, h.last_change, h.kept_from, h.as_of, h.ends_on,
       g.xmin::text::bigint, h.xmin::text::bigint
from plane.access_grant g
join plane.definition d on d.code = g.code and d.version = g.version
join plane.store h on h.code = g.code and h.version = g.version
where g.no = any (%(grants)b)

-- name: unchanged
-- Fail unless every row that was read before is still that very row; a grant is so with its store.
-- After a restart nothing is: a backup may have been put back, and transactions count on from there once more.
select plane.expect_unchanged(
    (extract(epoch from pg_postmaster_start_time()) * 1000000)::bigint = %(running)s::bigint
    and %(level)s::int = coalesce((
        select value from plane.changed_limit where name = 'system.protection_level' and from_date <= %(day)s::date
        order by from_date desc, version desc limit 1
    ), %(delivered)s::int)
    and %(grace)s::int = coalesce((
        select value from plane.changed_limit where name = 'protection.grace_days' and from_date <= %(day)s::date
        order by from_date desc, version desc limit 1
    ), %(grace_delivered)s::int)
    and %(count)s::bigint = (
        select count(*) from unnest(%(systems)b::text[], %(system_rows)b::bigint[]) as t (id, mark)
        join plane.system s on s.id = t.id and s.xmin::text::bigint = t.mark
    ) + (
        select count(*) from unnest(%(user_units)b::text[], %(users)b::text[], %(user_rows)b::bigint[])
            as t (unit, id, mark)
        join plane.user p on p.unit = t.unit and p.id = t.id and p.xmin::text::bigint = t.mark
    ) + (
        select count(*) from unnest(%(device_units)b::text[], %(devices)b::text[], %(device_rows)b::bigint[])
            as t (unit, id, mark)
        join plane.device d on d.unit = t.unit and d.id = t.id and d.xmin::text::bigint = t.mark
    ) + (
        select count(*)
        from unnest(%(grants)b::text[], %(grant_rows)b::bigint[], %(store_rows)b::bigint[])
            as t (no, mark, store_mark)
        join plane.access_grant g on g.no = t.no and g.xmin::text::bigint = t.mark
        join plane.store h on h.code = g.code and h.version = g.version and h.xmin::text::bigint = t.store_mark
    )
)

-- name: definitions
-- Definitions by their digest.
select digest, body from plane.definition where digest = any (%(digests)b)
