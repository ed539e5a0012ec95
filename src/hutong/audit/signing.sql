-- name: remembers
-- Whether a head was ever kept beside the key.
select remembers from audit.signing

-- name: remember
-- Note that a head is kept beside the key.
update audit.signing set remembers = true where not remembers

-- name: leaves
-- Leaves with their hashes, from one position on.
select seq, data, hash from audit.leaf where seq >= %(first)s and seq < %(first)s::bigint + %(count)s::bigint order by seq

-- name: publish
-- Write the signed head of an epoch's tree; of one size it stands once.
insert into audit.checkpoint (epoch, size, root, at, note)
values (%(epoch)s, %(size)s, %(root)s, %(at)s, %(note)s)
on conflict (epoch, size) do nothing
