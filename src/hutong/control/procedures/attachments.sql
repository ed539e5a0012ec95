-- name: lock
-- Let nobody else add to this case, or take away from it, until the transaction ends.
select pg_advisory_xact_lock(hashtextextended(%(lifecycle)s || '/' || %(case)s, 7021))

-- name: remove
-- Take an attachment away, with its pieces; fails unless its removal is entered in this entry.
select public.remove_attachment(%(attachment)s, %(by)s, %(entry)s)

-- name: purge
-- Remove, with their pieces, the attachments that go with a purge, of cases that are in one of the ends of their
-- lifecycle; fails where the purge may not be done.
select public.remove_attachments_of(%(purge)s, %(now)s, %(lifecycles)s::text[], %(ends)s::text[])
