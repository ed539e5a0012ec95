-- name: fed
-- Every version of every resource, with the name of its feed.
select code, version, relation from plane.store order by code, version

-- name: lock_feed
-- Let no writer move the counter of one version before this transaction ends.
select last_change, kept_from from plane.store where code = %(code)s and version = %(version)s for no key update

-- name: keep_from
-- Note the oldest change still kept.
update plane.store set kept_from = %(kept_from)s where code = %(code)s and version = %(version)s
