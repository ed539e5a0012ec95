-- part: columns
-- What a request is read as.
id, state, reason, requested_by, requested_at, begun_by, begun_at, epoch

-- name: read
-- One request.
select {{columns}} from audit.epoch_request where id = %(request)s

-- name: read_locked
-- One request, so that nobody else moves it.
select {{columns}} from audit.epoch_request where id = %(request)s for update

-- name: request
-- Write down a request.
insert into audit.epoch_request (state, reason, requested_by, requested_at)
values (%(state)s, %(reason)s, %(by)s, %(now)s) returning id

-- name: drop
-- Write down that a request was dropped.
update audit.epoch_request
set state = %(state)s, dropped_by = %(by)s, dropped_at = %(now)s, drop_reason = %(reason)s
where id = %(request)s

-- name: begun
-- Write down that an epoch began by a request.
update audit.epoch_request set state = %(state)s, begun_by = %(by)s, begun_at = %(now)s, epoch = %(epoch)s
where id = %(request)s

-- name: lock
-- Wait for the integrator's round to end; none begins before this transaction ends.
select pg_advisory_xact_lock(hashtext('audit.tree'))

-- name: begin
-- Begin the epoch of a request that is approved, and say where; fails where two officers did not agree.
select audit.begin_epoch(%(request)s, %(kept)s)
