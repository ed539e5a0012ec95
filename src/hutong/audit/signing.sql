-- name: remembers
-- Whether a head was ever kept beside the key.
select remembers from audit.signing

-- name: remember
-- Note that a head is kept beside the key.
update audit.signing set remembers = true where not remembers

-- name: leaves
-- Leaves with their hashes, from one position on.
select seq, data, hash from audit.leaf where seq >= %(first)s and seq < %(first)s::bigint + %(count)s::bigint order by seq

-- name: alone
-- Wait until nobody else places, signs or publishes; then nobody does before this transaction ends.
select pg_advisory_xact_lock(hashtext('audit.tree'))

-- name: intended
-- What the checkpoint over so many entries will say of itself, where that is written.
select at, after, waiting from audit.intended_checkpoint where epoch = %(epoch)s and size = %(size)s

-- name: intend
-- Write what the checkpoint over what is placed now will say of itself.
insert into audit.intended_checkpoint (epoch, size, at, after, waiting)
values (%(epoch)s, %(size)s, %(at)s, %(after)s, %(waiting)s)
on conflict (only_row) do update
set epoch = excluded.epoch, size = excluded.size, at = excluded.at, after = excluded.after, waiting = excluded.waiting

-- name: publish
-- Write the signed head of an epoch's tree; of one size it stands once.
insert into audit.checkpoint (epoch, size, root, at, note)
values (%(epoch)s, %(size)s, %(root)s, %(at)s, %(note)s)
on conflict (epoch, size) do nothing

-- name: latest_moment
-- The latest moment of a checkpoint of any epoch: within each they never fall.
select max(c.at) from audit.epoch e cross join lateral (
    select c.at from audit.checkpoint c where c.epoch = e.number order by c.size desc limit 1
) c
