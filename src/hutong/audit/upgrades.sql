-- name: made
-- Whether the table of upgrades is there.
select to_regclass('audit.upgrade') is not null

-- name: version
-- The version the database is of.
select to_version from audit.upgrade order by number desc limit 1

-- name: postgres
-- To which major version of PostgreSQL the last upgrade that was entered brought the database.
select (record::jsonb ->> 'to_postgres')::int from audit.entry
where event = 'platform.upgraded' and class <> 'usage' order by id desc limit 1

-- name: note
-- Note by which version a database was made, or an upgrade.
insert into audit.upgrade (from_version, to_version, at, by, migrations)
values (%(from_version)s, %(to_version)s, %(at)s, %(by)s, %(migrations)s)

-- name: unnoted
-- Migrations that were applied, of audit and plane, the queue and Django, and that no row names.
select name from (
    select name from public.hutong_migration
    union all select app || '/' || name from public.django_migrations
) applied
where not exists (select from audit.upgrade u where applied.name = any (u.migrations))
order by name
