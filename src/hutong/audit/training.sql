-- name: allow
-- Note that this database lives on a training clock: what waits for years to be over believes the moment it is told.
insert into audit.training_clock default values on conflict do nothing
