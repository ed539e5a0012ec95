-- Whether the log is signed, and why it is not, as the worker last found it: one row, which the doors read.
create table audit.signing (
    only_row       boolean not null default true constraint signing_pkey primary key constraint signing_once check (only_row),
    state       text    not null default 'signs' constraint signing_state check (state in ('signs', 'stopped', 'fails')),
    code        text,                    -- why it is stopped, or what failed
    facts       jsonb   not null default '{}', -- what there is to say of it
    since_at    timestamptz,             -- since when it is so
    remembers   boolean not null default false, -- whether a head was kept beside the key
    constraint signing_told check ((state = 'signs') = (code is null))
);
insert into audit.signing default values;

-- Leaves that came to be placed though their entry was placed before, and with another leaf: somebody wrote them by hand.
create table audit.doubled_leaf (
    entry_id bigint not null,
    leaf     bytea  not null
);
