-- What is remembered goes by day once it counts no longer, and is looked for by value, part, record or whom it was
-- disclosed to. A plan made before statistics were taken would go by the day, through all rows of a year: what drops old
-- rows has an index (day + 0) that no other statement can use.

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
create index mismatched_value_dropped on plane.mismatched_value ((day + 0));

-- How many claims a unit has made, and which of the last of them do not match: their share is limited.
create table plane.claims_made (
    consumer    text   not null constraint claims_made_pkey primary key,
    claims      bigint not null,
    missed      int    not null default 0,        -- rows of the next table
    -- For how many records a value of the unit, or a birth date, failed at most, ever: below what may fail nothing is
    -- looked for.
    most_missed int    not null default 0,
    constraint claims_made_missed check (missed >= 0)
);
create table plane.mismatched_claim (
    consumer text   not null,
    place    bigint not null,                     -- its number among the unit's claims
    constraint mismatched_claim_pkey primary key (consumer, place)
);

-- Records a unit has claimed something of, by how that ended when it last did: those of which nothing matched, and of
-- those of which something did every sixteenth, by its digest. A value of a declared list and an item of the key claimed
-- beside itself tell that a record is there; who searches by them claims many records that are not (D-25).
create table plane.claimed_record (
    consumer text    not null,
    code     text    not null,
    k        bytea   not null,                    -- the record's key digest; whether it is held makes no difference
    part     bytea,                               -- of a key with a resident number: digest of its birth date
    matched  boolean not null,
    day      date    not null,                    -- on which it was counted
    constraint claimed_record_pkey primary key (consumer, code, k)
);
create index claimed_record_part on plane.claimed_record (part) where part is not null and not matched;
create index claimed_record_dropped on plane.claimed_record ((day + 0));

-- How many of them were counted on each day.
create table plane.claimed_day (
    consumer text not null,
    code     text not null,
    day      date not null,
    missed   int  not null constraint claimed_day_missed check (missed >= 0),
    matched  int  not null constraint claimed_day_matched check (matched >= 0),
    constraint claimed_day_pkey primary key (consumer, code, day)
);

-- Whether of so many records more did not match than may. Of those that matched every sixteenth is counted; their number
-- is taken at the upper end of what it may be.
create function plane.records_beyond(missed bigint, matched bigint, share_percent int) returns boolean
language sql immutable as $$
    select missed * 100 > share_percent * (missed + 16 * (matched + 3 * floor(sqrt(matched))::bigint + 3))
$$;

-- Keep that records did not match, or did, when they were last claimed. Each is named once.
create function plane.keep_claimed(
    units text[], codes text[], keys bytea[], parts bytea[], did_match boolean, on_day date, kept_days int
) returns void language plpgsql set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off as $$
begin
    with gone as (
        delete from plane.claimed_record r using unnest(units, codes, keys) as g (unit, code, key)
        where r.consumer = g.unit and r.code = g.code and r.k = g.key
          and (r.matched <> did_match or r.day <= on_day - kept_days)
        returning r.consumer, r.code, r.day, r.matched
    )
    update plane.claimed_day d set missed = d.missed - c.missed, matched = d.matched - c.matched
    from (
        select consumer, code, day, count(*) filter (where not matched) as missed, count(*) filter (where matched) as matched
        from gone group by consumer, code, day
    ) c
    where d.consumer = c.consumer and d.code = c.code and d.day = c.day;
    with fresh as (
        insert into plane.claimed_record (consumer, code, k, part, matched, day)
        select unit, code, key, part, did_match, on_day
        from unnest(units, codes, keys, parts) as g (unit, code, key, part)
        where not did_match or get_byte(key, 0) % 16 = 0
        on conflict do nothing
        returning consumer, code
    )
    insert into plane.claimed_day as d (consumer, code, day, missed, matched)
    select consumer, code, on_day, case when did_match then 0 else count(*) end, case when did_match then count(*) else 0 end
    from fresh group by consumer, code
    on conflict (consumer, code, day)
    do update set missed = d.missed + excluded.missed, matched = d.matched + excluded.matched;
end
$$;

-- Count the claims of units, remember what does not match, and with `expect` fail where a limit may have been reached at
-- any time within the list; it is then gone through in order. Of each unit `of` has one entry for each claim that does not
-- match, and `backs` how far that is from the unit's last claim. `missed` are values that do not match, `records` and
-- `units`, `codes`, `items` of what; `missed_keys` are records of which a claim did not match, `matched_keys` those of which
-- the last one did; `claimed` and `parts` are all values and parts of keys that are claimed. From the first statement to
-- the end of the transaction no other list of these units is counted. Numbers come as delivered.
create function plane.settle_comparing(
    consumers text[], counts int[], of text[], backs int[],
    missed bytea[], records bytea[], units text[], codes text[], items text[],
    missed_units text[], missed_codes text[], missed_keys bytea[], missed_parts bytea[],
    matched_units text[], matched_codes text[], matched_keys bytea[],
    claimed bytea[], parts bytea[], part_units text[], part_codes text[], on_day date, expect boolean,
    value_records int, value_days int, share_percent int, share_claims int, share_from int
) returns void language plpgsql set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off as $$
declare
    changed record;
    reached record;
    before bigint;
    made bigint;
    failing int;
    fresh int;
    gone int;
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
        before := made - counts[nth];
        fresh := 0;
        if consumers[nth] = any (of) then
            delete from plane.mismatched_claim c where c.consumer = consumers[nth] and c.place <= before - share_claims;
            get diagnostics gone = row_count;
            insert into plane.mismatched_claim (consumer, place)
            select unit, made - back from unnest(of, backs) as t (unit, back) where unit = consumers[nth];
            get diagnostics fresh = row_count;
            update plane.claims_made m set missed = m.missed - gone + fresh where m.consumer = consumers[nth]
            returning m.missed into failing;
        end if;
        -- The share is at its highest where all that does not match comes first.
        if expect and made >= share_from
           and failing * 100::bigint > share_percent * least(greatest(before, share_from), share_claims)
           and failing * 100::bigint > least(greatest(before, share_from), share_claims)
               * plane.limit_in_force('compare.share_percent', consumers[nth], '', on_day, share_percent) then
            select count(*) into failing from plane.mismatched_claim c
            where c.consumer = consumers[nth] and c.place > before - share_claims;
            perform plane.expect_within(
                failing * 100::bigint <= least(greatest(before, share_from), share_claims)
                    * plane.limit_in_force('compare.share_percent', consumers[nth], '', on_day, share_percent)
            );
        end if;
    end loop;
    if cardinality(missed) > 0 then
        insert into plane.mismatched_value as v (value, k, consumer, code, item, day)
        select value, k, unit, code, item, on_day
        from unnest(missed, records, units, codes, items) as t (value, k, unit, code, item)
        on conflict (value, k) do update set day = excluded.day where v.day <= on_day - value_days;
    end if;
    if cardinality(missed_keys) > 0 then
        perform plane.keep_claimed(missed_units, missed_codes, missed_keys, missed_parts, false, on_day, value_days);
    end if;
    if cardinality(missed) + cardinality(missed_keys) > 0 then
        update plane.claims_made m set most_missed = c.number
        from (
            select consumer, max(counted.number) as number
            from (
                select v.consumer, count(*)::int as number from plane.mismatched_value v
                where v.value = any (missed) group by v.consumer, v.value
                union all
                select r.consumer, count(*)::int from plane.claimed_record r
                where r.part = any (missed_parts) and not r.matched group by r.consumer, r.part
            ) counted
            group by consumer
        ) c
        where m.consumer = c.consumer and m.most_missed < c.number;
    end if;
    if expect and exists (
        select from plane.claims_made m where m.consumer = any (consumers) and m.most_missed >= value_records
    ) then
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
        for reached in
            select r.consumer, r.code, count(*) as number from plane.claimed_record r
            where r.part = any (parts) and not r.matched and r.day > on_day - value_days
            group by r.part, r.consumer, r.code having count(*) >= value_records
        loop
            if reached.number
               >= plane.limit_in_force('compare.value_records', reached.consumer, reached.code, on_day, value_records) then
                perform plane.expect_within(false);
            end if;
        end loop;
    end if;
    if expect then
        for reached in
            select d.consumer, d.code, sum(d.missed)::bigint as missed, sum(d.matched)::bigint as matched
            from unnest(part_units, part_codes) as g (unit, code)
            join plane.claimed_day d on d.consumer = g.unit and d.code = g.code and d.day > on_day - value_days
            join plane.claims_made m on m.consumer = g.unit and m.claims >= share_from
            group by d.consumer, d.code
        loop
            if plane.records_beyond(reached.missed, reached.matched, share_percent)
               and plane.records_beyond(
                   reached.missed, reached.matched,
                   plane.limit_in_force('compare.share_percent', reached.consumer, '', on_day, share_percent)
               ) then
                perform plane.expect_within(false);
            end if;
        end loop;
    end if;
    if cardinality(matched_keys) > 0 then
        perform plane.keep_claimed(
            matched_units, matched_codes, matched_keys, array_fill(null::bytea, array[cardinality(matched_keys)]), true,
            on_day, value_days
        );
    end if;
end
$$;
