-- name: reserve
-- Ids for entries, in ascending order. Of a count that is looked up no plan makes anything, so one is made for all.
select nextval('audit.entry_id') from generate_series(1, (select %(count)s::int))

-- name: append
-- Entries as columns of equal length, under ids that were reserved.
with given as (
    select * from unnest(
        %(ids)b::bigint[], %(at)b::timestamptz[], %(events)b::text[], %(classes)b::text[], %(orgs)b::text[],
        %(counterparts)b::text[], %(salts)b::bytea[], %(records)b::text[], %(leaves)b::bytea[]
    ) as e (id, at, event, class, org, counterpart, salt, record, leaf)
), entered as (
    insert into audit.entry (id, at, event, class, org, counterpart, salt, record)
    select id, at, event, class, org, counterpart, salt, record from given
)
insert into audit.pending (entry_id, leaf)
select id, leaf from given
