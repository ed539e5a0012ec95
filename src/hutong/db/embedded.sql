-- name: login
-- Whether there is a login of this name.
select 1 from pg_roles where rolname = %(name)s

-- name: database
-- Whether there is a database of this name.
select 1 from pg_database where datname = %(name)s
