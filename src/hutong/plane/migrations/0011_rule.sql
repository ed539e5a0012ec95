-- What the authority changed of the numbers that deliveries and answers read (SX-17); what is not here is as delivered.
create table plane.changed_limit (
    name text not null,
    version integer not null constraint changed_limit_versioned check (version > 0),
    from_date date not null,
    value bigint not null,
    constraint changed_limit_once primary key (name, version)
);
