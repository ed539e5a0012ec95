-- name: share_lock
-- Let no service be stopped between the checks and the commit of an answer.
select pg_advisory_xact_lock_shared(%(lock)s::bigint)

-- name: facts
-- Spend nonces, in the order given, and read who asks. Fresh nonces come as 'n', systems as they are registered now as
-- 's', persons and devices that are active, with their unit, as 'p' and 'd'.
with fresh as (
    insert into plane.nonce (system, nonce, until_at)
    select * from unnest(%(of)b::text[], %(nonces)b::bytea[], %(untils)b::timestamptz[])
    on conflict do nothing
    returning system, nonce
)
select 'n', system, null::text, nonce, null::bigint, null::text[], null::int, null::date, null::text from fresh
union all
select 's', id, org, null, revision, profiles, mlps_level, mlps_until, state
from plane.system where id = any (%(systems)b)
union all
select 'p', id, org, null, null, null, null, null, null
from plane.person where id = any (%(users)b) and state = 'active'
union all
select 'd', id, org, null, null, null, null, null, null
from plane.device where id = any (%(devices)b) and state = 'active'

-- name: grants
-- Grants in the order of the fields of `Grant`, each with what its resource answers from.
select g.no, g.code, g.provider, g.consumer, g.system, g.mode, g.items, g.conditions, g.need, g.purpose, g.matters,
       g.users, g.devices, g.fold_absent, g.quota, g.guesses, g.from_at, g.until_at, g.filing_no, g.state,
       d.digest, h.relation, h.key_id, h.suite, h.normaliser_version, r.last_change, r.kept_from
from plane.access_grant g
join plane.resource r on r.code = g.code
left join plane.definition d on d.code = r.code and d.version = r.version
left join plane.holding h on h.code = r.code and h.version = r.version
where g.no = any (%(grants)b)

-- name: definitions
-- Definitions by their digest.
select digest, body from plane.definition where digest = any (%(digests)b)

-- name: forget_nonces
-- Drop nonces whose requests are refused as too old anyway.
delete from plane.nonce where until_at < %(now)s
