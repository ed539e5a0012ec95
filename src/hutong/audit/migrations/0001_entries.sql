-- What audit remembers. Entries hold the private record; leaves are public and stay for ever.

create schema audit;

create sequence audit.entry_id;

create table audit.entry (
    id          bigint      not null default nextval('audit.entry_id'),
    at          timestamptz not null,
    event       text        not null,
    class       text        not null,
    unit        text,                             -- the party that acted or asked (its credit code)
    counterpart text,                             -- the other party, for a use the provider
    salt        bytea       not null,
    record      text        not null,             -- canonical JSON, the very bytes the commitment is over
    -- What finds or sums an entry, as the record has it; `hutong audit check` compares.
    result      text,
    department  text,
    system      text,
    grant_no    text,
    resource    text,
    mode        text,
    latency_us  bigint,
    subjects    uuid[],                           -- keyed digests of whom a use was about; the record names their root
    constraint entry_pkey primary key (id, at)
) partition by range (at);

-- The net under the months that are made ahead: no moment may be refused for want of a partition.
create table audit.entry_default partition of audit.entry default;

create index entry_unit on audit.entry (unit, id);
create index entry_counterpart on audit.entry (counterpart, id);
-- An answer only notes its subjects at the end of a list, which the worker sorts into the index every few seconds: the
-- bound is there for the day on which no worker runs. One index for all uses of a subject, and a page of thousands of
-- subjects is one row.
create index entry_subjects on audit.entry using gin (subjects) with (gin_pending_list_limit = 65536)
    where subjects is not null;

-- What the auditor looks through the log by. The mass of it are uses, which answers write and which pay for none of
-- these but the last: a few words for every block of the table.
create index entry_rest_class on audit.entry (class, id) where class <> 'usage';
create index entry_rest_event on audit.entry (event, id) where class <> 'usage';
create index entry_rest_unit on audit.entry (unit, id) where class <> 'usage';
create index entry_rest_counterpart on audit.entry (counterpart, id) where class <> 'usage';
create index entry_rest_officer on audit.entry
    ((coalesce(record::jsonb ->> 'by', record::jsonb ->> 'officer')), id) where class <> 'usage';
create index entry_at on audit.entry using brin (at) with (pages_per_range = 32, autosummarize = on);

-- Parties of an entry beyond its two columns. Kept and purged with it.
create table audit.party (
    entry_id bigint      not null,
    at       timestamptz not null,                -- the entry's: it says in which month it lies
    class    text        not null,                -- the entry's: units look through one class at a time
    unit     text        not null,
    constraint party_pkey primary key (entry_id, unit)
);
create index party_unit on audit.party (unit, class, entry_id);

-- Committed and not yet placed in the tree. Written in the entry's transaction, emptied by the one integrator.
create table audit.pending_leaf (
    entry_id bigint not null constraint pending_leaf_pkey primary key,
    leaf     bytea  not null
);

-- Leaves that came to be placed though their entry was placed before, and with another leaf: somebody wrote them by hand.
create table audit.doubled_leaf (
    entry_id bigint not null,
    leaf     bytea  not null
);

-- What only the owner may do is done by functions of the owner, which see for themselves whether it is time: no door
-- and no worker logs in as the owner.

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

-- The months of which entries lie in the default partition, which nobody reads by itself.
create function audit.months_in_default() returns setof date
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
    select distinct date_trunc('month', e.at at time zone 'UTC')::date from audit.entry_default e
$$;

-- Sort into the index of subjects, month by month, what its writers only noted.
create function audit.settle_subjects() returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
    perform gin_clean_pending_list(i.indexrelid::regclass)
    from pg_inherits h join pg_index i on i.indexrelid = h.inhrelid
    where h.inhparent = 'audit.entry_subjects'::regclass;
end $$;
