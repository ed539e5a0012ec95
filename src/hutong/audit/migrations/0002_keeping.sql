-- How entries are kept: by month, and under holds.

-- Make the partition of one month (UTC) and return its name; null where it is there, or where entries of that
-- month already lie in the default partition. Attaching locks the table itself far less than creating in place.
create function audit.make_month(month date) returns text
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    name    text        := 'entry_' || to_char(month, 'YYYY_MM');
    from_at timestamptz := date_trunc('month', month::timestamp) at time zone 'UTC';
    to_at   timestamptz := (date_trunc('month', month::timestamp) + interval '1 month') at time zone 'UTC';
begin
    perform pg_advisory_xact_lock(hashtext('audit.make_month'));
    if to_regclass('audit.' || name) is not null
       or exists (select from audit.entry_default e where e.at >= from_at and e.at < to_at) then
        return null;
    end if;
    execute format('create table audit.%I (like audit.entry including defaults)', name);
    execute format('alter table audit.entry attach partition audit.%I for values from (%L) to (%L)',
                   name, from_at, to_at);
    return name;
end $$;

create index entry_class on audit.entry (class, at);

-- W13: while a hold stands, nothing of its class (of any class, where null) may be purged.
create table audit.hold (
    id        bigint generated always as identity constraint hold_pkey primary key,
    class     text,
    reason    text        not null,
    placed_by text        not null,
    placed_at timestamptz not null,
    lifted_by text,
    lifted_at timestamptz,
    constraint hold_lifting_named check ((lifted_by is null) = (lifted_at is null))
);
