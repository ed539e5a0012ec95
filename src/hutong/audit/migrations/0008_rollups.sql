-- How often what was used, by month: summed in the order of the tree, by the worker, and never by an answer.
create table audit.monthly_use (
    month    date   not null,           -- its first day, in China
    unit      text   not null,           -- who asked
    provider text   not null,           -- whose resource it is; empty where a refusal came before that was known
    resource text   not null,           -- empty likewise
    answered bigint not null,
    refused  bigint not null,
    constraint monthly_use_pkey primary key (month, unit, provider, resource),
    constraint monthly_use_begins check (extract(day from month) = 1)
);
create index monthly_use_provider on audit.monthly_use (provider, month);

-- Up to which position of the tree the uses are summed.
create table audit.summed_uses (
    only_row boolean not null default true constraint summed_uses_pkey primary key constraint summed_uses_once check (only_row),
    position bigint not null             -- the first that is not
);
insert into audit.summed_uses (position) values (0);
