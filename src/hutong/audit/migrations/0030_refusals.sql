-- How often somebody was refused the same within one minute; what is beyond those entered singly is entered together.
create table audit.refusal (
    event     text        not null,      -- as the refusals are entered singly
    caller    text        not null,      -- officer, system or source that was refused
    code      text        not null,
    minute_at timestamptz not null,      -- with which the minute begins
    unit       text,                      -- the caller's unit
    count     integer     not null,
    first_at  timestamptz not null,      -- of those that are entered together
    last_at   timestamptz not null,
    constraint refusal_pkey primary key (event, caller, code, minute_at)
);
create index refusal_minute on audit.refusal (minute_at);
