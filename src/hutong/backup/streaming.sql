-- name: slot
-- How the slot fares: until where the log is at the place, where the database is now, on which line, and when that was.
select s.restart_lsn::text as received, pg_current_wal_flush_lsn()::text as current, clock_timestamp() as now,
       ('x' || left(pg_walfile_name(pg_current_wal_insert_lsn()), 8))::bit(32)::int as timeline,
       s.wal_status = 'lost' or s.restart_lsn is null as lost
from pg_replication_slots s where s.slot_name = %(name)s

-- name: most_waiting
-- How much of the log may wait for a slot, in MiB; -1 for all of it.
select setting::bigint as most from pg_settings where name = 'max_slot_wal_keep_size'

-- name: bound
-- Let no more of the log wait for a slot, from the reload on and after every start.
alter system set max_slot_wal_keep_size = %(most)s

-- name: reload
-- Have the server read its settings again.
select pg_reload_conf()

-- name: make_slot
-- Keep the log from here on until it is received by this slot.
select pg_create_physical_replication_slot(%(name)s, immediately_reserve => true)

-- name: drop_slot
-- Keep the log for this slot no longer, unless somebody receives by it.
select pg_drop_replication_slot(slot_name) from pg_replication_slots where slot_name = %(name)s and not active
