-- name: lock
-- Wait for a delivery that is being merged, and keep others from merging one until this transaction ends. Grants may be
-- opened meanwhile: they only name the resource.
select from plane.resource where code = %(code)s for no key update

-- name: claim_resource
-- Make the resource or find it; a resource never changes hands.
insert into plane.resource (code, name, provider) values (%(code)s, %(name)s, %(provider)s)
on conflict (code) do update set name = excluded.name
returning provider

-- name: published
-- The digest of one published version.
select digest from plane.definition where code = %(code)s and version = %(version)s

-- name: newest
-- The newest published version of a resource.
select max(version) as newest from plane.definition where code = %(code)s

-- name: write_definition
-- Freeze a definition.
insert into plane.definition (code, version, body, digest, published_at)
values (%(code)s, %(version)s, %(body)s, %(digest)s, %(now)s)

-- name: definition
-- What one version says of a resource; the newest where no version is given.
select body from plane.definition
where code = %(code)s and (%(version)s::int is null or version = %(version)s)
order by version desc limit 1

-- name: every_version
-- What every version says of a resource, the newest first.
select body from plane.definition where code = %(code)s order by version desc

-- name: make_store
-- Make the two tables of a version; returns their name.
select plane.make_store(%(code)s, %(version)s, %(columns)s, %(types)s, %(indexed)s) as relation

-- name: tell_inside
-- Let the feed of a new version tell of each item that limits grants what it was before a change and is after it.
select plane.tell_inside(%(relation)s, %(codes)s)

-- name: drop_indexes
-- Drop the indexes of an empty store and its feed.
select plane.drop_indexes(%(relation)s)

-- name: make_indexes
-- Make the indexes of a store, its key and what a query may ask by, and of its feed.
select plane.make_indexes(%(relation)s, %(indexed)s)

-- name: write_store
-- Note the store; its key is stamped by the first full load, for nothing is sealed before. Only of a resource without any
-- is a first delivery due.
insert into plane.store (code, version, relation, key_id, suite, normaliser_version, provider, update_cycle, first_due_date)
select r.code, %(version)s, %(relation)s, '', %(suite)s, %(normaliser_version)s, r.provider, %(update_cycle)s,
       case when not exists (select from plane.store h where h.code = r.code) then %(first_due_date)s::date end
from plane.resource r where r.code = %(code)s

-- name: follow_cycle
-- Let what is held of a resource be due in the cycle that its newest version says.
update plane.store set update_cycle = %(update_cycle)s where code = %(code)s and version < %(version)s

-- name: opened_on
-- The version that grants on a resource are opened on, with its definition.
select h.code, h.version, h.relation, h.key_id, h.suite, h.normaliser_version, d.body, h.last_change, h.kept_from, h.as_of,
       h.ends_on
from plane.resource r
join plane.store h on h.code = r.code and h.version = r.version
join plane.definition d on d.code = h.code and d.version = h.version
where r.code = any (%(codes)s)

-- name: version
-- One version of a resource, whether it holds data or not; the newest where no version is given.
select h.code, h.version, h.relation, h.key_id, h.suite, h.normaliser_version, d.body, h.last_change, h.kept_from, h.as_of,
       h.ends_on
from plane.resource r
join plane.store h on h.code = r.code
join plane.definition d on d.code = h.code and d.version = h.version
where r.code = %(code)s and (%(version)s::int is null or h.version = %(version)s)
order by h.version desc limit 1

-- name: these
-- Versions of resources, by code and number.
select h.code, h.version, h.relation, h.key_id, h.suite, h.normaliser_version, d.body, h.last_change, h.kept_from, h.as_of,
       h.ends_on
from unnest(%(codes)s::text[], %(versions)s::int[]) as named (code, version)
join plane.store h on h.code = named.code and h.version = named.version
join plane.definition d on d.code = h.code and d.version = h.version

-- name: provider
-- The unit that provides a resource; none comes back where there is no such resource.
select provider from plane.resource where code = %(code)s

-- name: filled
-- The version of a resource that grants are opened on, how many rows it holds, and since when.
select h.version, h.rows, h.loaded_at
from plane.resource r
join plane.store h on h.code = r.code and h.version = r.version
where r.code = %(code)s
