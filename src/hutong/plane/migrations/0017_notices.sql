-- How many notices were given of who has not moved from a version before its last day: none, the first, the last.
alter table plane.holding add column notices int not null default 0 constraint holding_notices check (notices between 0 and 2);
