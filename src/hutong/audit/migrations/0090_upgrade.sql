-- Which version of the software this database is of, and since when: one row by the version that made it, and one by each
-- `hutong upgrade` since. The owner alone writes here; the log has an entry of each upgrade (`platform.upgraded`).
create table audit.upgrade (
    number        integer not null generated always as identity constraint upgrade_pkey primary key,
    from_version  text,                  -- null in the row of the version that made the database
    to_version    text not null constraint upgrade_to_version check (length(to_version) between 1 and 60),
    at            timestamptz not null,  -- by the platform's clock
    by            text,                  -- the officer who was named
    migrations    text[] not null        -- names of the migrations that came with it
);
