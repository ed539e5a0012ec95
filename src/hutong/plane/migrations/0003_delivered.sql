-- A store keeps a mark of the row as it was delivered, so that the same row again need only be compared by it. The
-- first eight bytes are the change the mark belongs to: code that knows no marks writes a new change and so voids it.
-- Conditions are indexed by b-tree, except by text of any length: a hash index takes minutes where a few values are on
-- very many rows. Type varchar says that a text is short enough.

create or replace function plane.make_store(resource_code text, resource_version int, columns text[], types text[],
                                              indexed text[] default '{}')
returns text
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    relation text;
    listed   text := '';
    place    int;
begin
    select format('r%s_v%s', r.id, d.version) into relation
    from plane.resource r join plane.definition d on d.code = r.code
    where r.code = resource_code and d.version = resource_version;
    if relation is null then
        raise exception 'no definition % version %', resource_code, resource_version using errcode = 'no_data_found';
    end if;
    if cardinality(columns) is distinct from cardinality(types) or cardinality(columns) not between 1 and 1200 then
        raise exception 'columns and types do not pair' using errcode = 'invalid_parameter_value';
    end if;
    for place in 1 .. cardinality(columns) loop
        if columns[place] is null or columns[place] !~ '^([ib]_[A-Za-z][A-Za-z0-9_]{0,39}|subject)$' then
            raise exception 'column name % is not allowed', columns[place] using errcode = 'invalid_name';
        end if;
        if types[place] is null
           or types[place] not in ('bytea', 'text', 'varchar', 'numeric', 'date', 'boolean')
           or (left(columns[place], 1) in ('b', 's') and types[place] <> 'bytea') then
            raise exception 'column type % is not allowed', types[place] using errcode = 'invalid_parameter_value';
        end if;
        listed := listed || format(', %I %s', columns[place], types[place]);
    end loop;
    execute format('create table store.%I (k bytea not null, change bigint not null, delivered bytea%s, '
                   'constraint %I primary key (k))', relation, listed, relation || '_pkey');
    for place in 1 .. cardinality(columns) loop
        if columns[place] = any (indexed) then
            execute format('create index on store.%I using %s (%I)', relation,
                           case types[place] when 'text' then 'hash' else 'btree' end, columns[place]);
        end if;
    end loop;
    execute format('create table feed.%I (change bigint not null, op char(1) not null check (op in (''u'', ''d'')), '
                   'k bytea not null, at timestamptz not null, constraint %I primary key (change))',
                   relation, relation || '_pkey');
    if exists (select from pg_roles where rolname = 'hutong_plane') then
        execute format('grant select, insert, update, delete on store.%I to hutong_plane', relation);
        execute format('grant select, insert, delete on feed.%I to hutong_plane', relation);
    end if;
    return relation;
end
$$;

do $$
declare
    name text;
begin
    for name in select relation from plane.store loop
        execute format('alter table store.%I add column delivered bytea', name);
    end loop;
end
$$;
