-- Make the partition of one month as before, and nobody who enters meanwhile fails. Whoever enters is led to a partition
-- under a lock of the whole table; were only the default partition locked, one who had been led there would wait, and
-- then stand before a partition that takes his month no more. So the whole table is locked first: those who enter finish,
-- and those who come wait the moment that it takes and are led anew. Where somebody enters for longer than two seconds
-- nobody is kept waiting for it: the month is made at the next pass.
create or replace function audit.make_month(month date, moment timestamptz) returns text
language plpgsql security definer set search_path = pg_catalog, pg_temp set lock_timeout = '2s' as $$
declare
    name    text        := 'entry_' || to_char(month, 'YYYY_MM');
    from_at timestamptz := date_trunc('month', month::timestamp) at time zone 'UTC';
    to_at   timestamptz := (date_trunc('month', month::timestamp) + interval '1 month') at time zone 'UTC';
    lying   bigint;
begin
    if to_regclass('audit.' || name) is not null then
        return null;
    end if;
    lock table audit.entry in share row exclusive mode;
    if to_regclass('audit.' || name) is not null then
        return null;
    end if;
    select count(*) into lying
    from (select from audit.entry_default e where e.at >= from_at and e.at < to_at limit 200001) e;
    if lying > 200000 and moment < to_at then
        return null;
    end if;
    execute format('create table audit.%I (like audit.entry including defaults)', name);
    if lying > 0 then
        execute format('with moved as (delete from audit.entry_default where at >= %L and at < %L returning *)'
                       ' insert into audit.%I select * from moved', from_at, to_at, name);
    end if;
    execute format('alter table audit.entry attach partition audit.%I for values from (%L) to (%L)',
                   name, from_at, to_at);
    return name;
exception when lock_not_available then
    return null;
end $$;
