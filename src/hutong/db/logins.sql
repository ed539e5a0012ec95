-- name: quietly
-- Say nothing of what was so before: that a login is a member of its group roles already.
set client_min_messages = warning

-- name: group
-- Make a group role nobody logs in as; roles are shared by all databases of a server, and another may make the same now.
do $$ begin create role {group} nologin;
exception when duplicate_object or unique_violation then null; end $$

-- name: login
-- Make a login, or what it was into one that may do nothing by itself.
do $$ begin create role {login} login;
exception when duplicate_object or unique_violation then null; end $$;
-- Who is no superuser may not even say that another is none.
do $$ begin
    if exists (select from pg_roles where rolname = {named} and (rolsuper or rolreplication or rolbypassrls)) then
        alter role {login} nosuperuser noreplication nobypassrls;
    end if;
end $$;
alter role {login} login noinherit nocreatedb nocreaterole password {verifier}

-- name: leave
-- Let a login be a member of no other role than its group roles, whatever it was before.
do $$ declare other record;
begin
    for other in select pg_get_userbyid(roleid) as given, pg_get_userbyid(grantor) as grantor from pg_auth_members
                 where pg_get_userbyid(member) = {named} and pg_get_userbyid(roleid) <> all ({listed}::name[]) loop
        execute format('revoke %I from %I granted by %I cascade', other.given, {named}, other.grantor);
    end loop;
end $$

-- name: join
-- Let a login act as group roles.
grant {groups} to {login}

-- name: enter
-- Let nobody else into the database: who may connect is asked of the login, and the group roles are every platform's.
alter database {database} owner to current_user;
revoke all on database {database} from public;
revoke all on database {database} from {groups};
grant connect on database {database} to {logins};
grant create on database {database} to {owner};
grant temporary on database {database} to {owner}, {temporary}

-- name: made
-- What makes the database where it is missing: to be carried out by psql. Words are told apart as Unicode has them.
select case when current_setting('server_version_num')::int >= 170000 then {builtin} else {libc} end
where not exists (select from pg_database where datname = {name})

-- name: builtin
-- Make the database, by PostgreSQL's own knowledge of Unicode.
create database {database} template template0 encoding 'UTF8'
    locale_provider builtin builtin_locale 'C.UTF-8' lc_collate 'C' lc_ctype 'C'

-- name: libc
-- Make the database, by the system's knowledge of Unicode.
create database {database} template template0 encoding 'UTF8' lc_collate 'C.UTF-8' lc_ctype 'C.UTF-8'

-- name: public
-- Let the owner make tables in the schema that is there from the first.
revoke create on schema public from public;
grant create, usage on schema public to {owner}

-- name: admitted
-- What was noted of the logins of a database when they were last made there; null where they never were.
select shobj_description(oid, 'pg_database') from pg_database where datname = %(database)s

-- name: note_admitted
-- Note of which state the logins of a database are.
comment on database {database} is {note}

-- name: retire
-- Let the one login there was before nobody in: each door has its own now.
alter role {login} nologin nocreaterole password null
