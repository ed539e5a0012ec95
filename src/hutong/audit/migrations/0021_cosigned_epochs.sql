-- A checkpoint is of an epoch of the log, and so is its cosignature.
alter table audit.cosignature add column epoch int not null default 1;
alter table audit.cosignature drop constraint cosignature_pkey;
alter table audit.cosignature add constraint cosignature_pkey primary key (epoch, size, witness);
