-- name: copy_rejected
-- Copy rejected rows in.
copy rejected (number, key_digest, item, rule, reason, shown, warn) from stdin (format binary)

-- name: rejected
-- Rejected rows on their way, in this transaction only.
create temp table rejected (
    number bigint, key_digest bytea, item text, rule text, reason text, shown text, warn boolean
) on commit drop

-- name: unwarned
-- Of a row that was rejected after all, as one whose record an earlier row has, the warnings go.
delete from rejected warning using rejected other
where warning.warn and not other.warn and other.number = warning.number

-- name: count_warned
-- How many warnings there are of rows that are taken.
select count(*) as warnings from rejected where warn

-- name: keep_rejected
-- Keep the rejected rows of a delivery.
insert into plane.rejected_row (code, key, number, key_digest, item, rule, reason, shown, warn)
select %(code)s, %(key)s, number, key_digest, item, rule, reason, shown, warn from rejected
where not exists (select from plane.rejected_row where code = %(code)s and key = %(key)s)

-- name: spared
-- The records of rejected rows, which stay as they are.
create temp table spared on commit drop as select distinct key_digest as k from rejected where key_digest is not null

-- name: unread
-- Whether there are rejected rows whose record is not known.
select exists (select from rejected where key_digest is null and not warn) as unread

-- name: missing
-- The records that are held and did not come again as they are, in this transaction only.
create temp table missing (k bytea) on commit drop

-- name: copy_missing
-- Copy them in.
copy missing (k) from stdin (format binary)

-- name: begin_writing
-- Mark where writing to the versions begins, before it is known what it deletes in the former ones.
savepoint writing

-- name: undo_writing
-- Take back what was written to the versions since.
rollback to savepoint writing

-- name: rows_of_version
-- How many rows a version holds.
select rows from plane.store where code = %(code)s and version = %(version)s

-- name: stamp_key
-- Note the key and the normal form a store is sealed with, at its first full load, and where its feed begins.
update plane.store
set key_id = %(key_id)s, normaliser_version = %(normaliser_version)s, kept_from = %(kept_from)s
where code = %(code)s and version = %(version)s

-- name: advance
-- Open grants on this version from now on.
update plane.resource set version = %(version)s where code = %(code)s

-- name: take_memory
-- Let this transaction sort and hash, and make indexes, in more memory than an answer may have.
set local work_mem = '128MB'; set local maintenance_work_mem = '128MB'

-- name: analyze_arriving
-- Let the planner know how much has arrived.
analyze arriving, spared, missing
