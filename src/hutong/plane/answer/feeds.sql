-- name: fed
-- Every resource with the names of its feeds.
select code, array_agg(relation order by version) from plane.holding group by code order by code

-- name: lock_feed
-- Keep writers of one resource out until this transaction ends.
select last_change, kept_from from plane.resource where code = %(code)s for update

-- name: keep_from
-- Note the oldest change still kept.
update plane.resource set kept_from = %(kept_from)s where code = %(code)s
