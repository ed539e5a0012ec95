-- name: every
-- Every epoch of the log, with the first position of the next.
select number, first_seq, lead(first_seq) over (order by number) from audit.epoch order by number
