-- Lists are read a page at a time, the newest first.
create index access_grant_newest on plane.access_grant (from_at, no);
create index delivery_newest on plane.delivery (received_at, code, key);
