-- name: make
-- Make the table of what was applied, where it is missing.
create table if not exists public.hutong_migration (
    name       text        not null constraint hutong_migration_pkey primary key,
    digest     text        not null,
    applied_at timestamptz not null default now()
)

-- name: begin_alone
-- Wait until nobody else changes this database's schema.
select pg_advisory_lock(hashtext('hutong.migrate'))

-- name: end_alone
-- Let others change this database's schema again.
select pg_advisory_unlock(hashtext('hutong.migrate'))

-- name: own
-- Let all that is made from now on belong to the owner.
set role hutong_owner

-- name: bound
-- Let no statement of this connection wait for a lock longer than so many milliseconds.
select set_config('lock_timeout', %(milliseconds)s, false)

-- name: made
-- Whether the table of what was applied is there.
select to_regclass('public.hutong_migration') is not null

-- name: note
-- Note that a migration was applied.
insert into public.hutong_migration (name, digest) values (%(name)s, %(digest)s)

-- name: applied
-- What was applied.
select name, digest from public.hutong_migration
