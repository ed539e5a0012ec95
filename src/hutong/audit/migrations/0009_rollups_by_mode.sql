-- Uses of a month are summed by their mode as well; the sums are made anew, from the log.
truncate audit.use_of_month;
update audit.summed set until = 0;
alter table audit.use_of_month add column mode text not null; -- empty where a refusal came before it was known
alter table audit.use_of_month drop constraint use_of_month_pkey;
alter table audit.use_of_month add constraint use_of_month_pkey primary key (month, unit, provider, resource, mode);
