-- What an answer reads. Stores live in schema "store", feeds in schema "feed"; both are made from a definition.

create schema plane;
create schema store;
create schema feed;

create table plane.resource (
    code         text        not null constraint resource_pkey primary key,
    id           int         generated always as identity constraint resource_id_once unique,
    name         text        not null,
    provider     text        not null,            -- credit code of the providing unit
    version      int,                             -- the version answers come from; null until data of it is filled
    withdrawn_at timestamptz                      -- from when on nothing is opened on it any more
);

create table plane.definition (
    code         text        not null references plane.resource,
    version      int         not null,
    body         text        not null,            -- canonical JSON of hutong.plane.definition.Definition
    digest       bytea       not null,
    published_at timestamptz not null,
    constraint definition_pkey primary key (code, version)
);

-- A version's rows and their feed, each version with a counter of its own: versions are held and fed side by side. Both
-- counters are written under the lock of the resource's row.
create table plane.store (
    code               text        not null,
    version            int         not null,
    relation           text        not null constraint store_relation_once unique,  -- r<id>_v<version>, in both schemas
    key_id             text        not null,
    suite              text        not null constraint store_suite check (suite in ('international', 'national')),
    normaliser_version int         not null,
    rows               bigint      not null default 0,
    loaded_at          timestamptz,
    has_data           boolean     generated always as (key_id <> '') stored,  -- filled, and not emptied since
    last_change        bigint      not null default 0,  -- the feed counter
    kept_from          bigint      not null default 1,  -- oldest change still kept
    succeeded_at       timestamptz,               -- since when a newer version has data
    last_day           date,                      -- the last day of answers once it is succeeded; null: not set
    ends_on            date        generated always as (case when succeeded_at is not null then last_day end) stored,
    as_of              timestamptz,               -- the last delivery it followed, where none reaches it any more
    -- How many reminders have named the consumers that still use it before its last day: none, the first, the last.
    reminders          int         not null default 0 constraint store_reminders check (reminders between 0 and 2),
    constraint store_pkey primary key (code, version),
    constraint store_definition foreign key (code, version) references plane.definition
);
