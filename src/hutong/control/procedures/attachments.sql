-- name: lock
-- Let nobody else add to this case, or take away from it, until the transaction ends.
select pg_advisory_xact_lock(hashtextextended(%(lifecycle)s || '/' || %(case)s, 7021))

-- name: remove
-- Take an attachment away, with its pieces; fails unless its removal is entered in this entry.
select public.remove_attachment(%(attachment)s, %(by)s, %(entry)s)

-- name: purge
-- Remove, with their pieces, the attachments of a class from before a moment, of cases that came to their end before it.
-- Nothing leads from an end: a step into one is the last of its case.
with gone as (
       select a.id from public.procedures_attachment a
        where a.record_class = %(class)s and a.added_at < %(before)s
          and exists (select from public.procedures_step s
                        join unnest(%(lifecycles)s::text[], %(ends)s::text[]) as over (lifecycle, state)
                          on (over.lifecycle, over.state) = (s.lifecycle, s.to_state)
                       where s.lifecycle = a.lifecycle and s."case" = a."case" and s.at < %(before)s)),
     pieces as (delete from public.procedures_attachmentpiece p using gone where p.attachment_id = gone.id)
delete from public.procedures_attachment a using gone where a.id = gone.id
