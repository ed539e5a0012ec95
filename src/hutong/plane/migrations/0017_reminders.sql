-- How many reminders have named the consumers that still use a version before its last day: none, the first, the last.
alter table plane.store add column reminders int not null default 0 constraint store_reminders check (reminders between 0 and 2);
