-- name: committed
-- When the last transaction was committed that was replayed, and which line of the database's log is written now.
select pg_last_xact_replay_timestamp() as committed_at,
       ('x' || left(pg_walfile_name(pg_current_wal_insert_lsn()), 8))::bit(32)::int as timeline

-- name: replayed
-- How far the database's log was replayed as the server started.
select pg_last_wal_replay_lsn()::text as reached

-- name: key_ids
-- The keys under which rows, secrets of systems, attachments and second factors are held.
select key_id from plane.store where key_id <> ''
union select convert_from(substring(secret for 16), 'UTF8') from plane.system where secret is not null
union select convert_from(substring(former_secret for 16), 'UTF8') from plane.system where former_secret is not null
union select key_id from public.procedures_attachment
union select convert_from(substring(secret for 16), 'UTF8') from public.units_secondfactor
order by 1

-- name: as_control
-- Act as who writes entries.
set local role hutong_control
