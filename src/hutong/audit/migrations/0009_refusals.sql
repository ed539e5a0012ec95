-- How often somebody was refused the same within one minute; what is beyond those entered singly is entered together.
create table audit.refusal (
    event     text        not null,               -- as the refusals are entered singly
    caller    text        not null,               -- officer, system or source that was refused
    code      text        not null,
    minute_at timestamptz not null,               -- with which the minute begins
    unit      text,                               -- the caller's unit
    count     integer     not null,
    first_at  timestamptz not null,               -- of those that are entered together
    last_at   timestamptz not null,
    constraint refusal_pkey primary key (event, caller, code, minute_at)
);
create index refusal_minute on audit.refusal (minute_at);

-- Count refusals of one kind, and return how many their caller has had in this minute. Doors count by this alone: what was
-- counted only rises, whichever door counted it. First and last are of those that are entered together (beyond `singly`),
-- and of one minute.
create function audit.count_refusals(
    event text, caller text, code text, unit text, more integer, singly integer, first_at timestamptz,
    last_at timestamptz
) returns integer
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
#variable_conflict use_column
declare
    minute  timestamptz := date_trunc('minute', count_refusals.first_at);
    counted integer;
begin
    if (count_refusals.more > 0 and count_refusals.last_at >= minute
        and count_refusals.last_at < minute + interval '1 minute') is not true then
        raise exception 'refusals are counted by minutes, and none is taken back' using errcode = 'HT003';
    end if;
    insert into audit.refusal as r (event, caller, code, minute_at, unit, count, first_at, last_at)
    values (count_refusals.event, count_refusals.caller, count_refusals.code, minute, count_refusals.unit,
            count_refusals.more, count_refusals.first_at, count_refusals.last_at)
    on conflict (event, caller, code, minute_at) do update
    set count = r.count + excluded.count,
        first_at = case when r.count <= count_refusals.singly then excluded.first_at
                        else least(r.first_at, excluded.first_at) end,
        last_at = greatest(r.last_at, excluded.last_at)
    returning r.count into counted;
    return counted;
end $$;
