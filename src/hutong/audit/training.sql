-- name: allow
-- Note that this database lives on a training clock: what waits for years to be over believes the moment it is told.
insert into audit.training default values on conflict do nothing
