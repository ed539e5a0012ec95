-- name: alone
-- Whether no other worker is at this task; until this transaction ends none comes to it. Who dies lets go.
select pg_try_advisory_xact_lock(hashtext('hutong.run'), hashtext(%(task)s))

-- name: open
-- Note that a period is begun; nothing where it was begun before.
insert into audit.run (task, from_at, until_at, worker, began_at)
values (%(task)s, %(from_at)s, %(until_at)s, %(worker)s, %(now)s)
on conflict (task, from_at) do nothing
returning from_at, until_at

-- name: take_over
-- Periods that a worker left in the middle, and those of now that failed a while ago; the oldest first.
update audit.run set worker = %(worker)s, began_at = %(now)s, ended_at = null, result = null, told = null,
                     tries = tries + 1
where task = %(task)s
  and (ended_at is null
       or (result = 'failed' and from_at = %(from_at)s and ended_at <= %(failed_before)s))
returning from_at, until_at

-- name: close
-- Write down what came of a run.
update audit.run set ended_at = %(now)s, result = %(result)s, told = %(told)s
where task = %(task)s and from_at = %(from_at)s

-- name: latest
-- The newest run of each task, and every one of late that failed or was left in the middle.
(select distinct on (task) task, from_at, until_at, worker, began_at, ended_at, result, told, tries
 from audit.run order by task, from_at desc)
union
(select task, from_at, until_at, worker, began_at, ended_at, result, told, tries
 from audit.run where result is distinct from 'done' order by began_at desc limit %(limit)s)
order by task, from_at desc

-- name: forget
-- Runs of long ago go; what they did is in the log.
delete from audit.run where began_at < %(before)s and result is not null
