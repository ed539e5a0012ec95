-- Who asks: systems, users and devices as they are registered, and whom no service is given to.

create table plane.system (
    id              text        not null constraint system_pkey primary key,
    unit            text        not null,
    name            text        not null,
    public_key      bytea       constraint system_public_key check (length(public_key) = 32),
    secret          bytea,                        -- of the HMAC profile, encrypted under the platform's key
    profiles        text[]      not null default '{rfc9421}',
    revision        int         not null default 1,  -- counts changes of key, secret and profiles
    mlps_level      int         not null,
    mlps_until      date        not null,
    state           text        not null default 'active' constraint system_state check (state in ('active', 'stopped')),
    suspended       int         not null default 0 constraint system_suspended check (suspended >= 0),
    unit_suspended  int         not null default 0 constraint system_unit_suspended check (unit_suspended >= 0),
    -- The key or secret it had before the one it has: good beside it until an end, and known after it, so that a refusal can
    -- say so.
    former_key      bytea       constraint system_former_key check (length(former_key) = 32),
    former_secret   bytea,
    former_until_at timestamptz,
    constraint system_former_ends check ((former_until_at is null) = (former_key is null and former_secret is null)),
    constraint system_has_protection check (mlps_level >= 2)
);

create table plane.user (
    id         text not null,                     -- as its unit calls it: another unit's may be called so too
    unit       text not null,
    department text,                              -- the department of the unit, as its own people call it
    name       text not null,
    state      text not null default 'active' constraint user_state check (state in ('active', 'stopped')),
    constraint user_pkey primary key (unit, id)
);

create table plane.device (
    id    text not null,                          -- as its unit calls it
    unit  text not null,
    name  text not null,
    state text not null default 'active' constraint device_state check (state in ('active', 'stopped')),
    constraint device_pkey primary key (unit, id)
);

-- Whom no service is given to for now, each decision a row of its own; how many stand is counted in the rows that an
-- answer reads anyway.
create table plane.suspension (
    id           bigint      generated always as identity constraint suspension_pkey primary key,
    kind         text        not null constraint suspension_kind check (kind in ('unit', 'system', 'grant')),
    whom         text        not null,            -- a credit code, the id of a system, the number of a grant
    reason       text        not null,
    clause       text        not null,            -- by which it is suspended
    suspended_by text        not null,
    suspended_at timestamptz not null,
    state        text        not null constraint suspension_state check (state in ('standing', 'standing_with_unit', 'lifted')),
    lifted_by    text,
    lifted_at    timestamptz,
    verified     text,                            -- what was seen to be put right, before it was lifted
    constraint suspension_lifted check (
        case state when 'lifted' then num_nulls(lifted_by, lifted_at, verified) = 0
        else num_nonnulls(lifted_by, lifted_at, verified) = 0 end),
    constraint suspension_with_unit check (state <> 'standing_with_unit' or kind = 'unit')
);
create index suspension_whom on plane.suspension (kind, whom);

-- What differs most comes first in the key, so that one comparison finds its place; the sweep, once a minute, reads the few
-- minutes of them that are kept, and needs no index.
create table plane.nonce (
    system   text        not null,
    nonce    bytea       not null,
    until_at timestamptz not null,
    constraint nonce_once primary key (nonce, system)
);

-- Answers use again what earlier ones read of registers and grants, if its rows are still the same ones; if they are not,
-- the transaction fails by this and the list is answered anew.
create function plane.expect_unchanged(unchanged boolean) returns void language plpgsql as $$
begin
    if unchanged is not true then
        raise exception 'registers or grants changed since they were read' using errcode = 'HT001';
    end if;
end
$$;
