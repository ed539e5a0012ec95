-- Checkpoints with cosignatures as witnesses handed them in, at a door that has looked at them. They count once the worker,
-- which holds the log, has looked at them anew: no door writes a cosignature.
create table audit.handed_in_checkpoint (
    id   bigint      generated always as identity constraint handed_in_checkpoint_pkey primary key,
    note text        not null constraint handed_in_checkpoint_bounded check (octet_length(note) <= 16384),
    at   timestamptz not null
);
