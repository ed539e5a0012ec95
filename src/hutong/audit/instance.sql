-- name: made
-- Whether the table is there: a database that was never opened by this version has none.
select to_regclass('audit.platform') is not null

-- name: read
-- Which platform this database is of, and which instance of it.
select platform, instance, since_at from audit.platform

-- name: begin
-- Say whose this database is, where nobody has said it yet.
insert into audit.platform (platform, instance, since_at) values (%(platform)s, %(instance)s, %(now)s)
on conflict do nothing

-- name: pass_on
-- Say that another instance of the same platform lives here from now on.
update audit.platform set instance = %(instance)s, since_at = %(now)s where platform = %(platform)s
