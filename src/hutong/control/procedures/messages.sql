-- part: bounds
-- The unit's officer, what was looked at, and how far ahead is told; each procedure with the field of its case's number.
bounds as (
    select coalesce(l.looked_at, '-infinity') as looked_at, coalesce(l.entry, 0) as entry,
           make_interval(days => plane.limit_in_force('messages.near_days', '', '', %(today)s, %(near_days)s)) as near,
           make_interval(days => plane.limit_in_force('messages.ending_days', '', '', %(today)s, %(ending_days)s)) as ending,
           make_interval(days => plane.limit_in_force('messages.kept_days', '', '', %(today)s, %(kept_days)s)) as kept,
           make_interval(days => plane.limit_in_force('delivery.grace_days', '', '', %(today)s, %(grace_days)s)) as grace
      from (select) as one left join public.procedures_messageslooked l on l.officer = %(officer)s
),
span as (
    select greatest(%(now)s::timestamptz - kept, %(from_at)s::timestamptz) as from_at,
           least(%(now)s::timestamptz, %(until_at)s::timestamptz) as until_at,
           near, ending, grace, looked_at, entry
      from bounds
),
seat as (select * from unnest(%(roles)s::text[], %(units)s::text[]) as seat(role, unit)),
procedure as (
    select * from unnest(%(lifecycles)s::text[], %(steps)s::text[], %(fields)s::text[]) as procedure(lifecycle, event, field)
)

-- part: entry_told
-- What an entry of the log tells as a message: of a step the same as its row tells, of all else what it is about.
e.at, e.event, coalesce(p.lifecycle, e.record::jsonb ->> 'lifecycle', '') as lifecycle,
coalesce(e.record::jsonb ->> p.field, e.record::jsonb ->> 'case', '') as "case",
coalesce(e.record::jsonb ->> 'action', e.record::jsonb ->> 'kind', '') as action,
coalesce(e.record::jsonb ->> 'from_state', '') as from_state, coalesce(e.record::jsonb ->> 'to_state', '') as to_state,
coalesce(e.record::jsonb ->> 'by', '') as by,
coalesce(e.record::jsonb ->> 'reason', e.record::jsonb ->> 'words', '') as reason,
case when p.event is null then coalesce(e.record::jsonb ->> 'grant', e.record::jsonb ->> 'whom', e.record::jsonb ->> 'resource', '')
     else '' end as about,
case when p.event is null then coalesce(e.record::jsonb ->> 'delivery', e.record::jsonb ->> 'last_day', e.record::jsonb ->> 'limit',
                                        e.record::jsonb ->> 'version', '') else '' end as detail,
case when p.event is null then e.id else 0 end as entry

-- part: read_by_reader
-- What the reader's unit was asked, and what it answered; what was said for a seat the reader has or for a party; what
-- answers the reader; and, as the page of the case does, everything where the reader acts in an office. Of what was
-- entered before its seat was kept, no more than the last two.
(e.counterpart = %(unit)s and e.record::jsonb ->> 'kind' = 'consult')
or (e.unit = %(unit)s and e.record::jsonb ->> 'kind' = 'answer')
or e.record::jsonb ->> 'to_officer' = %(officer)s
or %(office)s
or (e.record::jsonb ->> 'role', e.record::jsonb ->> 'of_unit') in (select role, unit from seat)
or (e.record::jsonb ->> 'of_unit' = %(unit)s
    and (e.record::jsonb ->> 'lifecycle') || ' ' || (e.record::jsonb ->> 'role') = any(%(parties)s::text[]))

-- part: not_own
-- Not what the reader did, of another unit's notices none that offices alone read, and of what is done about a case
-- without a step what is said to somebody and the reader reads.
coalesce(e.record::jsonb ->> 'by', '') <> %(officer)s
and (%(office)s or e.unit = %(unit)s or e.event <> all(%(of_office)s::text[]))
and (e.event not in ('procedures.handled', 'procedures.addressed') or (e.record::jsonb ->> 'kind' = any(%(handlings)s::text[]) and ({{read_by_reader}})))

-- part: acted
-- A step by which the reader has to do with a case: taken in the unit of now, and not as a deputy who is none any more.
by = %(officer)s and by_unit = %(unit)s and (not deputy or unit = any(%(units)s::text[]))

-- part: asking
-- Something the reader asked about a case, in the unit of now and for a seat that is the reader's still, or for a party.
by = %(officer)s and by_unit = %(unit)s and kind in ('urge', 'supervise', 'consult')
and ((role, unit) in (select role, unit from seat) or (unit = %(unit)s and lifecycle || ' ' || role = any(%(parties)s::text[])))

-- part: gave
-- A hand that the reader gave to a step, in the unit of now and for a seat that is the reader's still.
by = %(officer)s and by_unit = %(unit)s and (role, unit) in (select role, unit from seat)

-- part: disagreed
-- A hand that did not agree with what the reader's hand, or one after it, would have had the step say.
g.at, 'hand.disagreed' as event, g.lifecycle, g."case", g.action, g.state as from_state, '' as to_state, g.by,
coalesce(nullif(g.opinion, ''), g.reason) as reason, '' as about, g.hand as detail, 0::bigint as entry

-- part: after_own_hand
-- The hands of others that came after one of the reader's and did not agree.
join public.procedures_handgiven g on (g.lifecycle, g."case") = (own.lifecycle, own."case")
 and g.action = own.action and g.id > own.id and not g.agrees and g.by <> %(officer)s

-- part: at_own_desk
-- By another, at a desk where the reader sits, or whose officers the reader is the head of.
h.by <> %(officer)s and ((h.role, h.unit) in (select role, unit from seat) or h.unit = any(%(headed)s::text[]))

-- part: given
-- A case that was given to the reader.
h.at, 'case.given' as event, h.lifecycle, h."case", '' as action, '' as from_state, '' as to_state, h.by,
h.words as reason, '' as about, '' as detail, 0::bigint as entry
from public.procedures_handling h
where h.kind = 'give' and h.to_officer = %(officer)s and {{at_own_desk}}

-- part: given_on
-- A case that the reader had, or had given: taken over, given to another, or given back.
h.at, case h.kind when 'take' then 'case.taken' when 'give' then 'case.given_on' else 'case.given_back' end as event,
h.lifecycle, h."case", '' as action, '' as from_state, '' as to_state, h.by, h.words as reason,
case h.kind when 'give' then h.to_officer else '' end as about, '' as detail, 0::bigint as entry
from public.procedures_handling h
where h.told_officer = %(officer)s and h.told_officer <> '' and {{at_own_desk}}

-- part: entered_besides
-- What is entered for further units besides the two of its columns: of these few events, found by the event.
from audit.entry e
join audit.party o on o.entry_id = e.id and o.unit = %(unit)s and o.class = e.class
left join procedure p on p.event = e.event
where e.class <> 'usage' and e.event = any(%(besides)s::text[])

-- part: near_told
-- A deadline of a case that waits at the reader's seat, as the message of the moment at which it comes near or has passed.
'' as from_state, t.state as to_state, '' as by,
to_char(t.order_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US+00:00') as reason, '' as about, t.title as detail, 0::bigint as entry

-- part: over
-- The moment at which the day is over on which a delivery is due.
((h.due_date + 1)::timestamp at time zone 'Asia/Shanghai')

-- part: due_told
-- A delivery of a resource that has a day, as the message of the moment at which that comes near or is over.
'' as lifecycle, '' as "case", '' as action, '' as from_state, '' as to_state, '' as by,
to_char(h.due_date, 'YYYY-MM-DD') as reason, h.code as about, r.name as detail, 0::bigint as entry

-- part: due_of_unit
-- What the reader's unit has to deliver: of each resource in the catalogue what is held newest.
from plane.store h join plane.resource r on r.code = h.code and r.withdrawn_at is null
where h.provider = %(unit)s and h.succeeded_at is null

-- part: due_to_unit
-- What others have to deliver that the reader's unit may use.
from (select distinct a.code from plane.access_grant a
       where a.consumer = %(unit)s and a.provider <> %(unit)s and a.state = 'active'
         and a.from_at <= %(now)s and a.until_at > %(now)s) a
join plane.store h on h.code = a.code
join plane.resource r on r.code = h.code and r.withdrawn_at is null
where h.succeeded_at is null

-- part: comes_near
-- That the day comes near since the delivery before: what is delivered each day is near all the time, and says nothing.
and {{over}} - (select near from span) > coalesce(greatest(h.loaded_at, h.confirmed_at), '-infinity')

-- name: unseen
-- How many messages there are that the officer has not looked at, counted up to `most`: each source by its own index,
-- and no more of each than that.
with {{bounds}}
select least(count(*), %(most)s) as many, min(at) as first_at from (
    (select {{entry_told}}
       from audit.entry e left join procedure p on p.event = e.event
      where e.class <> 'usage' and e.unit = %(unit)s and e.id > (select entry from span)
        and e.at > (select from_at from span) and e.event = any(%(events)s::text[]) and {{not_own}}
      order by e.id desc limit %(most)s)
    union
    (select {{entry_told}}
       from audit.entry e left join procedure p on p.event = e.event
      where e.class <> 'usage' and e.counterpart = %(unit)s and e.id > (select entry from span)
        and e.at > (select from_at from span) and e.event = any(%(events)s::text[]) and {{not_own}}
      order by e.id desc limit %(most)s)
    union
    (select {{entry_told}} {{entered_besides}}
        and e.id > (select entry from span) and e.at > (select from_at from span) and {{not_own}}
      order by e.id desc limit %(most)s)
    union
    (select s.at, p.event, s.lifecycle, s."case", s.action, s.from_state, s.to_state, s.by, s.reason, '', '', 0
       from (select distinct lifecycle, "case"
               from ((select lifecycle, "case" from public.procedures_step
                       where {{acted}} order by id desc limit %(most)s)
                     union all
                     (select lifecycle, "case" from public.procedures_handling
                       where {{asking}} order by id desc limit %(most)s)
                     union all
                     (select lifecycle, "case" from public.procedures_handgiven
                       where {{gave}} order by id desc limit %(most)s)) own) own
       join public.procedures_step s on (s.lifecycle, s."case") = (own.lifecycle, own."case")
       join procedure p on p.lifecycle = s.lifecycle
      where s.by <> %(officer)s and s.at > (select greatest(looked_at, from_at) from span)
      limit %(most)s)
    union
    (select {{disagreed}}
       from (select id, lifecycle, "case", action from public.procedures_handgiven
              where {{gave}} order by id desc limit %(most)s) own
       {{after_own_hand}}
      where g.at > (select greatest(looked_at, from_at) from span)
      limit %(most)s)
    union
    (select {{given}}
        and h.at > (select greatest(looked_at, from_at) from span)
      order by h.at desc limit %(most)s)
    union
    (select {{given_on}}
        and h.at > (select greatest(looked_at, from_at) from span)
      order by h.at desc limit %(most)s)
    union
    (select t.order_at - (select near from span) as at, 'deadline.near', t.lifecycle, t."case", t.action, {{near_told}}
       from seat cross join lateral (
            select * from public.procedures_turn
             where leads and role = seat.role and unit = seat.unit
               and order_at > (select greatest(looked_at, from_at) + near from span)
               and order_at <= %(now)s::timestamptz + (select near from span)
               and handler in ('', %(officer)s) and %(officer)s <> all(away)
             order by order_at, id limit %(most)s) t)
    union
    (select t.order_at as at, 'deadline.passed', t.lifecycle, t."case", t.action, {{near_told}}
       from seat cross join lateral (
            select * from public.procedures_turn
             where leads and role = seat.role and unit = seat.unit
               and order_at > (select greatest(looked_at, from_at) from span) and order_at <= %(now)s
               and handler in ('', %(officer)s) and %(officer)s <> all(away)
             order by order_at, id limit %(most)s) t)
    union
    (select g.until_at - (select ending from span) as at, 'grant.ending', '', '', '', '', '', '', '', g.no,
            to_char(g.until_at at time zone 'Asia/Shanghai', 'YYYY-MM-DD'), 0
       from plane.access_grant g
      where g.consumer = %(unit)s and g.state = 'active'
        and g.until_at > (select greatest(looked_at, from_at) + ending from span)
        and g.until_at <= %(now)s::timestamptz + (select ending from span)
      order by g.until_at limit %(most)s)
    union
    (select g.until_at - (select ending from span) as at, 'grant.ending', '', '', '', '', '', '', '', g.no,
            to_char(g.until_at at time zone 'Asia/Shanghai', 'YYYY-MM-DD'), 0
       from plane.access_grant g
      where g.provider = %(unit)s and g.state = 'active'
        and g.until_at > (select greatest(looked_at, from_at) + ending from span)
        and g.until_at <= %(now)s::timestamptz + (select ending from span)
      order by g.until_at limit %(most)s)
    union
    (select {{over}} - (select near from span) as at, 'delivery.near', {{due_told}}
       {{due_of_unit}} {{comes_near}}
        and h.due_date >= (select ((greatest(looked_at, from_at) + near) at time zone 'Asia/Shanghai')::date from span)
        and h.due_date < (select ((%(now)s::timestamptz + near) at time zone 'Asia/Shanghai')::date from span)
      order by h.due_date limit %(most)s)
    union
    (select {{over}} + (select grace from span) as at, 'delivery.overdue', {{due_told}}
       {{due_of_unit}}
        and h.due_date >= (select ((greatest(looked_at, from_at) - grace) at time zone 'Asia/Shanghai')::date from span)
        and h.due_date < (select ((%(now)s::timestamptz - grace) at time zone 'Asia/Shanghai')::date from span)
      order by h.due_date limit %(most)s)
    union
    (select {{over}} + (select grace from span) as at, 'delivery.missed', {{due_told}}
       {{due_to_unit}}
        and h.due_date >= (select ((greatest(looked_at, from_at) - grace) at time zone 'Asia/Shanghai')::date from span)
        and h.due_date < (select ((%(now)s::timestamptz - grace) at time zone 'Asia/Shanghai')::date from span)
      order by h.due_date limit %(most)s)
) as found

-- part: named
-- A message with its key, by which what lies at one moment is told apart and stands in one order.
select *, concat_ws(' ', event, lifecycle, "case", action, from_state, about, detail, entry) as key

-- part: following
-- What lies in the span and follows a place.
at > (select from_at from span) and at <= (select until_at from span)
and event = any(%(wanted)s::text[])
and (%(after_at)s::timestamptz is null or (at, key) < (%(after_at)s::timestamptz, %(after_key)s::text))
and (%(kind)s::text <> 'corrections' or lifecycle || ' ' || to_state = any(%(corrections)s::text[]))

-- part: all_of_them
-- The messages of an officer in a span of days, the newest first: of each source no more than are asked for.
select * from (
    (select * from ({{named}} from (
        select {{entry_told}} from audit.entry e left join procedure p on p.event = e.event
         where e.class <> 'usage' and e.unit = %(unit)s and e.event = any(%(wanted)s::text[])
           and e.at > (select from_at from span) and e.at <= (select until_at from span) and {{not_own}}) e) e
      where {{following}} order by at desc, key desc limit %(limit)s)
    union
    (select * from ({{named}} from (
        select {{entry_told}} from audit.entry e left join procedure p on p.event = e.event
         where e.class <> 'usage' and e.counterpart = %(unit)s and e.event = any(%(wanted)s::text[])
           and e.at > (select from_at from span) and e.at <= (select until_at from span) and {{not_own}}) e) e
      where {{following}} order by at desc, key desc limit %(limit)s)
    union
    (select * from ({{named}} from (
        select {{entry_told}} {{entered_besides}} and e.event = any(%(wanted)s::text[])
           and e.at > (select from_at from span) and e.at <= (select until_at from span) and {{not_own}}) e) e
      where {{following}} order by at desc, key desc limit %(limit)s)
    union
    (select * from ({{named}} from (
        select s.at, p.event, s.lifecycle, s."case", s.action, s.from_state, s.to_state, s.by, s.reason,
               '' as about, '' as detail, 0::bigint as entry
          from (select distinct lifecycle, "case"
                  from ((select lifecycle, "case" from public.procedures_step
                          where {{acted}} order by id desc limit %(own)s)
                        union all
                        (select lifecycle, "case" from public.procedures_handling
                          where {{asking}} order by id desc limit %(own)s)
                        union all
                        (select lifecycle, "case" from public.procedures_handgiven
                          where {{gave}} order by id desc limit %(own)s)) own) own
          join public.procedures_step s on (s.lifecycle, s."case") = (own.lifecycle, own."case")
          join procedure p on p.lifecycle = s.lifecycle
         where s.by <> %(officer)s) e) e
      where {{following}} order by at desc, key desc limit %(limit)s)
    union
    (select * from ({{named}} from (
        select {{disagreed}}
          from (select id, lifecycle, "case", action from public.procedures_handgiven
                 where {{gave}} order by id desc limit %(own)s) own
          {{after_own_hand}}) e) e
      where {{following}} order by at desc, key desc limit %(limit)s)
    union
    (select * from ({{named}} from (
        select {{given}}
           and h.at > (select from_at from span) and h.at <= (select until_at from span)) e) e
      where {{following}} order by at desc, key desc limit %(limit)s)
    union
    (select * from ({{named}} from (
        select {{given_on}}
           and h.at > (select from_at from span) and h.at <= (select until_at from span)) e) e
      where {{following}} order by at desc, key desc limit %(limit)s)
    union
    (select * from ({{named}} from (
        select t.order_at - (select near from span) as at, 'deadline.near' as event, t.lifecycle, t."case", t.action, {{near_told}}
          from seat join public.procedures_turn t on t.leads and (t.role, t.unit) = (seat.role, seat.unit)
         where t.order_at > (select from_at + near from span) and t.order_at <= (select until_at + near from span)
           and t.handler in ('', %(officer)s) and %(officer)s <> all(t.away)) e) e
      where {{following}} order by at desc, key desc limit %(limit)s)
    union
    (select * from ({{named}} from (
        select t.order_at as at, 'deadline.passed' as event, t.lifecycle, t."case", t.action, {{near_told}}
          from seat join public.procedures_turn t on t.leads and (t.role, t.unit) = (seat.role, seat.unit)
         where t.order_at > (select from_at from span) and t.order_at <= (select until_at from span)
           and t.handler in ('', %(officer)s) and %(officer)s <> all(t.away)) e) e
      where {{following}} order by at desc, key desc limit %(limit)s)
    union
    (select * from ({{named}} from (
        select g.until_at - (select ending from span) as at, 'grant.ending' as event, '' as lifecycle, '' as "case",
               '' as action, '' as from_state, '' as to_state, '' as by, '' as reason, g.no as about,
               to_char(g.until_at at time zone 'Asia/Shanghai', 'YYYY-MM-DD') as detail, 0::bigint as entry
          from plane.access_grant g
         where %(unit)s in (g.consumer, g.provider) and g.state = 'active'
           and g.until_at > (select from_at + ending from span) and g.until_at <= (select until_at + ending from span)) e) e
      where {{following}} order by at desc, key desc limit %(limit)s)
    union
    (select * from ({{named}} from (
        select {{over}} - (select near from span) as at, 'delivery.near' as event, {{due_told}}
        {{due_of_unit}} {{comes_near}}
         and h.due_date >= (select ((from_at + near) at time zone 'Asia/Shanghai')::date from span)
         and h.due_date < (select ((until_at + near) at time zone 'Asia/Shanghai')::date from span)) e) e
      where {{following}} order by at desc, key desc limit %(limit)s)
    union
    (select * from ({{named}} from (
        select {{over}} + (select grace from span) as at, 'delivery.overdue' as event, {{due_told}}
        {{due_of_unit}}
         and h.due_date >= (select ((from_at - grace) at time zone 'Asia/Shanghai')::date from span)
         and h.due_date < (select ((until_at - grace) at time zone 'Asia/Shanghai')::date from span)) e) e
      where {{following}} order by at desc, key desc limit %(limit)s)
    union
    (select * from ({{named}} from (
        select {{over}} + (select grace from span) as at, 'delivery.missed' as event, {{due_told}}
        {{due_to_unit}}
         and h.due_date >= (select ((from_at - grace) at time zone 'Asia/Shanghai')::date from span)
         and h.due_date < (select ((until_at - grace) at time zone 'Asia/Shanghai')::date from span)) e) e
      where {{following}} order by at desc, key desc limit %(limit)s)
) as found
order by at desc, key desc limit %(limit)s

-- name: messages
-- The messages of an officer in a span of days, the newest first, and whether each came since the officer looked.
with {{bounds}}, found as ({{all_of_them}})
select f.*, (case when f.entry > 0 then f.entry > s.entry else f.at > s.looked_at end) as new
  from found f, span s
 order by f.at desc, f.key desc

-- name: counted
-- How many of them there are, counted up to a bound.
with {{bounds}} select count(*) from ({{all_of_them}}) found

-- name: newest
-- The newest entry there is, and up to what an officer has looked.
select coalesce(max(e.id), 0) as entry, (select looked_at from public.procedures_messageslooked where officer = %(officer)s) as looked_at
  from audit.entry e

-- name: look
-- Keep up to what an officer has looked; never less than before.
insert into public.procedures_messageslooked as kept (officer, looked_at, entry) values (%(officer)s, %(looked_at)s, %(entry)s)
on conflict (officer) do update
set looked_at = greatest(kept.looked_at, excluded.looked_at), entry = greatest(kept.entry, excluded.entry)
