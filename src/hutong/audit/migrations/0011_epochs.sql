-- The epochs of the log. Each is a log of its own, with its own name, tree and checkpoints; an entry is a leaf of one.
-- Leaves are numbered through: those of an epoch are what stands from its first to that of the next.
create table audit.epoch (
    number    int    not null constraint epoch_pkey primary key constraint epoch_number check (number > 0),
    first_seq bigint not null constraint epoch_first check (first_seq >= 0)
);
insert into audit.epoch (number, first_seq) values (1, 0);

alter table audit.tree_hash add column epoch int not null default 1;
alter table audit.tree_hash drop constraint tree_hash_pkey;
alter table audit.tree_hash add constraint tree_hash_pkey primary key (epoch, level, index);

alter table audit.checkpoint add column epoch int not null default 1;
alter table audit.checkpoint drop constraint checkpoint_pkey;
alter table audit.checkpoint add constraint checkpoint_pkey primary key (epoch, size);

-- To begin a new epoch is a decision of two officers: one requests it, another approves.
create table audit.epoch_request (
    id           bigint generated always as identity constraint epoch_request_pkey primary key,
    state        text        not null,
    reason       text        not null,
    requested_by text        not null,
    requested_at timestamptz not null,
    begun_by     text,
    begun_at     timestamptz,
    epoch        int,
    dropped_by   text,
    dropped_at   timestamptz,
    drop_reason  text,
    constraint epoch_request_needs_two_people check (begun_by is null or begun_by <> requested_by),
    constraint epoch_request_begun_named check ((begun_by is null) = (begun_at is null)
                                                and (begun_by is null) = (epoch is null)),
    constraint epoch_request_drop_told check ((dropped_at is null) = (dropped_by is null)
                                              and (dropped_at is null) = (drop_reason is null)),
    constraint epoch_request_ends_once check (begun_at is null or dropped_at is null),
    constraint epoch_request_state check (state = case when begun_at is not null then 'begun'
                                                       when dropped_at is not null then 'dropped'
                                                       else 'requested' end)
);
