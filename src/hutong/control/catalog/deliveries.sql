-- part: fitting
-- The deliveries of these units that fit words and state.
from plane.delivery d
join plane.resource r on r.code = d.code
where r.provider = any (%(units)s)
  and (%(state)s = '' or d.state = %(state)s)
  and not exists (select from unnest(%(words)s::text[]) word
                  where position(word in lower(concat_ws(' ', d.key, d.code, r.name))) = 0)

-- part: shown
-- What a list shows of a delivery, and whether newer data overtook it.
d.code, r.name, r.provider, d.key, d.kind, d.sent, d.accepted, d.rejected, d.warned, d.state, d.reason, d.delivered_by,
d.received_at, d.digest, d.stored_rows, d.removed_rows, d.what_was_read, d.loaded_at,
d.version, d.inserted, d.updated, d.deleted, d.same_loaded_at,
exists (select from plane.delivery o where o.code = d.code and o.loaded_at > d.received_at) as overtaken

-- name: newest
-- A page of the deliveries that fit, the newest first.
select {{shown}}
{{fitting}}
  and (%(after_at)s::timestamptz is null
       or (d.received_at, d.code, d.key) < (%(after_at)s, %(after_code)s, %(after_key)s))
order by d.received_at desc, d.code desc, d.key desc
limit %(limit)s

-- name: oldest
-- A page of the deliveries that fit, the oldest first.
select {{shown}}
{{fitting}}
  and (%(after_at)s::timestamptz is null
       or (d.received_at, d.code, d.key) > (%(after_at)s, %(after_code)s, %(after_key)s))
order by d.received_at, d.code, d.key
limit %(limit)s

-- name: counted
-- How many deliveries fit, counted up to a bound.
select count(*) from (
    select {{fitting}}
    limit %(limit)s
) found

-- name: waiting
-- The deliveries of these units that wait for their word, the longest waiting first; not those that newer data overtook.
select d.code, r.name, r.provider, d.key, d.kind, d.sent, d.accepted, d.rejected, d.warned, d.state, d.reason, d.delivered_by,
       d.received_at, d.digest, d.stored_rows, d.removed_rows, d.what_was_read, d.loaded_at,
       d.version, d.inserted, d.updated, d.deleted, d.same_loaded_at, false as overtaken
from plane.delivery d
join plane.resource r on r.code = d.code
where r.provider = any (%(units)s) and d.state = 'waiting'
  and not exists (select from plane.delivery o where o.code = d.code and o.loaded_at > d.received_at)
order by d.received_at, d.code, d.key
limit %(limit)s

-- name: due
-- What these units have to deliver by a day or had to before it, the longest due first.
select h.code, r.name, h.update_cycle, greatest(h.loaded_at, h.confirmed_at) as delivered_at, h.due_date
from plane.store h
join plane.resource r on r.code = h.code and r.withdrawn_at is null
where h.provider = any (%(units)s) and h.succeeded_at is null and h.due_date <= %(until)s
order by h.due_date, h.code
limit %(limit)s

-- name: one
-- One delivery of these units, by resource and key.
select {{shown}}
from plane.delivery d
join plane.resource r on r.code = d.code
where r.provider = any (%(units)s) and d.code = %(code)s and d.key = %(key)s

-- name: newest_loaded
-- The delivery of a resource that counted last.
select key, loaded_at from plane.delivery
where code = %(code)s and loaded_at is not null
order by loaded_at desc, key
limit 1
