-- name: append
-- Entries as columns of equal length; returns their ids in the order given.
with given as (
    select nextval('audit.entry_id') as id, e.*
    from unnest(
        %b::timestamptz[], %b::text[], %b::text[], %b::text[], %b::text[], %b::bytea[], %b::text[], %b::bytea[]
    ) with ordinality as e (at, event, class, org, counterpart, salt, record, leaf, number)
), entered as (
    insert into audit.entry (id, at, event, class, org, counterpart, salt, record)
    select id, at, event, class, org, counterpart, salt, record from given
), waiting as (
    insert into audit.pending (entry_id, leaf)
    select id, leaf from given
)
select id from given order by number
