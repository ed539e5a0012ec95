-- The first rows of a resource come at once, and in no order: indexes are made of them afterwards, which costs a fraction of
-- adding row by row. Both functions are for a store that is empty when the transaction begins that fills it.
create function plane.drop_indexes(relation text) returns void
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    filled boolean;
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
end
$$;
revoke all on function plane.make_indexes(text, text[]) from public;
