-- name: person
-- A registered person's unit, name and state.
select org, name, state from plane.person where id = %(id)s

-- name: device
-- A registered device's unit, name and state.
select org, name, state from plane.device where id = %(id)s
