-- Whom no service is given to for now, each decision a row of its own; how many stand is counted in the rows that an
-- answer reads anyway.
create table plane.suspension (
    id           bigint generated always as identity constraint suspension_pkey primary key,
    kind         text not null constraint suspension_kind check (kind in ('unit', 'system', 'grant')),
    whom         text not null,                   -- a credit code, the id of a system, the number of a grant
    reason       text not null,
    clause       text not null,                   -- by which it is suspended
    suspended_by text not null,
    suspended_at timestamptz not null,
    state        text not null constraint suspension_state check (state in ('standing', 'standing_with_unit', 'lifted')),
    lifted_by    text,
    lifted_at    timestamptz,
    verified     text,                            -- what was seen to be put right, before it was lifted
    constraint suspension_lifted check (
        case state when 'lifted' then num_nulls(lifted_by, lifted_at, verified) = 0
        else num_nonnulls(lifted_by, lifted_at, verified) = 0 end),
    constraint suspension_with_unit check (state <> 'standing_with_unit' or kind = 'unit')
);
create index suspension_whom on plane.suspension (kind, whom);

alter table plane.access_grant
    add column suspended int not null default 0 constraint access_grant_suspended check (suspended >= 0);
alter table plane.system
    add column suspended int not null default 0 constraint system_suspended check (suspended >= 0),
    add column unit_suspended int not null default 0 constraint system_unit_suspended check (unit_suspended >= 0);
