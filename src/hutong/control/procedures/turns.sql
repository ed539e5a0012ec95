-- name: acted
-- Who took which step of cases, and who gave a hand to one, each with the state it was taken in.
select s."case", s.action, s.from_state, s.by from procedures_step s
where s.lifecycle = %(lifecycle)s and s."case" = any(%(cases)s)
union
select h."case", h.action, h.state, h.by from procedures_handgiven h
where h.lifecycle = %(lifecycle)s and h."case" = any(%(cases)s)

-- name: take_away
-- Delete the turns of cases, with what is kept of them.
delete from procedures_turn t
where t.lifecycle = %(lifecycle)s and t."case" = any(%(cases)s)
returning t."case", t.role, t.unit, t.handler, t.urged_at

-- name: under_way
-- The hands that count for the steps under way of cases, in their order.
select h."case", h.action, h.hand, h.by, h.reason, h.basis from procedures_handgiven h
where h.lifecycle = %(lifecycle)s and h."case" = any(%(cases)s) and h.live
order by h.id

-- name: clocks
-- The clocks of cases that have not ended, in their order.
select k.* from procedures_clock k
where k.lifecycle = %(lifecycle)s and k."case" = any(%(cases)s) and k.ended_at is null
order by k.id
