-- name: cluster
-- The number of the cluster itself, and the version of its PostgreSQL.
select (select system_identifier::text from pg_control_system()) as system,
       current_setting('server_version_num')::int / 10000 as postgres

-- name: keep_wal
-- Keep the database's log from here on while this connection stands: a copy needs all of it that was written meanwhile.
select pg_create_physical_replication_slot(%(name)s, immediately_reserve => true, temporary => true)
