-- name: lock_out_answers
-- Wait until every running answer has committed and let none begin before this transaction ends.
select pg_advisory_xact_lock(%(lock)s::bigint)

-- name: lock_opening
-- While this transaction lasts, others may open grants on the resource, but none may withdraw it.
select pg_advisory_xact_lock_shared(hashtext('plane.withdraw'), hashtext(%(code)s))

-- name: lock_withdrawing
-- Wait until grants that are being opened on the resource stand, and let none be opened before this transaction ends.
select pg_advisory_xact_lock(hashtext('plane.withdraw'), hashtext(%(code)s))

-- name: withdraw
-- Note from when on a resource is in the catalogue no more.
update plane.resource set withdrawn_at = coalesce(withdrawn_at, %(now)s) where code = %(code)s

-- name: readmit
-- Note that a resource is shared again.
update plane.resource set withdrawn_at = null where code = %(code)s

-- name: of_resource
-- The numbers of the grants on a resource that are in one of these states.
select no from plane.access_grant where code = %(code)s and state = any (%(states)s) order by no

-- name: supplied_version
-- The newest version that has data, the provider, what that version says, and whether the resource is in the catalogue
-- no more. Of an interface, of which nothing is held, it is what the newest version says.
select r.version, r.provider, d.body, r.withdrawn_at is not null as withdrawn
from plane.resource r
left join plane.definition d on d.code = r.code and d.version = coalesce(
    r.version,
    (select max(i.version) from plane.definition i
     where i.code = r.code and not exists (select from plane.store h where h.code = i.code))
)
where r.code = %(code)s

-- name: system
-- A system as it is registered.
select unit, state, mlps_level, mlps_until from plane.system where id = %(system)s

-- name: open
-- Open a grant; a number is given once.
insert into plane.access_grant (no, code, provider, consumer, system, mode, items, conditions, need, purpose, matters,
                                users, devices, fold_absent, quota, guesses, from_at, until_at, filing_no, row_filter,
                                version, first_version, yearly_records)
values (%(no)s, %(code)s, %(provider)s, %(consumer)s, %(system)s, %(mode)s, %(items)s, %(conditions)s, %(need)s,
        %(purpose)s, %(matters)s, %(users)s, %(devices)s, %(fold_absent)s, %(quota)s, %(guesses)s, %(from_at)s,
        %(until_at)s, %(filing_no)s, %(row_filter)s, %(version)s, %(version)s, %(yearly_records)s)
on conflict (no) do nothing
returning no

-- name: read
-- Grants by number; a column for each field of `Grant`.
select no, code, provider, consumer, system, mode, items, conditions, need, purpose, matters, users, devices,
       fold_absent, quota, guesses, from_at, until_at, filing_no, state, suspended, row_filter::text, version,
       first_version, yearly_records
from plane.access_grant
where no = any (%(nos)s)

-- name: of_consumer
-- The grants of one consumer; a column for each field of `Grant`.
select no, code, provider, consumer, system, mode, items, conditions, need, purpose, matters, users, devices,
       fold_absent, quota, guesses, from_at, until_at, filing_no, state, suspended, row_filter::text, version,
       first_version, yearly_records
from plane.access_grant
where consumer = %(consumer)s
order by no

-- name: state
-- A grant's state and parties, its row locked.
select state, consumer, provider from plane.access_grant where no = %(no)s for update

-- name: answered_from
-- A grant that is answered, its row locked: its parties, the version it is answered from, and what has to fit another.
select g.code, g.provider, g.consumer, g.version, d.body, g.mode, g.items, g.conditions, g.need,
       g.row_filter::text as row_filter
from plane.access_grant g
join plane.definition d on d.code = g.code and d.version = g.version
where g.no = %(no)s and g.state = any (%(states)s) and g.until_at > %(now)s for update of g

-- name: switch_to
-- Let a grant be answered from another version, where absent is told as mismatch if its records are about people.
update plane.access_grant set version = %(version)s, fold_absent = fold_absent or %(personal)s where no = %(no)s
returning fold_absent

-- name: move
-- Put a grant into another state, for a reason.
update plane.access_grant set state = %(state)s, reason = %(reason)s where no = %(no)s

-- name: over
-- Grants in one of these states whose period is over, their rows locked.
select no, state, until_at, consumer, provider from plane.access_grant
where state = any (%(states)s) and until_at <= %(now)s
order by no for update

-- name: expire
-- Put a grant whose period is over into its last state.
update plane.access_grant set state = %(state)s where no = %(no)s

-- name: revoked
-- How many grants of these consumers were revoked before their period was over.
select count(*) as count from plane.access_grant
where consumer = any (%(consumers)s) and state = 'revoked' and until_at > %(now)s

-- name: ended
-- How a grant ended, and why, if it did.
select state, coalesce(reason, '') as reason from plane.access_grant where no = %(no)s and state <> 'active'
