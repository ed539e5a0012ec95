-- part: columns
-- What a change is read as.
id, kind, number, state, new_key, overlap_days, reason, requested_by, requested_at, approved_by, approved_at, old_key, until_at,
statement

-- name: read
-- One change.
select {{columns}} from audit.key_change where id = %(id)s

-- name: read_locked
-- One change, so that nobody else moves it.
select {{columns}} from audit.key_change where id = %(id)s for update

-- name: every
-- Every change, the newest first.
select {{columns}} from audit.key_change order by id desc

-- name: under_way
-- The change of a key that was requested and not decided, or approved and its old key not at its end.
select {{columns}} from audit.key_change
where kind = %(kind)s and (state = 'requested' or (state = 'approved' and until_at > %(now)s))
order by id desc limit 1

-- name: approved
-- Every change of a key that was approved, in order.
select {{columns}} from audit.key_change where kind = %(kind)s and state = 'approved' order by id

-- name: ending
-- Every change of which the old key is good still, and not beyond a moment.
select {{columns}} from audit.key_change
where state = 'approved' and until_at > %(now)s and until_at <= %(until)s order by until_at

-- name: newest
-- The change of a key that was approved last.
select {{columns}} from audit.key_change where kind = %(kind)s and state = 'approved' order by id desc limit 1

-- name: alone
-- Let nobody else request or decide a change of a key before this transaction ends.
select pg_advisory_xact_lock(hashtext('audit.key_change'))

-- name: request
-- Write down a request.
insert into audit.key_change (kind, number, state, new_key, overlap_days, reason, requested_by, requested_at)
values (%(kind)s, %(number)s, %(state)s, %(new_key)s, %(days)s, %(reason)s, %(by)s, %(now)s) returning id

-- name: approve
-- Write down that a change was approved, with the opening of the entry that tells it.
update audit.key_change k
set state = %(state)s, approved_by = %(by)s, approved_at = %(now)s, old_key = %(old_key)s, until_at = %(until_at)s,
    epoch = %(epoch)s, entry_id = e.id, record = e.record, salt = e.salt, statement = %(statement)s
from audit.entry e
where k.id = %(id)s and e.id = %(entry)s

-- name: drop
-- Write down that a request was dropped.
update audit.key_change
set state = %(state)s, dropped_by = %(by)s, dropped_at = %(now)s, drop_reason = %(reason)s
where id = %(id)s
