-- A grant may be limited to records with certain values (P-5).
alter table plane.access_grant
    add column row_filter jsonb not null default '{}'   -- values by item; a record outside is absent
        constraint access_grant_row_filter check (jsonb_typeof(row_filter) = 'object');

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
