-- Who watches the log from outside and cosigns its checkpoints, as the authority registered them.
create table audit.witness (
    name          text        not null constraint witness_pkey primary key,
    key           text        not null constraint witness_key_once unique,  -- C2SP verifier key of a cosigner, kind 4
    url           text,                           -- where it is asked (C2SP tlog-witness); null where it polls and hands in
    registered_by text        not null,
    registered_at timestamptz not null,
    ended_by      text,
    ended_at      timestamptz,
    constraint witness_ending_named check ((ended_by is null) = (ended_at is null))
);

-- Cosignatures of checkpoints, as they came in.
create table audit.cosignature (
    epoch   int         not null default 1,
    size    bigint      not null,                 -- of the checkpoint
    witness text        not null constraint cosignature_of_witness references audit.witness,
    at      timestamptz not null,                 -- when the witness signed, as it says itself
    line    text        not null,                 -- the signature line, its end included
    constraint cosignature_pkey primary key (epoch, size, witness)
);

-- Checkpoints with cosignatures as witnesses handed them in, at a door that has looked at them. They count once the worker,
-- which holds the log, has looked at them anew: no door writes a cosignature.
create table audit.handed_in_checkpoint (
    id   bigint      generated always as identity constraint handed_in_checkpoint_pkey primary key,
    note text        not null constraint handed_in_checkpoint_bounded check (octet_length(note) <= 16384),
    at   timestamptz not null
);
