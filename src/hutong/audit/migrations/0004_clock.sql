-- The latest moment the platform's clock has shown, and the one it showed last: the second is before the first where the
-- clock was set back. `swept_at` is the end of the latest requests whose nonces may have been swept: a request that ends
-- before it is answered no more, whatever the clock says now.
create table audit.clock (
    only_row  boolean     not null default true constraint clock_pkey primary key
        constraint clock_once check (only_row),
    latest_at timestamptz,
    last_at   timestamptz,
    swept_at  timestamptz,
    noted_at  timestamptz,                        -- when that was written
    constraint clock_latest check (last_at <= latest_at)
);
insert into audit.clock default values;

-- Whether this database lives on a training clock. Only the owner, who migrates, says so.
create table audit.training_clock (
    only_row boolean     not null default true constraint training_clock_pkey primary key
        constraint training_clock_once check (only_row),
    begun_at timestamptz not null default clock_timestamp()
);

-- The moment that is told, or the one it is where that is earlier: who calls has no clock of its own to be old by. A
-- training clock goes as it likes.
create function audit.by_clock(told timestamptz) returns timestamptz
language sql stable set search_path = pg_catalog, pg_temp as $$
    select case when exists (select from audit.training_clock) then told else least(told, clock_timestamp()) end
$$;
