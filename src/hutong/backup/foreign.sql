-- name: archiver
-- Whether a PostgreSQL that is not ours archives its log or has copies that follow it, as far as this login may see.
select a.last_archived_time, a.last_failed_time,
       current_setting('archive_mode') <> 'off'
         and (current_setting('archive_command') <> ''
              or coalesce(current_setting('archive_library', true), '') <> '') as archives,
       (select count(*) from pg_stat_replication) as followers
from pg_stat_archiver a
