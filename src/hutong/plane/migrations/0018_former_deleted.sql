-- How many rows a delivery deleted in the versions before the one it was for, all together.
alter table plane.delivery add column former_deleted bigint;
