-- name: may_act_as
-- Whether this login may act as a role; no row comes back where there is no such role.
select pg_has_role(oid, 'usage') from pg_roles where rolname = %(role)s

-- name: missing
-- A role that is not there, or that this login may not act as where it is the owner's.
select wanted from unnest(%(roles)s::text[]) wanted
where not exists (select from pg_roles where rolname = wanted)
   or (wanted = 'hutong_owner' and not pg_has_role(current_user, wanted, 'member'))
limit 1

-- name: as_owner
-- Act as the owner until this transaction ends.
set local role hutong_owner

-- name: relations
-- Tables or sequences in some schemas. Partitions are reached through their parent; tables of extensions are not ours.
select n.nspname || '.' || c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace
where n.nspname = any (%(schemas)s) and c.relkind = any (%(kinds)s)
  and not c.relispartition and pg_get_userbyid(c.relowner) = 'hutong_owner'
order by 1

-- name: owned
-- All relations of the owner in some schemas, partitions and views too. What is another's is none of ours to take back.
select n.nspname || '.' || c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace
where n.nspname = any (%(schemas)s) and c.relkind = any (%(kinds)s) and pg_get_userbyid(c.relowner) = 'hutong_owner'
order by 1

-- name: functions
-- Functions in some schemas; those of extensions are not ours.
select n.nspname || '.' || p.proname, p.oid::regprocedure::text from pg_proc p join pg_namespace n on n.oid = p.pronamespace
where n.nspname = any (%(schemas)s) and pg_get_userbyid(p.proowner) = 'hutong_owner'
order by 1
