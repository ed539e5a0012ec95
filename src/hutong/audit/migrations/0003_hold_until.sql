-- A hold may have an end of its own; without one it stands until it is lifted.
alter table audit.hold
    add column until_at timestamptz,
    add constraint hold_ends_later check (until_at > placed_at);
