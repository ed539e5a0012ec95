-- name: systems
-- Every registered system with what its signature is checked by. Stopped ones too: the plane tells them so.
select id, unit, public_key, secret, profiles, revision, former_key, former_secret, former_until_at from plane.system
