-- What only the owner may do, done by functions of the owner that see for themselves whether it is time: no door and no
-- worker logs in as the owner.

-- Whether this database lives on a training clock. Only the owner, who migrates, says so.
create table audit.training_clock (
    only_row    boolean     not null default true constraint training_clock_pkey primary key constraint training_clock_once check (only_row),
    begun_at timestamptz not null default clock_timestamp()
);

-- The moment that is told, or the one it is where that is earlier: who calls has no clock of its own to be old by. A
-- training clock goes as it likes.
create function audit.by_clock(told timestamptz) returns timestamptz
language sql stable set search_path = pg_catalog, pg_temp as $$
    select case when exists (select from audit.training_clock) then told else least(told, clock_timestamp()) end
$$;

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

-- For how many years records of a class are kept at the least (core/defaults.py; a test compares).
create function audit.least_years(class text) returns int
language sql immutable set search_path = pg_catalog, pg_temp as $$
    select case class when 'administration' then 10 else 5 end
$$;

-- Until when every record of a class from before a moment is kept, in Beijing time. A leap day has no counterpart in most
-- years; its records are kept to the first of March at the same hour (audit/years.py; a test compares).
create function audit.kept_until(before timestamptz, class text) returns timestamptz
language plpgsql immutable set search_path = pg_catalog, pg_temp as $$
declare
    last timestamp := before at time zone 'Asia/Shanghai' - interval '1 microsecond';
    kept timestamp := last + make_interval(years => audit.least_years(class));
begin
    if to_char(last, 'MM-DD') = '02-29' and to_char(kept, 'MM-DD') = '02-28' then
        kept := kept + interval '1 day';
    elsif to_char(last, 'MM-DD') = '03-01' and to_char(last - interval '1 day', 'MM-DD') = '02-29'
          and to_char(kept - interval '1 day', 'MM-DD') = '02-28' then
        kept := date_trunc('day', kept) + interval '1 day' - interval '1 microsecond';
    end if;
    return kept at time zone 'Asia/Shanghai';
end $$;

-- Fail unless a purge may be done now: asked for by one officer and approved by another, both entered in the log, its
-- records past their years, and none of them under hold. Who does it waits for holds that are being placed.
create function audit.check_purge(number bigint, moment timestamptz) returns audit.purge
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
    asked audit.purge;
    now   timestamptz := audit.by_clock(moment);
    entered text[];
begin
    perform pg_advisory_xact_lock(hashtext('audit.hold'));
    select * into asked from audit.purge p where p.id = number for update;
    if not found or asked.state <> 'approved' or asked.approved_by = asked.requested_by then
        raise exception 'purge % is not approved by a second officer', number using errcode = 'HT003';
    end if;
    select array_agg(e.event || ' ' || (e.record::jsonb ->> 'by') order by e.id) into entered
    from audit.entry e
    where e.class <> 'usage' and e.event in ('audit.purge_requested', 'audit.purge_approved')
      and (e.record::jsonb ->> 'purge') = number::text
      and e.record::jsonb ->> 'record_class' = asked.class
      and (e.record::jsonb ->> 'before_at')::timestamptz = asked.before_at;
    if entered is null or not entered @> array['audit.purge_requested ' || asked.requested_by,
                                               'audit.purge_approved ' || asked.approved_by] then
        raise exception 'request and approval of purge % are not both in the log', number using errcode = 'HT003';
    end if;
    if audit.kept_until(asked.before_at, asked.class) > now then
        raise exception 'records of purge % are not past their years', number using errcode = 'HT003';
    end if;
    if exists (select from audit.hold h
               where h.lifted_at is null and (h.until_at is null or h.until_at > now)
                 and (h.class is null or h.class = asked.class)) then
        raise exception 'records of purge % are under hold', number using errcode = 'HT003';
    end if;
    return asked;
end $$;

-- Remove the placed entries of a purge that may be done, with their subjects and parties, and count them. Leaves stay,
-- and so do the records of purges, with request and approval: only by them can anyone tell what was purged from what is
-- missing.
create function audit.remove_entries(number bigint, moment timestamptz) returns bigint
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    asked   audit.purge := audit.check_purge(number, moment);
    removed bigint;
begin
    with gone as (
        delete from audit.entry e
        where e.class = asked.class and e.at < asked.before_at and e.event not in (
            'audit.purge_requested', 'audit.purge_approved', 'audit.purge_done'
        )
          and exists (select from audit.leaf l where l.entry_id = e.id)
        returning e.id
    ), parted as (
        delete from audit.party p using gone where p.entry_id = gone.id
    )
    select count(*) into removed from gone;
    return removed;
end $$;
