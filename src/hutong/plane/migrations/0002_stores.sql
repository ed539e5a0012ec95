-- Makes the store and the feed of one published version, both named r<id>_v<version>. The caller needs no right to
-- make tables: names and types are checked here, against a literal list, and nothing else of the input reaches a
-- statement. Item columns are i_<code>, blind indexes b_<code>; `indexed` are those a query may be asked by: by b-tree,
-- except text of any length, for a hash index takes minutes where a few values are on very many rows. Type varchar says
-- that a text is short enough. `delivered` is a mark of the row as it was delivered, so that the same row again need only be
-- compared by it; its first eight bytes are the change the mark belongs to: what writes a new change voids it.
create function plane.make_store(resource_code text, resource_version int, columns text[], types text[],
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
revoke all on function plane.make_store(text, int, text[], text[], text[]) from public;

-- The feed of a version by whose items grants may be limited says with each change on which side a record was and is.
create function plane.tell_inside(relation text, codes text[]) returns void
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    told boolean;
    code text;
begin
    if relation !~ '^r[0-9]+_v[0-9]+$' then
        raise exception '% is no store', relation using errcode = 'invalid_name';
    end if;
    execute format('select exists (select from feed.%I)', relation) into told;
    if told then
        raise exception 'feed % is not empty', relation using errcode = 'object_not_in_prerequisite_state';
    end if;
    foreach code in array codes loop
        if code is null or code !~ '^[A-Za-z][A-Za-z0-9_]{0,39}$' then
            raise exception 'item % is not allowed', code using errcode = 'invalid_name';
        end if;
        execute format('alter table feed.%I add column %I bytea, add column %I bytea',
                       relation, 'was_' || code, 'is_' || code);
    end loop;
end
$$;
revoke all on function plane.tell_inside(text, text[]) from public;

-- The first rows of a resource come at once, and in no order: indexes are made of them afterwards, which costs a fraction of
-- adding row by row. So is that of the feed, unless it tells of rows that were held before. Both functions are for a store
-- that is empty when the transaction begins that fills it.
create function plane.drop_indexes(relation text) returns void
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    filled boolean;
    told boolean;
    name text;
begin
    if relation !~ '^r[0-9]+_v[0-9]+$' then
        raise exception '% is no store', relation using errcode = 'invalid_name';
    end if;
    execute format('select exists (select from store.%I)', relation) into filled;
    if filled then
        raise exception 'store % is not empty', relation using errcode = 'object_not_in_prerequisite_state';
    end if;
    execute format('alter table store.%I drop constraint %I', relation, relation || '_pkey');
    for name in select indexrelid::regclass::text from pg_index where indrelid = format('store.%I', relation)::regclass
    loop
        execute format('drop index %s', name);
    end loop;
    execute format('select exists (select from feed.%I)', relation) into told;
    if not told then
        execute format('alter table feed.%I drop constraint %I', relation, relation || '_pkey');
    end if;
end
$$;
revoke all on function plane.drop_indexes(text) from public;

create function plane.make_indexes(relation text, indexed text[]) returns void
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    name text;
begin
    if relation !~ '^r[0-9]+_v[0-9]+$' then
        raise exception '% is no store', relation using errcode = 'invalid_name';
    end if;
    execute format('alter table store.%I add constraint %I primary key (k)', relation, relation || '_pkey');
    foreach name in array indexed loop
        execute format('create index on store.%I using %s (%I)', relation,
                       (select case atttypid when 'text'::regtype then 'hash' else 'btree' end from pg_attribute
                        where attrelid = format('store.%I', relation)::regclass and attname = name), name);
    end loop;
    if not exists (select from pg_constraint where conrelid = format('feed.%I', relation)::regclass and contype = 'p') then
        execute format('alter table feed.%I add constraint %I primary key (change)', relation, relation || '_pkey');
    end if;
end
$$;
revoke all on function plane.make_indexes(text, text[]) from public;
