-- What audit remembers. Entries hold the private record; leaves are public and stay for ever.

create schema audit;

create sequence audit.entry_id;

create table audit.entry (
    id          bigint      not null default nextval('audit.entry_id'),
    at          timestamptz not null,
    event       text        not null,
    class       text        not null,
    unit         text,                   -- the party that acted or asked (its credit code)
    counterpart text,                   -- the other party, for a use the provider
    salt        bytea       not null,
    record      text        not null,   -- canonical JSON, the very bytes the commitment is over
    -- What finds or sums an entry, as the record has it; `hutong audit check` compares.
    result      text,
    department        text,
    system      text,
    grant_no    text,
    resource    text,
    mode        text,
    latency_us  bigint,
    subjects    uuid[],                 -- keyed digests of whom a use was about; the record names their root
    constraint entry_pkey primary key (id, at)
) partition by range (at);

-- The net under the months that are made ahead: no moment may be refused for want of a partition.
create table audit.entry_default partition of audit.entry default;

create index entry_unit on audit.entry (unit, id);
create index entry_counterpart on audit.entry (counterpart, id);
-- An answer only notes its subjects at the end of a list, which the worker sorts into the index every few seconds: the
-- bound is there for the day on which no worker runs. One index for all uses of a subject, and a page of thousands of
-- subjects is one row.
create index entry_subjects on audit.entry using gin (subjects) with (gin_pending_list_limit = 65536)
    where subjects is not null;

-- Parties of an entry beyond its two columns. Kept and purged with it.
create table audit.party (
    entry_id bigint      not null,
    at       timestamptz not null,      -- the entry's: it says in which month it lies
    class    text        not null,      -- the entry's: units look through one class at a time
    unit      text        not null,
    constraint party_pkey primary key (entry_id, unit)
);
create index party_unit on audit.party (unit, class, entry_id);

-- Committed and not yet placed in the tree. Written in the entry's transaction, emptied by the one integrator.
create table audit.pending_leaf (
    entry_id bigint not null constraint pending_leaf_pkey primary key,
    leaf     bytea  not null
);

create table audit.leaf (
    seq      bigint not null constraint leaf_pkey primary key,     -- position in the tree, from 0
    entry_id bigint not null constraint leaf_entry_once unique,
    data     bytea  not null,
    hash     bytea  not null constraint leaf_hash_length check (length(hash) = 32)
);
create index leaf_hash on audit.leaf using hash (hash);

-- Roots of full tiles: level 1 is the root of 256 leaves, level 2 of 256 of those, and so on.
create table audit.tree_hash (
    level int    not null,
    index   bigint not null,
    hash  bytea  not null constraint tree_hash_hash_length check (length(hash) = 32),
    constraint tree_hash_pkey primary key (level, index)
);

create table audit.checkpoint (
    size bigint      not null constraint checkpoint_pkey primary key,
    root bytea       not null,
    at   timestamptz not null,
    note text        not null
);

create table audit.purge (
    id           bigint generated always as identity constraint purge_pkey primary key,
    state        text        not null,
    class        text        not null,
    before_at    timestamptz not null,
    requested_by text        not null,
    requested_at timestamptz not null,
    approved_by  text,
    approved_at  timestamptz,
    done_at      timestamptz,
    removed      bigint,
    certificate  text,
    dropped_by   text,
    dropped_at   timestamptz,
    drop_reason  text,
    constraint purge_needs_two_people check (approved_by is null or approved_by <> requested_by),
    constraint purge_approval_named check ((approved_by is null) = (approved_at is null)),
    constraint purge_done_after_approval check (done_at is null or approved_by is not null),
    constraint purge_drop_told check ((dropped_at is null) = (dropped_by is null)
                                      and (dropped_at is null) = (drop_reason is null)),
    constraint purge_ends_once check (done_at is null or dropped_at is null),
    constraint purge_state check (state = case when done_at is not null then 'done'
                                               when dropped_at is not null then 'dropped'
                                               when approved_at is not null then 'approved'
                                               else 'requested' end)
);
