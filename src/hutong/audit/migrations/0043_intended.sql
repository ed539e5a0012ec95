-- The checkpoint that is to be signed next, written with what it is over: one row. Whoever has the key and signs that
-- many entries, however often and after whatever fall, signs the same text; Ed25519 makes of it the same note.
create table audit.intended_checkpoint (
    only_row   boolean not null default true constraint intended_checkpoint_pkey primary key constraint intended_checkpoint_once check (only_row),
    epoch   int     not null,
    size    bigint  not null,
    at      text    not null,            -- its moment, as it will say itself
    after   bigint,                      -- the size of the checkpoint before it
    waiting boolean not null             -- whether more waits to be placed than comes under it
);
