-- name: reserve
-- Ids for entries, in ascending order. Of a count that is looked up no plan makes anything, so one is made for all.
select nextval('audit.entry_id') from generate_series(1, (select %(count)s::int))

-- name: append
-- Entries as columns of equal length, under ids that were reserved; a latency below nought is none. Fails where one is of
-- a moment too long ago to come under a checkpoint in time.
with given as (
    select * from unnest(
        %(ids)b::bigint[], %(at)b::timestamptz[], %(events)b::text[], %(classes)b::text[], %(orgs)b::text[],
        %(counterparts)b::text[], %(salts)b::bytea[], %(records)b::text[], %(leaves)b::bytea[],
        %(result)b::text[], %(dept)b::text[], %(system)b::text[], %(grant)b::text[], %(resource)b::text[],
        %(mode)b::text[], %(latencies)b::bigint[], %(subjects)b::text[]
    ) as e (
        id, at, event, class, org, counterpart, salt, record, leaf,
        result, dept, system, grant_no, resource, mode, latency_us, subjects
    )
), entered as (
    insert into audit.entry (
        id, at, event, class, org, counterpart, salt, record,
        result, dept, system, grant_no, resource, mode, latency_us, subjects
    )
    select id, at, event, class, org, counterpart, salt, record,
           result, dept, system, grant_no, resource, mode, nullif(latency_us, -1), subjects::uuid[]
    from given
)
insert into audit.pending (entry_id, leaf)
select id, leaf from given
where (select audit.timely(min(at), (select last_at from audit.clock)) from given)

-- name: add_parties
-- The parties of entries beyond their two columns.
insert into audit.party (entry_id, at, class, org)
select * from unnest(%(ids)b::bigint[], %(at)b::timestamptz[], %(classes)b::text[], %(orgs)b::text[])
