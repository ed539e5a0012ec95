-- name: read
-- One purge.
select id, state, class as record_class, before_at, requested_by, requested_at, approved_by, approved_at, done_at, removed,
       certificate, dropped_by, dropped_at, drop_reason
from audit.purge where id = %(purge)s

-- name: read_locked
-- One purge, so that nobody else moves it.
select id, state, class as record_class, before_at, requested_by, requested_at, approved_by, approved_at, done_at, removed,
       certificate, dropped_by, dropped_at, drop_reason
from audit.purge where id = %(purge)s for update
