-- name: archiving
-- How the archiver fares, and whether the platform lives on a training clock.
select folder, embedded, began_at, received_at, waiting, seen_at, wanting,
       exists (select from audit.training_clock) as training
from audit.archiving

-- name: trains
-- Whether the platform lives on a training clock.
select exists (select from audit.training_clock) as training

-- name: sets
-- The sets of a place that are there.
select number, began_at, ended_at, bytes, log_size, read_back_at, code, facts
from audit.backup_set where folder = %(folder)s and dropped_at is null order by number

-- name: note_archiving
-- How the archiver fares; a place that stays keeps the moment it began.
insert into audit.archiving as old (folder, embedded, began_at, received_at, waiting, seen_at, wanting)
values (%(folder)s, %(embedded)s, %(seen_at)s, %(received_at)s, %(waiting)s, %(seen_at)s, %(wanting)s::jsonb)
on conflict (only_row) do update set
    folder = excluded.folder, embedded = excluded.embedded, seen_at = excluded.seen_at,
    began_at = case when old.folder is distinct from excluded.folder then excluded.began_at else old.began_at end,
    received_at = case when old.folder is distinct from excluded.folder then excluded.received_at
                       else coalesce(excluded.received_at, old.received_at) end,
    waiting = excluded.waiting, wanting = excluded.wanting

-- name: note_set
-- A set that was taken; one of the same number was lost with its place.
insert into audit.backup_set (folder, number, began_at, ended_at, bytes, log_size, postgres)
values (%(folder)s, %(number)s, %(began_at)s, %(ended_at)s, %(bytes)s, %(log_size)s, %(postgres)s)
on conflict (folder, number) do update set
    began_at = excluded.began_at, ended_at = excluded.ended_at, bytes = excluded.bytes, log_size = excluded.log_size,
    postgres = excluded.postgres, read_back_at = null, code = null, facts = null, dropped_at = null

-- name: note_read
-- What reading a set back found; what is wrong keeps the moment it was last whole.
update audit.backup_set set
    read_back_at = case when %(whole)s then %(read_at)s else read_back_at end, code = %(code)s, facts = %(facts)s::jsonb
where folder = %(folder)s and number = %(number)s

-- name: note_dropped
-- A set that was taken away.
update audit.backup_set set dropped_at = %(dropped_at)s where folder = %(folder)s and number = %(number)s

-- name: was_taken
-- Whether a set of this number was finished at this moment, at whichever place.
select exists (select from audit.backup_set where number = %(number)s::bigint and ended_at = %(ended_at)s) as known
