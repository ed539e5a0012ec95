-- What is remembered goes by day once it counts no longer, and is looked for by value, part, record or whom it was
-- disclosed to. A plan made before statistics were taken went by the day, through all rows of a year: what drops old rows has
-- an index that no other statement can use.
drop index plane.mismatched_value_day;
drop index plane.claimed_record_day;
drop index plane.disclosed_since;
create index mismatched_value_dropped on plane.mismatched_value ((day + 0));
create index claimed_record_dropped on plane.claimed_record ((day + 0));
create index disclosed_dropped on plane.disclosed ((day + 0));
