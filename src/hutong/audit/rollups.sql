-- part: of_span
-- Uses of some months, of everybody or of these units: who asked, or whose resource it is.
from audit.monthly_use
where month >= %(first)s and month <= %(last)s
  and (%(units)s::text[] is null or unit = any(%(units)s) or provider = any(%(units)s))

-- part: asked_for
-- Those with their sums by who asked, resource and mode, narrowed: each word has to occur in one of the names.
select unit, resource, mode, sum(answered)::bigint as answered, sum(refused)::bigint as refused,
       sum(answered + refused)::bigint as total
{{of_span}}
  and (%(unit)s::text is null or unit = %(unit)s) and (%(mode)s::text is null or mode = %(mode)s)
  and not exists (
    select from jsonb_array_elements(%(words)s::jsonb) word
    where not (word -> 'units' ? unit or word -> 'resources' ? resource)
  )
group by unit, resource, mode

-- name: plain_plans
-- Go by indexes, whatever is known of the tables, and give up a statement that takes longer than a minute.
select set_config('enable_seqscan', 'off', true), set_config('statement_timeout', '60s', true)

-- name: begin
-- From which position on nothing is summed, and how many leaves there are; nobody else sums until this one is done.
select s.position, (select coalesce(max(seq) + 1, 0) from audit.leaf) from audit.summed_uses s for update

-- name: between
-- The lowest and the highest entry among leaves from one position to another: few months have entries between them.
select min(entry_id), max(entry_id) from audit.leaf where seq >= %(first)s and seq < %(until)s

-- name: add
-- Add the uses among leaves from one position to another to their months.
insert into audit.monthly_use as kept (month, unit, provider, resource, mode, answered, refused)
select date_trunc('month', e.at at time zone 'Asia/Shanghai')::date, coalesce(e.unit, ''), coalesce(e.counterpart, ''),
       coalesce(e.resource, ''), coalesce(e.mode, ''), count(*) filter (where e.result = 'OK'),
       count(*) filter (where e.result is distinct from 'OK')
from audit.entry e
join audit.leaf l on l.entry_id = e.id and l.seq >= %(first)s and l.seq < %(until)s
where e.class = 'usage' and e.id >= %(lowest)s and e.id <= %(highest)s
group by 1, 2, 3, 4, 5
on conflict (month, unit, provider, resource, mode) do update
    set answered = kept.answered + excluded.answered, refused = kept.refused + excluded.refused

-- name: go_on
-- Note up to which position the uses are summed.
update audit.summed_uses set position = %(until)s

-- name: months
-- Uses of some months by month.
select month, sum(answered)::bigint as answered, sum(refused)::bigint as refused
{{of_span}}
group by month order by month

-- name: by_unit
-- Uses of some months by who asked, the most first.
select unit as key, sum(answered)::bigint as answered, sum(refused)::bigint as refused
{{of_span}}
group by unit order by sum(answered + refused) desc, unit limit %(limit)s

-- name: by_resource
-- Uses of some months by resource, the most first.
select resource as key, sum(answered)::bigint as answered, sum(refused)::bigint as refused
{{of_span}}
group by resource order by sum(answered + refused) desc, resource limit %(limit)s

-- name: keys
-- How many units asked, and how many resources were asked for.
select count(distinct unit) as units, count(distinct resource) as resources
{{of_span}}

-- name: first
-- The first month that has uses.
select min(month) from audit.monthly_use
where %(units)s::text[] is null or unit = any(%(units)s) or provider = any(%(units)s)

-- name: named
-- The units that asked, and the resources that were asked for.
select array_agg(distinct unit), array_agg(distinct resource)
{{of_span}}

-- name: most_first
-- Sums by who asked, resource and mode, the most first, after a place.
select unit, resource, mode, answered, refused from ({{asked_for}}) found
where %(total)s::bigint is null or (total, unit, resource, mode) < (%(total)s, %(at_unit)s, %(at_resource)s, %(at_mode)s)
order by total desc, unit desc, resource desc, mode desc limit %(limit)s

-- name: fewest_first
-- Sums by who asked, resource and mode, the fewest first, after a place.
select unit, resource, mode, answered, refused from ({{asked_for}}) found
where %(total)s::bigint is null or (total, unit, resource, mode) > (%(total)s, %(at_unit)s, %(at_resource)s, %(at_mode)s)
order by total, unit, resource, mode limit %(limit)s

-- name: summed
-- How many such sums there are, and what they come to.
select count(*), coalesce(sum(answered), 0)::bigint, coalesce(sum(refused), 0)::bigint from ({{asked_for}}) found
