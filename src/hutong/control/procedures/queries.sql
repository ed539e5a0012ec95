-- name: waiting
-- What waits at some seats, late first: each seat's own part by its index, then the nearest of all.
with seat as (select * from unnest(%(roles)s::text[], %(units)s::text[]) as seat(role, unit))
select t.id, t.lifecycle, t.case, t.title, t.state, t.action, t.label, t.clause, t.role, t.unit, t.of_role, t.of_unit,
       t.why,
       coalesce((select any_turn.stage from procedures_turn any_turn  -- hands given to any of its steps
                  where any_turn.lifecycle = t.lifecycle and any_turn.case = t.case and any_turn.stage <> ''
                  order by any_turn.id limit 1), '') as stage, t.entered_at, t.late_at, c.day, c.amount, coalesce(c.counting, '') as counting,
       coalesce(c.zh, '') as zh, coalesce(c.en, '') as en, t.order_at, t.handler, t.urged_at, t.away
  from (select found.*
          from seat
         cross join lateral (
               select * from procedures_turn here
                where leads and role = seat.role and unit = seat.unit
                  and (%(after_at)s::timestamptz is null
                       or (order_at, id) > (%(after_at)s::timestamptz, %(after_id)s::bigint))
                  and (%(lifecycle)s::text is null or lifecycle = %(lifecycle)s)
                  and (%(late_at)s::timestamptz is null or order_at <= %(late_at)s)
                  and (%(handler)s::text is null or handler = %(handler)s)
                  and (not %(elsewhere)s or why <> '')
                  and %(reader)s::text <> all(away)
                  and not exists (select from unnest(%(words)s::text[]) word
                                   where position(word in lower(concat_ws(' ', here."case", here.title))) = 0)
                  and not exists (  -- at another of these seats it stands already
                      select from procedures_turn there join seat other on (other.role, other.unit) = (there.role, there.unit)
                       where there.lifecycle = here.lifecycle and there.case = here.case and there.leads
                         and (%(handler)s::text is null or there.handler = %(handler)s)
                         and (not %(elsewhere)s or there.why <> '')
                         and %(reader)s::text <> all(there.away)
                         and there.id < here.id)
                order by order_at, id
                limit %(limit)s
               ) as found
         order by order_at, id
         limit %(limit)s) as t
  left join lateral (
       select day, amount, counting, zh, en from procedures_clock
        where lifecycle = t.lifecycle and "case" = t.case and name = t.clock and ended_at is null
       ) as c on true
 order by t.order_at, t.id

-- name: count
-- How many cases wait at some seats, and how many of them are late: each exact up to a bound.
with seat as (select * from unnest(%(roles)s::text[], %(units)s::text[]) as seat(role, unit)),
     row as (
       select found.lifecycle, found.case, found.order_at
         from seat
        cross join lateral (
              select lifecycle, "case", order_at from procedures_turn
               where leads and role = seat.role and unit = seat.unit
                 and (%(lifecycle)s::text is null or lifecycle = %(lifecycle)s)
                 and (%(late_at)s::timestamptz is null or order_at <= %(late_at)s)
                 and (%(handler)s::text is null or handler = %(handler)s)
                 and (not %(elsewhere)s or why <> '')
                 and %(reader)s::text <> all(away)
                 and not exists (select from unnest(%(words)s::text[]) word
                                  where position(word in lower(concat_ws(' ', "case", title))) = 0)
               order by order_at, id
               limit %(most)s
              ) as found
     )
select least(count(distinct (lifecycle, "case")), %(most)s) as waiting,
       least(count(distinct (lifecycle, "case")) filter (where order_at <= %(now)s), %(most)s) as late
  from row

-- name: turns_of
-- The turns of cases; of each case the move that carries it on comes first.
select t.* from procedures_turn t
where t.lifecycle = %(lifecycle)s and t."case" = any(%(cases)s)
order by t.id
