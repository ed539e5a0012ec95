-- Warnings of quality rules are kept as rejected rows are (D-21): the rows they are about were taken.
alter table plane.delivery add column warned bigint;
alter table plane.rejected_row add column warn boolean not null default false;
