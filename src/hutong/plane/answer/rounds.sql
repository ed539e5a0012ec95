-- name: spend_nonces
-- Spend nonces, in the order given; one that was spent before is refused by the table.
insert into plane.nonce (system, nonce, until_at)
select * from unnest(%(of)b::text[], %(nonces)b::bytea[], %(untils)b::timestamptz[])

-- name: spend_fresh_nonces
-- Spend nonces, in the order given, and say which of them were not spent before.
insert into plane.nonce (system, nonce, until_at)
select * from unnest(%(of)b::text[], %(nonces)b::bytea[], %(untils)b::timestamptz[])
on conflict do nothing
returning system, nonce

-- name: forget_nonces
-- Drop nonces whose requests ended before a moment.
delete from plane.nonce where until_at < %(before)s

-- name: oldest_nonce
-- The first end of requests whose nonces are kept.
select min(until_at) from plane.nonce
