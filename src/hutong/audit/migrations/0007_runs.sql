-- What time does, run by run: one row for every task and period, whichever worker had it.
create table audit.run (
    task      text        not null,
    from_at timestamptz not null,      -- with which the period begins
    until_at  timestamptz not null,      -- with which it ends
    worker    text        not null,      -- machine and process that had it last
    began_at  timestamptz not null,
    ended_at  timestamptz,               -- null while it runs, and where its worker died
    result    text,                      -- done or failed
    told      text,                      -- what it did, or why it failed
    tries     integer     not null default 1,
    constraint run_pkey primary key (task, from_at),
    constraint run_ended check ((ended_at is null) = (result is null))
);
create index run_began on audit.run (began_at);
