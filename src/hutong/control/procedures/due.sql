-- name: due
-- What has to be done by a day at some seats, the nearest first: each seat's own part by its index, each with its clock.
with seat as (select * from unnest(%(roles)s::text[], %(units)s::text[]) as seat(role, unit))
select t.id, t.lifecycle, t."case", t.title, t.state, t.action, t.label, t.clause, t.role, t.unit, t.of_role, t.of_unit,
       t.why,
       coalesce((select any_turn.stage from procedures_turn any_turn  -- hands given to any of its steps
                  where any_turn.lifecycle = t.lifecycle and any_turn."case" = t."case" and any_turn.stage <> ''
                  order by any_turn.id limit 1), '') as stage,
       t.entered_at, t.late_at, t.day, t.amount, t.counting, t.zh, t.en, t.order_at, t.handler, t.urged_at, t.away, t.skipped, t.limit_clause
  from (select found.*
          from seat
         cross join lateral (
               select here.*, c.day, c.amount, coalesce(c.counting, '') as counting, coalesce(c.zh, '') as zh,
                      coalesce(c.en, '') as en, coalesce(c.skipped, '[]'::jsonb)::text as skipped,
                      coalesce(c.clause, here.clause) as limit_clause
                 from procedures_turn here
                 left join procedures_clock c
                   on c.lifecycle = here.lifecycle and c."case" = here."case" and c.name = here.clock
                      and c.ended_at is null
                where here.leads and here.role = seat.role and here.unit = seat.unit and here.clock <> ''
                  and (%(after_at)s::timestamptz is null
                       or (here.order_at, here.id) > (%(after_at)s::timestamptz, %(after_id)s::bigint))
                  and (%(from_at)s::timestamptz is null or here.order_at > %(from_at)s)
                  and (%(until_at)s::timestamptz is null or here.order_at <= %(until_at)s)
                  and (not %(undated)s or here.late_at is null)
                  and (%(lifecycle)s::text is null or here.lifecycle = %(lifecycle)s)
                  and (%(clause)s::text is null or coalesce(c.clause, here.clause) = %(clause)s)
                  and (%(handlers)s::text[] is null or here.handler = any(%(handlers)s::text[]))
                  and (not %(signing)s or here.role = %(head)s
                       or exists (select from procedures_turn hand
                                   where hand.lifecycle = here.lifecycle and hand."case" = here."case"
                                     and hand.stage = 'sign'))
                  and %(reader)s::text <> all(here.away)
                  and not exists (select from unnest(%(words)s::text[]) word
                                   where position(word in lower(concat_ws(' ', here."case", here.title))) = 0)
                  and not exists (  -- at another of these seats it stands already
                      select from procedures_turn there
                        join seat other on (other.role, other.unit) = (there.role, there.unit)
                       where there.lifecycle = here.lifecycle and there."case" = here."case" and there.leads
                         and (%(handlers)s::text[] is null or there.handler = any(%(handlers)s::text[]))
                         and (not %(signing)s or there.role = %(head)s
                              or exists (select from procedures_turn hand
                                          where hand.lifecycle = there.lifecycle and hand."case" = there."case"
                                            and hand.stage = 'sign'))
                         and %(reader)s::text <> all(there.away)
                         and there.id < here.id)
                order by here.order_at, here.id
                limit %(limit)s
               ) as found
         order by order_at, id
         limit %(limit)s) as t
 order by t.order_at, t.id

-- name: count
-- How much has to be done by a day at some seats, how much of it is late, comes within a week or a month, or waits for
-- a year's calendar: each exact up to a bound.
with seat as (select * from unnest(%(roles)s::text[], %(units)s::text[]) as seat(role, unit)),
     row as (
       select found.lifecycle, found."case", found.order_at, found.late_at
         from seat
        cross join lateral (
              select here.lifecycle, here."case", here.order_at, here.late_at
                from procedures_turn here
                left join procedures_clock c
                  on c.lifecycle = here.lifecycle and c."case" = here."case" and c.name = here.clock
                     and c.ended_at is null
               where here.leads and here.role = seat.role and here.unit = seat.unit and here.clock <> ''
                 and (%(from_at)s::timestamptz is null or here.order_at > %(from_at)s)
                 and (%(until_at)s::timestamptz is null or here.order_at <= %(until_at)s)
                 and (not %(undated)s or here.late_at is null)
                 and (%(lifecycle)s::text is null or here.lifecycle = %(lifecycle)s)
                 and (%(clause)s::text is null or coalesce(c.clause, here.clause) = %(clause)s)
                 and (%(handlers)s::text[] is null or here.handler = any(%(handlers)s::text[]))
                 and (not %(signing)s or here.role = %(head)s
                       or exists (select from procedures_turn hand
                                   where hand.lifecycle = here.lifecycle and hand."case" = here."case"
                                     and hand.stage = 'sign'))
                 and %(reader)s::text <> all(here.away)
                 and not exists (select from unnest(%(words)s::text[]) word
                                  where position(word in lower(concat_ws(' ', here."case", here.title))) = 0)
               order by here.order_at, here.id
               limit %(most)s
              ) as found
     )
select least(count(distinct (lifecycle, "case")), %(most)s) as due,
       least(count(distinct (lifecycle, "case")) filter (where late_at <= %(now)s), %(most)s) as late,
       least(count(distinct (lifecycle, "case")) filter (where late_at > %(now)s and late_at <= %(week)s),
             %(most)s) as week,
       least(count(distinct (lifecycle, "case")) filter (where late_at > %(now)s and late_at <= %(month)s),
             %(most)s) as month,
       least(count(distinct (lifecycle, "case")) filter (where late_at is null), %(most)s) as undated
  from row

-- name: by_handler
-- Who has what of what waits at some seats: a line for each officer, and one for each role where nobody has taken it;
-- how many, how many of them late, and the nearest day. Each seat is counted up to a bound.
with seat as (select * from unnest(%(roles)s::text[], %(units)s::text[]) as seat(role, unit)),
     row as (
       select found.*
         from seat
        cross join lateral (
              select here.lifecycle, here."case", here.handler, here.late_at,
                     case when here.handler = '' then here.role else '' end as role
                from procedures_turn here
               where here.leads and here.role = seat.role and here.unit = seat.unit
               order by here.order_at, here.id
               limit %(most)s
              ) as found
     )
select handler, role, count(distinct (lifecycle, "case")) as waiting,
       count(distinct (lifecycle, "case")) filter (where late_at <= %(now)s) as late, min(late_at) as nearest_at
  from row
 group by handler, role
 order by late desc, waiting desc, handler, role
