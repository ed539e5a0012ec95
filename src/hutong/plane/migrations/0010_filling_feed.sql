-- The feed of the first rows too is indexed after it is written, unless it tells of rows that were held before. Both functions
-- are for a store that is empty when the transaction begins that fills it.
create or replace function plane.drop_indexes(relation text) returns void
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

create or replace function plane.make_indexes(relation text, indexed text[]) returns void
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
