-- name: resource
-- The resource; nothing is locked.
select version, last_change from plane.resource where code = %(code)s

-- name: lock_resource
-- The version answered from and the feed counter, locked until commit: every writer goes through here.
select version, last_change from plane.resource where code = %(code)s for update

-- name: delivery
-- What is known of a delivery.
select code, key, version, kind, digest, state, reason, sent, accepted, rejected, inserted, updated, deleted,
       first_change, last_change, delivered_by, received_at, loaded_at
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
    first_change = %(first_change)s, last_change = %(last_change)s, loaded_at = %(loaded_at)s
where code = %(code)s and key = %(key)s
returning code, key, version, kind, digest, state, reason, sent, accepted, rejected, inserted, updated, deleted,
          first_change, last_change, delivered_by, received_at, loaded_at

-- name: same_as_held
-- A loaded snapshot with the same bytes after which nothing has changed: loading it again would change nothing.
select d.key, d.sent, d.accepted, d.rejected
from plane.delivery d
where d.code = %(code)s and d.version = %(version)s and d.kind = 'snapshot' and d.state = 'loaded'
  and d.digest = %(digest)s and d.last_change = %(last)s
limit 1

-- name: copy_rejected_of
-- Repeat the rejected rows of a delivery with the same bytes.
insert into plane.rejected_row (code, key, number, key_digest, item, rule, reason, shown)
select code, %(key)s, number, key_digest, item, rule, reason, shown
from plane.rejected_row where code = %(code)s and key = %(other)s

-- name: copy_rejected
-- Copy rejected rows in.
copy rejected (number, key_digest, item, rule, reason, shown) from stdin (format csv)

-- name: rejected
-- Rejected rows on their way, in this transaction only.
create temp table rejected (number bigint, key_digest bytea, item text, rule text, reason text, shown text)
on commit drop

-- name: keep_rejected
-- Keep the rejected rows of a delivery.
insert into plane.rejected_row (code, key, number, key_digest, item, rule, reason, shown)
select %(code)s, %(key)s, number, key_digest, item, rule, reason, shown from rejected
where not exists (select from plane.rejected_row where code = %(code)s and key = %(key)s)

-- name: spared
-- The records of rejected rows, which stay as they are.
create temp table spared on commit drop as select distinct key_digest as k from rejected where key_digest is not null

-- name: count_changed
-- How much a delivery inserts, updates and deletes.
select count(*) filter (where op = 'u' and fresh), count(*) filter (where op = 'u' and not fresh),
       count(*) filter (where op = 'd')
from changed

-- name: held_rows
-- How many rows a version holds.
select rows from plane.holding where code = %(code)s and version = %(version)s

-- name: stamp_key
-- Note the key and the normal form a holding is sealed with, at its first full load.
update plane.holding set key_id = %(key_id)s, normaliser_version = %(normaliser_version)s
where code = %(code)s and version = %(version)s

-- name: count_rows
-- Note how many rows a holding has now.
update plane.holding set rows = rows + %(more)s, loaded_at = %(now)s
where code = %(code)s and version = %(version)s

-- name: advance
-- Move the feed counter on, and answer from this version from now on.
update plane.resource set last_change = %(last_change)s, version = %(version)s where code = %(code)s
