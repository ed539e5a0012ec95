-- The tree of the log: leaves in their order, hashes over them, and what was signed of it.

create table audit.leaf (
    seq      bigint not null constraint leaf_pkey primary key,  -- position in the tree, from 0
    entry_id bigint not null constraint leaf_entry_once unique,
    data     bytea  not null,
    hash     bytea  not null constraint leaf_hash_length check (length(hash) = 32)
);
create index leaf_hash on audit.leaf using hash (hash);

-- The epochs of the log. Each is a log of its own, with its own name, tree and checkpoints; an entry is a leaf of one.
-- Leaves are numbered through: those of an epoch are what stands from its first to that of the next.
create table audit.epoch (
    number    int    not null constraint epoch_pkey primary key constraint epoch_number check (number > 0),
    first_seq bigint not null constraint epoch_first check (first_seq >= 0)
);
insert into audit.epoch (number, first_seq) values (1, 0);

-- Roots of full tiles: level 1 is the root of 256 leaves, level 2 of 256 of those, and so on.
create table audit.tree_hash (
    epoch int    not null default 1,
    level int    not null,
    index bigint not null,
    hash  bytea  not null constraint tree_hash_hash_length check (length(hash) = 32),
    constraint tree_hash_pkey primary key (epoch, level, index)
);

create table audit.checkpoint (
    epoch int         not null default 1,
    size  bigint      not null,
    root  bytea       not null,
    at    timestamptz not null,
    note  text        not null,
    constraint checkpoint_pkey primary key (epoch, size)
);

-- The checkpoint that is to be signed next, written with what it is over: one row. Whoever has the key and signs that
-- many entries, however often and after whatever fall, signs the same text; Ed25519 makes of it the same note.
create table audit.intended_checkpoint (
    only_row boolean not null default true constraint intended_checkpoint_pkey primary key
        constraint intended_checkpoint_once check (only_row),
    epoch    int     not null,
    size     bigint  not null,
    at       text    not null,                    -- its moment, as it will say itself
    after    bigint,                              -- the size of the checkpoint before it
    waiting  boolean not null                     -- whether more waits to be placed than comes under it
);

-- Whether the log is signed, and why it is not, as the worker last found it: one row, which the doors read.
create table audit.signing (
    only_row  boolean     not null default true constraint signing_pkey primary key
        constraint signing_once check (only_row),
    state     text        not null default 'signs' constraint signing_state check (state in ('signs', 'stopped', 'fails')),
    code      text,                               -- why it is stopped, or what failed
    facts     jsonb       not null default '{}',  -- what there is to say of it
    since_at  timestamptz,                        -- since when it is so
    remembers boolean     not null default false, -- whether a head was kept beside the key
    constraint signing_told check ((state = 'signs') = (code is null))
);
insert into audit.signing default values;
