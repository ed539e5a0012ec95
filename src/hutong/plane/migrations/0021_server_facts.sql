-- What front-end servers say of themselves, each signed as the system it is registered as: that it runs (SX-13-b), what it
-- finds it declares (SX-14-a), and when it did not run. Control reads it, and changes nothing of it.

-- One row for each digest a server has told, and one without any, which says when it was heard.
create table plane.server_fact (
    system   text        not null constraint server_fact_of_a_system references plane.system,
    digest   text        not null constraint server_fact_digest check (digest ~ '^([0-9a-f]{64})?$'),
    first_at timestamptz not null,
    last_at  timestamptz not null,
    constraint server_fact_pkey primary key (system, digest),
    constraint server_fact_order check (first_at <= last_at)
);

create table plane.outage (
    id       bigint      generated always as identity constraint outage_pkey primary key,
    system   text        not null constraint outage_of_a_system references plane.system,
    from_at  timestamptz not null,
    until_at timestamptz,                          -- null while it lasts
    words    text        not null constraint outage_says_something check (words <> ''),
    told_at  timestamptz not null,
    constraint outage_order check (until_at > from_at)
);
create index outage_of_system on plane.outage (system, from_at);
