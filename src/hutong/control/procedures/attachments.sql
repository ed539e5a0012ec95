-- name: lock
-- Let nobody else add to this case, or take away from it, until the transaction ends.
select pg_advisory_xact_lock(hashtextextended(%(lifecycle)s || '/' || %(case)s, 7021))

-- name: remove
-- Take an attachment away, with its pieces; fails unless its removal is entered in this entry.
select public.remove_attachment(%(attachment)s, %(by)s, %(entry)s)
