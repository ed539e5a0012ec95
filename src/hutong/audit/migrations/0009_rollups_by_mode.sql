-- Uses of a month are summed by their mode as well; the sums are made anew, from the log.
truncate audit.monthly_use;
update audit.summed_uses set position = 0;
alter table audit.monthly_use add column mode text not null; -- empty where a refusal came before it was known
alter table audit.monthly_use drop constraint monthly_use_pkey;
alter table audit.monthly_use add constraint monthly_use_pkey primary key (month, unit, provider, resource, mode);
