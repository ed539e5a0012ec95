-- name: begin
-- From which position on nothing is summed, and how many leaves there are; nobody else sums until this one is done.
select s.until, (select coalesce(max(seq) + 1, 0) from audit.leaf) from audit.summed s for update

-- name: between
-- The lowest and the highest entry among leaves from one position to another: few months have entries between them.
select min(entry_id), max(entry_id) from audit.leaf where seq >= %(first)s and seq < %(until)s

-- name: add
-- Add the uses among leaves from one position to another to their months.
insert into audit.use_of_month as kept (month, org, provider, resource, answered, refused)
select date_trunc('month', e.at at time zone 'Asia/Shanghai')::date, coalesce(e.org, ''), coalesce(e.counterpart, ''),
       coalesce(e.resource, ''), count(*) filter (where e.result = 'OK'),
       count(*) filter (where e.result is distinct from 'OK')
from audit.entry e
join audit.leaf l on l.entry_id = e.id and l.seq >= %(first)s and l.seq < %(until)s
where e.class = 'usage' and e.id >= %(lowest)s and e.id <= %(highest)s
group by 1, 2, 3, 4
on conflict (month, org, provider, resource) do update
    set answered = kept.answered + excluded.answered, refused = kept.refused + excluded.refused

-- name: go_on
-- Note up to which position the uses are summed.
update audit.summed set until = %(until)s

-- name: months
-- Uses of some months by month, of everybody or of these units: who asked, or whose resource it is.
select month, sum(answered)::bigint as answered, sum(refused)::bigint as refused
from audit.use_of_month
where month >= %(first)s and month <= %(last)s
  and (%(units)s::text[] is null or org = any(%(units)s) or provider = any(%(units)s))
group by month order by month

-- name: by_unit
-- Uses of some months by who asked, the most first.
select org as key, sum(answered)::bigint as answered, sum(refused)::bigint as refused
from audit.use_of_month
where month >= %(first)s and month <= %(last)s
  and (%(units)s::text[] is null or org = any(%(units)s) or provider = any(%(units)s))
group by org order by sum(answered + refused) desc, org limit %(limit)s

-- name: by_resource
-- Uses of some months by resource, the most first.
select resource as key, sum(answered)::bigint as answered, sum(refused)::bigint as refused
from audit.use_of_month
where month >= %(first)s and month <= %(last)s
  and (%(units)s::text[] is null or org = any(%(units)s) or provider = any(%(units)s))
group by resource order by sum(answered + refused) desc, resource limit %(limit)s
