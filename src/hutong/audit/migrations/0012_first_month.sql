-- Make the partition of one month (UTC) and return its name; null where it is there. Entries of that month that lie in
-- the default partition, as those of an installation's first month did, move into it. While they are moved nobody enters
-- what lies there; so of a month that is not over at `moment` no more than two hundred thousand are moved, a
-- second or two, and the rest once the month is over.
create function audit.make_month(month date, moment timestamptz) returns text
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    name    text        := 'entry_' || to_char(month, 'YYYY_MM');
    from_at timestamptz := date_trunc('month', month::timestamp) at time zone 'UTC';
    to_at   timestamptz := (date_trunc('month', month::timestamp) + interval '1 month') at time zone 'UTC';
    lying   bigint;
begin
    perform pg_advisory_xact_lock(hashtext('audit.make_month'));
    if to_regclass('audit.' || name) is not null then
        return null;
    end if;
    lock table audit.entry_default in share row exclusive mode;
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
end $$;
