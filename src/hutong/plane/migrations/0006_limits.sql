-- What the authority changed of the numbers that deliveries and answers read (SX-17); what is not here is as delivered.
create table plane.changed_limit (
    name      text    not null,
    version   integer not null constraint changed_limit_versioned check (version > 0),
    from_date date    not null,
    value     bigint  not null,
    constraint changed_limit_once primary key (name, version)
);

-- Limits that the authority raised for one unit, until a day; each decision a row of its own that stays.
create table plane.raised_limit (
    id         bigint      generated always as identity constraint raised_limit_pkey primary key,
    name       text        not null,              -- the limit's name in the rulebook
    consumer   text        not null,
    code       text,                              -- the resource; null: any
    value      int         not null constraint raised_limit_value check (value > 0),
    from_date  date        not null,
    until_date date        not null,              -- the last day
    reason     text        not null,
    decided_by text        not null,
    decided_at timestamptz not null,
    constraint raised_limit_period check (from_date <= until_date)
);
create index raised_limit_consumer on plane.raised_limit (consumer, name);

-- What a machine has noticed and an officer is to look at; one of a kind stands open for a unit and a resource.
create table plane.alarm (
    id        bigint      generated always as identity constraint alarm_pkey primary key,
    name      text        not null,               -- the limit's name in the rulebook
    consumer  text        not null,
    code      text        not null default '',    -- the resource; empty: any
    seen      int         not null,               -- what was counted
    most      int         not null,               -- what was in force
    opened_at timestamptz not null,
    closed_at timestamptz,
    closed_by text,
    finding   text,
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
