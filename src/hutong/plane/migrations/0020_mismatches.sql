-- What was claimed and does not match, for a year: each value by itself, as a keyed digest that is another one for each
-- unit, resource and item, with the record it was claimed of. The same value may fail for so many records (D-25).
create table plane.mismatched_value (
    value    bytea not null,
    k        bytea not null,                      -- the record's key digest; whether it is held makes no difference
    consumer text  not null,
    code     text  not null,
    item     text  not null,
    day      date  not null,
    constraint mismatched_value_pkey primary key (value, k)
);
create index mismatched_value_day on plane.mismatched_value (day);

-- How many claims a unit has made, and which of the last of them do not match: their share is limited.
create table plane.claims_made (
    consumer text   not null constraint claims_made_pkey primary key,
    claims   bigint not null,
    missed   int    not null default 0,           -- rows of the next table
    constraint claims_made_missed check (missed >= 0)
);
create table plane.mismatched_claim (
    consumer text   not null,
    place    bigint not null,                     -- its number among the unit's claims
    constraint mismatched_claim_pkey primary key (consumer, place)
);

-- Limits that the authority raised for one unit, until a day; each decision a row of its own that stays.
create table plane.raised_limit (
    id         bigint generated always as identity constraint raised_limit_pkey primary key,
    name       text not null,                     -- the limit's name in the rulebook
    consumer   text not null,
    code       text,                              -- the resource; null: any
    value      int  not null constraint raised_limit_value check (value > 0),
    from_date   date not null,
    until_date  date not null,                     -- the last day
    reason     text not null,
    decided_by text not null,
    decided_at timestamptz not null,
    constraint raised_limit_period check (from_date <= until_date)
);
create index raised_limit_consumer on plane.raised_limit (consumer, name);

-- What a machine has noticed and an officer is to look at; one of a kind stands open for a unit and a resource.
create table plane.alarm (
    id         bigint generated always as identity constraint alarm_pkey primary key,
    name       text not null,                     -- the limit's name in the rulebook
    consumer   text not null,
    code       text not null default '',          -- the resource; empty: any
    seen       int  not null,                     -- what was counted
    most       int  not null,                     -- what was in force
    opened_at  timestamptz not null,
    closed_at  timestamptz,
    closed_by  text,
    finding    text,
    constraint alarm_closed check (num_nulls(closed_at, closed_by, finding) in (0, 3))
);
create unique index alarm_open on plane.alarm (name, consumer, code) where closed_at is null;
create index alarm_newest on plane.alarm (opened_at, id);

-- A number of the rulebook as it holds for a unit and a resource on a day: raised for it, as changed, or as delivered.
create function plane.limit_in_force(wanted text, unit text, resource text, on_day date, delivered int) returns int
language sql stable as $$
    select greatest(
        (
            select max(value) from plane.raised_limit
            where consumer = unit and name = wanted and (code is null or code = resource)
              and on_day between from_date and until_date
        ),
        coalesce((
            select value::int from plane.changed_limit where name = wanted and from_date <= on_day
            order by from_date desc, version desc limit 1
        ), delivered)
    )
$$;

-- A list that spends or discloses more than may be fails by this, and is answered anew in a round that looks first.
create function plane.expect_within(within boolean) returns void language plpgsql as $$
begin
    if within is not true then
        raise exception 'a limit is reached' using errcode = 'HT002';
    end if;
end
$$;

-- Count the claims of units, remember what does not match, and with `expect` fail where a limit is reached. Of each unit
-- `of` has one entry for each claim that does not match, and `backs` how far that is from the unit's last claim. From the
-- first statement to the end of the transaction no other list of these units is counted. Numbers come as delivered.
create function plane.settle_claims(
    consumers text[], counts int[], of text[], backs int[],
    missed bytea[], records bytea[], units text[], codes text[], items text[],
    claimed bytea[], on_day date, expect boolean,
    value_records int, value_days int, share_percent int, share_claims int, share_from int
) returns void language plpgsql as $$
declare
    changed record;
    reached record;
    made bigint;
    failing int;
begin
    for changed in
        select distinct on (name) name, value::int as value from plane.changed_limit
        where name like 'compare.%' and from_date <= on_day order by name, from_date desc, version desc
    loop
        case changed.name
            when 'compare.value_records' then value_records := changed.value;
            when 'compare.value_days' then value_days := changed.value;
            when 'compare.share_percent' then share_percent := changed.value;
            when 'compare.share_claims' then share_claims := changed.value;
            when 'compare.share_from' then share_from := changed.value;
            else null;
        end case;
    end loop;
    for nth in 1 .. cardinality(consumers) loop
        insert into plane.claims_made as m (consumer, claims) values (consumers[nth], counts[nth])
        on conflict (consumer) do update set claims = m.claims + excluded.claims
        returning m.claims, m.missed into made, failing;
        if consumers[nth] = any (of) then
            delete from plane.mismatched_claim c where c.consumer = consumers[nth] and c.place <= made - share_claims;
            get diagnostics failing = row_count;
            failing := -failing;
            insert into plane.mismatched_claim (consumer, place)
            select unit, made - back from unnest(of, backs) as t (unit, back)
            where unit = consumers[nth] and back < share_claims;
            get diagnostics made = row_count;
            update plane.claims_made m set missed = m.missed + failing + made where m.consumer = consumers[nth]
            returning m.claims, m.missed into made, failing;
        end if;
        if expect and made >= share_from and failing * 100::bigint > share_percent * least(made, share_claims)
           and failing * 100::bigint > least(made, share_claims)
               * plane.limit_in_force('compare.share_percent', consumers[nth], '', on_day, share_percent) then
            perform plane.expect_within(false);
        end if;
    end loop;
    if cardinality(missed) > 0 then
        insert into plane.mismatched_value as v (value, k, consumer, code, item, day)
        select value, k, unit, code, item, on_day
        from unnest(missed, records, units, codes, items) as t (value, k, unit, code, item)
        on conflict (value, k) do update set day = excluded.day where v.day <= on_day - value_days;
    end if;
    if expect then
        for reached in
            select v.consumer, v.code, count(*) as number from plane.mismatched_value v
            where v.value = any (claimed) and v.day > on_day - value_days
            group by v.value, v.consumer, v.code having count(*) >= value_records
        loop
            if reached.number
               >= plane.limit_in_force('compare.value_records', reached.consumer, reached.code, on_day, value_records) then
                perform plane.expect_within(false);
            end if;
        end loop;
    end if;
end
$$;
