-- Why a grant is in its state, for its parties to read; from when on nothing is opened on a resource any more.
alter table plane.access_grant add column reason text;
alter table plane.resource add column withdrawn_at timestamptz;
