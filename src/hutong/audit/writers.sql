-- name: writing
-- The transactions of others that have written entries and are not over, each by what it alone is called.
select l.virtualtransaction || ' ' || l.pid from pg_locks l
where l.locktype = 'relation' and l.relation = 'audit.pending_leaf'::regclass and l.mode = 'RowExclusiveLock' and l.granted
  and l.database = (select oid from pg_database where datname = current_database()) and l.pid <> pg_backend_pid()
