-- What time does, run by run: one row for every task and period, whichever worker had it.
create table audit.run (
    task     text        not null,
    from_at  timestamptz not null,                -- with which the period begins
    until_at timestamptz not null,                -- with which it ends
    worker   text        not null,                -- machine and process that had it last
    began_at timestamptz not null,
    ended_at timestamptz,                         -- null while it runs, and where its worker died
    result   text,                                -- done or failed
    told     text,                                -- what it did, or why it failed
    tries    integer     not null default 1,
    constraint run_pkey primary key (task, from_at),
    constraint run_ended check ((ended_at is null) = (result is null))
);
create index run_began on audit.run (began_at);

-- What a worker finds wanting of the machine it runs on, for the doors to tell: a machine's code stands once, and goes
-- when it is found no more.
create table audit.machine_warning (
    machine  text        not null constraint machine_warning_machine check (length(machine) between 1 and 100),
    code     text        not null constraint machine_warning_code check (code ~ '^[A-Z][A-Z0-9_]{1,60}$'),
    facts    jsonb       not null,
    since_at timestamptz not null,
    noted_at timestamptz not null,                -- when it was last found
    constraint machine_warning_pkey primary key (machine, code)
);

-- How often what was used, by month: summed in the order of the tree, by the worker, and never by an answer.
create table audit.monthly_use (
    month    date   not null,                     -- its first day, in China
    unit     text   not null,                     -- who asked
    provider text   not null,                     -- whose resource it is; empty where a refusal came before that was known
    resource text   not null,                     -- empty likewise
    mode     text   not null,                     -- empty where a refusal came before it was known
    answered bigint not null,
    refused  bigint not null,
    constraint monthly_use_pkey primary key (month, unit, provider, resource, mode),
    constraint monthly_use_begins check (extract(day from month) = 1)
);
create index monthly_use_provider on audit.monthly_use (provider, month);

-- Up to which position of the tree the uses are summed.
create table audit.summed_uses (
    only_row boolean not null default true constraint summed_uses_pkey primary key
        constraint summed_uses_once check (only_row),
    position bigint  not null                     -- the first that is not
);
insert into audit.summed_uses (position) values (0);
