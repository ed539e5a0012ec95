-- name: record
-- One record with what its leaf is made of, for a party of it.
select event, at, record, salt from audit.entry
where id = %(entry)s and %(org)s in (org, counterpart)
