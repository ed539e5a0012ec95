-- name: about
-- The newest entries of some events since a moment whose record says all of one of these; never of uses.
select id, at, event, record from audit.entry
where class <> 'usage' and event = any(%(events)s) and at >= %(since)s
  and exists (select from jsonb_array_elements(%(about)s::jsonb) said where record::jsonb @> said)
order by id desc limit %(limit)s
