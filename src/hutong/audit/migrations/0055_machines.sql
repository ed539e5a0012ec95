-- What a worker finds wanting of the machine it runs on, for the doors to tell: a machine's code stands once, and goes
-- when it is found no more.
create table audit.machine_warning (
    machine   text not null constraint machine_warning_machine check (length(machine) between 1 and 100),
    code      text not null constraint machine_warning_code check (code ~ '^[A-Z][A-Z0-9_]{1,60}$'),
    facts     jsonb not null,
    since_at  timestamptz not null,
    noted_at  timestamptz not null,      -- when it was last found
    constraint machine_warning_pkey primary key (machine, code)
);
