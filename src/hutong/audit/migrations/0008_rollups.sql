-- How often what was used, by month: summed in the order of the tree, by the worker, and never by an answer.
create table audit.use_of_month (
    month    date   not null,           -- its first day, in China
    unit      text   not null,           -- who asked
    provider text   not null,           -- whose resource it is; empty where a refusal came before that was known
    resource text   not null,           -- empty likewise
    answered bigint not null,
    refused  bigint not null,
    constraint use_of_month_pkey primary key (month, unit, provider, resource),
    constraint use_of_month_begins check (extract(day from month) = 1)
);
create index use_of_month_provider on audit.use_of_month (provider, month);

-- Up to which position of the tree the uses are summed.
create table audit.summed (
    whole boolean not null default true constraint summed_pkey primary key constraint summed_once check (whole),
    until bigint  not null               -- the first position that is not
);
insert into audit.summed (until) values (0);
