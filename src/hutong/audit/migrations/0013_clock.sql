-- The latest moment the platform's clock has shown, and the one it showed last: the second is before the first where the
-- clock was set back. `swept_at` is the end of the latest requests whose nonces may have been swept: a request that ends
-- before it is answered no more, whatever the clock says now.
create table audit.clock (
    only_row     boolean not null default true constraint clock_pkey primary key constraint clock_once check (only_row),
    latest_at timestamptz,
    last_at   timestamptz,
    swept_at  timestamptz,
    noted_at  timestamptz,               -- when that was written
    constraint clock_latest check (last_at <= latest_at)
);
insert into audit.clock default values;
