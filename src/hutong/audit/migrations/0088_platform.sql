-- Which platform this database is of, and which running copy of it (instance): a data folder that says otherwise of
-- itself is not the one this database belongs to. The owner alone writes it.
create table audit.platform (
    only_row  boolean not null default true constraint platform_pkey primary key constraint platform_once check (only_row),
    platform  uuid not null,             -- of all copies of a county the same
    instance  uuid not null,
    since_at  timestamptz not null       -- when this instance began, by the platform's clock
);
