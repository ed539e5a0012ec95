-- What was handed over: deliveries, and the rows of them that were rejected or warned of.

create table plane.delivery (
    code           text        not null references plane.resource,
    key            text        not null,          -- the provider's own idempotency key
    version        int         not null,
    kind           text        not null constraint delivery_kind check (kind in ('snapshot', 'changes')),
    digest         bytea       not null,          -- SHA-256 of the file as sent
    sent           bigint,
    accepted       bigint,
    rejected       bigint,
    warned         bigint,
    inserted       bigint,
    updated        bigint,
    deleted        bigint,
    first_change   bigint,
    last_change    bigint,
    former_deleted bigint,                        -- rows it deleted in the versions before, all together
    -- Of one that waits for the provider's word: how many records were held when it came, and how many it would remove.
    stored_rows    bigint,
    removed_rows   bigint,
    state          text        not null constraint delivery_state check (state in ('received', 'waiting', 'loaded', 'refused')),
    reason         text,                          -- why it waits for the provider's word, or was refused
    delivered_by   text        not null,
    received_at    timestamptz not null,
    loaded_at      timestamptz,
    constraint delivery_pkey primary key (code, key),
    constraint delivery_counts check (sent = accepted + rejected)
);
create index delivery_newest on plane.delivery (received_at, code, key);  -- lists are read a page at a time

create table plane.rejected_row (
    code       text    not null,
    key        text    not null,
    number     bigint  not null,                  -- line or row number in the file, the header counted
    key_digest bytea,
    item       text,
    rule       text    not null,
    warn       boolean not null default false,    -- a warning (D-21): the row it is about was taken
    reason     text    not null,                  -- a code of hutong.core.text
    shown      text,                              -- the value, masked where the item is sealed or protected
    constraint rejected_row_delivery foreign key (code, key) references plane.delivery
);
create index rejected_row_by_delivery on plane.rejected_row (code, key, number);
