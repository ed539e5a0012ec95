-- name: count_changed
-- How much a delivery inserts, updates and deletes.
select count(*) filter (where op = 'u' and fresh) as inserted,
       count(*) filter (where op = 'u' and not fresh) as updated,
       count(*) filter (where op = 'd') as deleted
from changed

-- name: drop_changed
-- Drop the list of changes.
drop table changed

-- name: count_rows
-- Note how many rows a store has now, and how far its feed has come.
update plane.store set rows = rows + %(more)s, loaded_at = %(now)s, last_change = %(last_change)s
where code = %(code)s and version = %(version)s

-- name: analyze_changed
-- Let the planner know how much is listed in table `changed`.
analyze changed
