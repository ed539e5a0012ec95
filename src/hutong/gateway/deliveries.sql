-- name: provider
-- The unit that provides a resource.
select provider from plane.resource where code = %(code)s
