-- name: lock
-- Holds are placed and records removed one transaction at a time.
select pg_advisory_xact_lock(hashtext('audit.hold'))

-- name: standing
-- The oldest hold on a class that stands at a moment.
select id, class, reason, until_at, placed_by, placed_at, lifted_by, lifted_at from audit.hold
where lifted_at is null and (until_at is null or until_at > %(now)s) and (class is null or class = %(class)s)
order by id limit 1

-- name: every
-- Every hold, the newest first.
select id, class, reason, until_at, placed_by, placed_at, lifted_by, lifted_at from audit.hold order by id desc

-- name: read_locked
-- One hold, so that nobody else lifts it.
select id, class, reason, until_at, placed_by, placed_at, lifted_by, lifted_at from audit.hold
where id = %(hold)s for update

-- name: place
-- Write down a hold.
insert into audit.hold (class, reason, until_at, placed_by, placed_at)
values (%(class)s, %(reason)s, %(until_at)s, %(by)s, %(now)s) returning id

-- name: lift
-- Write down that a hold was lifted.
update audit.hold set lifted_by = %(by)s, lifted_at = %(now)s
where id = %(hold)s

-- name: one
-- One hold.
select id, class, reason, until_at, placed_by, placed_at, lifted_by, lifted_at from audit.hold where id = %(hold)s

-- name: page
-- Holds, the newest first or the oldest, that follow one.
select id, class, reason, until_at, placed_by, placed_at, lifted_by, lifted_at from audit.hold h
where (%(class)s::text is null or h.class is null or h.class = %(class)s)
  and (not %(standing)s or (h.lifted_at is null and (h.until_at is null or h.until_at > %(now)s)))
  and (%(after)s::bigint is null or case when %(oldest)s then h.id > %(after)s else h.id < %(after)s end)
order by case when %(oldest)s then h.id else -h.id end
limit %(limit)s

-- name: count
-- How many holds there are, up to a bound.
select count(*) from (
    select from audit.hold h
    where (%(class)s::text is null or h.class is null or h.class = %(class)s)
      and (not %(standing)s or (h.lifted_at is null and (h.until_at is null or h.until_at > %(now)s)))
    limit %(most)s) found
