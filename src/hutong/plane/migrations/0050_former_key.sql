-- The key or secret that a system had before the one it has: good beside it until an end, and known after it, so that a
-- refusal can say so.
alter table plane.system
    add column former_key    bytea constraint system_former_key check (length(former_key) = 32),
    add column former_secret bytea,
    add column former_until_at  timestamptz,
    add constraint system_former_ends check ((former_until_at is null) = (former_key is null and former_secret is null));
