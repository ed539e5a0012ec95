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

-- name: put_back
-- Let the leaves from a position on wait again.
with gone as (
    delete from audit.leaf where seq >= %(first)s returning entry_id, data
)
insert into audit.pending (entry_id, leaf) select entry_id, data from gone on conflict do nothing

-- name: forget_nodes
-- Drop the roots of tiles that reach beyond the first leaves of an epoch.
delete from audit.tree_hash where epoch = %(epoch)s and (idx + 1) * (256::numeric ^ level) > %(size)s

-- name: begin
-- Begin an epoch behind all leaves.
insert into audit.epoch (number, first_seq) values (%(number)s, %(first)s)

-- name: sum_anew
-- Have the uses summed anew where some were summed that wait again.
with again as (
    update audit.summed set until = 0 where until > %(first)s returning until
)
delete from audit.use_of_month where exists (select from again)

-- name: take
-- Take these entries from those that wait, with their leaves.
with taken as (
    delete from audit.pending where entry_id = any (%(ids)s) returning entry_id, leaf
)
select entry_id, leaf from taken order by entry_id
