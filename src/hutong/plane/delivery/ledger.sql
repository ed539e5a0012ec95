-- name: resource
-- The newest version that has data, the feed counter of the one that is delivered, and the former ones that a delivery
-- is brought to as well: those that are answered from and do not stand still. Nothing is locked.
select r.version, h.last_change, h.succeeded_at is not null,
       array(select f.version from plane.store f
             where f.code = h.code and f.version < h.version and f.has_data and f.as_of is null
               and (f.ends_on is null or f.ends_on >= %(today)s)
             order by f.version desc)
from plane.resource r join plane.store h on h.code = r.code
where r.code = %(code)s and h.version = %(version)s

-- name: lock_resource
-- Lock the resource until commit: every writer goes through here. What it says is read afterwards.
select from plane.resource where code = %(code)s for update

-- name: withdrawn
-- From when on the resource is in the catalogue no more, if it is not; and whether anything of it can be held.
select withdrawn_at, exists (select from plane.store where code = %(code)s)
from plane.resource where code = %(code)s

-- name: delivery
-- What is known of a delivery.
select code, key, version, kind, digest, state, reason, sent, accepted, rejected, inserted, updated, deleted,
       first_change, last_change, delivered_by, received_at, loaded_at, stored_rows, removed_rows,
       coalesce(warned, 0) as warned, coalesce(former_deleted, 0) as former_deleted, what_was_read,
       same_loaded_at
from plane.delivery where code = %(code)s and key = %(key)s

-- name: receive
-- Note that a delivery has arrived; another that arrives under the same key meanwhile changes nothing.
insert into plane.delivery (code, key, version, kind, digest, state, delivered_by, received_at)
values (%(code)s, %(key)s, %(version)s, %(kind)s, %(digest)s, 'received', %(by)s, %(now)s)
on conflict (code, key) do nothing

-- name: close_delivery
-- Write down what came of a delivery.
update plane.delivery
set state = %(state)s, reason = %(reason)s, sent = %(sent)s, accepted = %(accepted)s, rejected = %(rejected)s,
    inserted = %(inserted)s, updated = %(updated)s, deleted = %(deleted)s,
    first_change = %(first_change)s, last_change = %(last_change)s, loaded_at = %(loaded_at)s,
    stored_rows = %(stored_rows)s, removed_rows = %(removed_rows)s, warned = %(warned)s, former_deleted = %(former_deleted)s,
    what_was_read = %(what_was_read)s, same_loaded_at = %(same_loaded_at)s
where code = %(code)s and key = %(key)s
returning code, key, version, kind, digest, state, reason, sent, accepted, rejected, inserted, updated, deleted,
          first_change, last_change, delivered_by, received_at, loaded_at, stored_rows, removed_rows,
          coalesce(warned, 0) as warned, coalesce(former_deleted, 0) as former_deleted, what_was_read,
          same_loaded_at

-- name: same_as_stored
-- A loaded snapshot with the same bytes after which nothing has changed: loading it again would change nothing.
select d.key, d.sent, d.accepted, d.rejected, coalesce(d.warned, 0), d.what_was_read, d.loaded_at
from plane.delivery d
where d.code = %(code)s and d.version = %(version)s and d.kind = 'snapshot' and d.state = 'loaded'
  and d.digest = %(digest)s and d.last_change = %(last)s
limit 1

-- name: copy_rejected_of
-- Repeat the rejected rows of a delivery with the same bytes.
insert into plane.rejected_row (code, key, number, key_digest, item, rule, reason, shown, warn)
select code, %(key)s, number, key_digest, item, rule, reason, shown, warn
from plane.rejected_row where code = %(code)s and key = %(other)s

-- name: confirm
-- Note that the very same snapshot was delivered again: what is held is as of now.
update plane.store set confirmed_at = %(now)s where code = %(code)s and version = %(version)s
