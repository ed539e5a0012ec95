-- name: register
-- Write down a witness; nothing where its name or its key was ever registered.
insert into audit.witness (name, key, url, registered_by, registered_at)
values (%(name)s, %(key)s, %(url)s, %(by)s, %(now)s)
on conflict do nothing

-- name: read_locked
-- One witness, so that nobody else ends it.
select name, key, url, registered_by, registered_at, ended_by, ended_at
from audit.witness where name = %(name)s for update

-- name: every
-- Every witness there ever was, with the largest checkpoint it cosigned of the epoch that is written, and when.
select w.name, w.key, w.url, w.registered_by, w.registered_at, w.ended_by, w.ended_at, c.size, c.at
from audit.witness w
left join lateral (
    select size, at from audit.cosignature
    where witness = w.name and epoch = (select max(number) from audit.epoch) order by size desc limit 1
) c on true
order by w.registered_at, w.name

-- name: registered
-- Those that cosign.
select name, key, url, registered_by, registered_at, ended_by, ended_at
from audit.witness where ended_at is null order by name

-- name: end
-- Write down that a witness cosigns no more.
update audit.witness set ended_by = %(by)s, ended_at = %(now)s where name = %(name)s

-- name: hand_in
-- Write down a checkpoint with cosignatures that was looked at; so many may wait.
insert into audit.handed_in_checkpoint (note, at)
select %(note)s, %(now)s where (select count(*) from (select from audit.handed_in_checkpoint limit %(most)s) as waiting) < %(most)s

-- name: handed_in
-- Take what was handed in, the first first.
delete from audit.handed_in_checkpoint where id = any (
    array(select id from audit.handed_in_checkpoint order by id limit %(limit)s)
) returning id, note

-- name: keep
-- Write a cosignature; of one witness and checkpoint the first is kept.
insert into audit.cosignature (epoch, size, witness, at, line)
values (%(epoch)s, %(size)s, %(witness)s, %(at)s, %(line)s)
on conflict (epoch, size, witness) do nothing

-- name: lines
-- The signature lines of a checkpoint's cosignatures.
select line from audit.cosignature
where epoch = coalesce(%(epoch)s::int, (select max(number) from audit.epoch)) and size = %(size)s order by witness

-- name: newest
-- The newest checkpoint of the epoch that is written that so many registered witnesses have cosigned.
select size, root, at, note from audit.checkpoint k
where epoch = (select max(number) from audit.epoch) and (
    select count(*) from audit.cosignature c join audit.witness w on w.name = c.witness and w.ended_at is null
    where c.epoch = k.epoch and c.size = k.size
) >= %(quorum)s
order by size desc limit 1
