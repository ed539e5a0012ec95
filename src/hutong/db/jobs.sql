-- name: defer
-- Defer one job; its number comes back in an array.
select procrastinate_defer_jobs_v1(array[
    row(%(queue)s, %(task)s, %(priority)s, %(lock)s, %(queueing_lock)s, %(args)s, %(at)s)
    ::procrastinate_job_to_defer_v1
])

-- name: made
-- The queue's table, none where it was never made.
select to_regclass('public.procrastinate_jobs')
