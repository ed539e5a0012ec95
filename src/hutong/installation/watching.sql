-- name: clock
-- The database's own clock.
select clock_timestamp()
