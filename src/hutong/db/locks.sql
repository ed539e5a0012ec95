-- name: take
-- Wait until nobody else has the lock of this name, and have it until this transaction ends.
select pg_advisory_xact_lock(hashtextextended(%(name)s, 0))

-- name: share
-- Wait until nobody has the lock of this name alone, and share it with others until this transaction ends.
select pg_advisory_xact_lock_shared(hashtextextended(%(name)s, 0))
