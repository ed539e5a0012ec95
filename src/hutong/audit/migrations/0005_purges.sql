-- Records past their years are let go by two officers, unless somebody holds them (W13).

create table audit.purge (
    id           bigint      generated always as identity constraint purge_pkey primary key,
    state        text        not null,
    class        text        not null,
    before_at    timestamptz not null,
    requested_by text        not null,
    requested_at timestamptz not null,
    approved_by  text,
    approved_at  timestamptz,
    done_at      timestamptz,
    removed      bigint,
    certificate  text,
    dropped_by   text,
    dropped_at   timestamptz,
    drop_reason  text,
    constraint purge_needs_two_people check (approved_by is null or approved_by <> requested_by),
    constraint purge_approval_named check ((approved_by is null) = (approved_at is null)),
    constraint purge_done_after_approval check (done_at is null or approved_by is not null),
    constraint purge_drop_told check ((dropped_at is null) = (dropped_by is null)
                                      and (dropped_at is null) = (drop_reason is null)),
    constraint purge_ends_once check (done_at is null or dropped_at is null),
    constraint purge_state check (state = case when done_at is not null then 'done'
                                               when dropped_at is not null then 'dropped'
                                               when approved_at is not null then 'approved'
                                               else 'requested' end),
    -- Python reads no moment before the year 1 or after 9999: what somebody gives lies in years that people mean.
    constraint purge_years check (before_at >= '2000-01-01 00:00+08' and before_at < '2200-01-01 00:00+08')
);

-- W13: while a hold stands, nothing of its class (of any class, where null) may be purged.
create table audit.hold (
    id        bigint      generated always as identity constraint hold_pkey primary key,
    class     text,
    reason    text        not null,
    placed_by text        not null,
    placed_at timestamptz not null,
    until_at  timestamptz,                        -- its end; without one it stands until it is lifted
    lifted_by text,
    lifted_at timestamptz,
    constraint hold_lifting_named check ((lifted_by is null) = (lifted_at is null)),
    constraint hold_ends_later check (until_at > placed_at),
    constraint hold_years check (until_at <= '2200-01-01 00:00+08')
);

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

-- Fail unless a purge may be done now: asked for by one officer and approved by another, both in the log still or waiting
-- for it (an entry that lost its leaf with the end of an epoch that was set back is none, whatever is left of it in the
-- database), its records past their years, and none of them under hold. Who does it waits for holds that are being placed.
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
      and (e.record::jsonb ->> 'before_at')::timestamptz = asked.before_at
      and (exists (select from audit.leaf l where l.entry_id = e.id)
           or exists (select from audit.pending_leaf w where w.entry_id = e.id));
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
