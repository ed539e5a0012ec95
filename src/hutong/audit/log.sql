-- name: reserve
-- Ids for entries, in ascending order. Of a count that is looked up no plan makes anything, so one is made for all.
select nextval('audit.entry_id') from generate_series(1, (select %(count)s::int))

-- name: append
-- Entries as columns of equal length, under ids that were reserved, and the parties they have beyond two columns; a
-- latency below nought is none. Fails where one is no entry of ours, or of a moment too long ago to come under a checkpoint
-- in time.
select from audit.append(
    %(ids)b::bigint[], %(at)b::timestamptz[], %(events)b::text[], %(classes)b::text[], %(units)b::text[],
    %(counterparts)b::text[], %(salts)b::bytea[], %(records)b::text[], %(commitments)b::bytea[],
    %(result)b::text[], %(department)b::text[], %(system)b::text[], %(grant)b::text[], %(resource)b::text[],
    %(mode)b::text[], %(latencies)b::bigint[], %(subjects)b::text[], %(party_ids)b::bigint[], %(party_units)b::text[]
)
