-- name: read
-- One record, if the reader is a party of it or the auditor.
select e.id, l.seq, e.at, e.event, e.class, e.org, e.counterpart, e.salt, e.record, coalesce(l.data, p.leaf)
from audit.entry e
left join audit.leaf l on l.entry_id = e.id
left join audit.pending p on p.entry_id = e.id
where e.id = %(entry)s and (%(auditor)s or %(org)s::text in (e.org, e.counterpart))

-- name: all
-- The newest records of the whole log.
select e.id, l.seq, e.at, e.event, e.class, e.org, e.counterpart, e.salt, e.record, coalesce(l.data, p.leaf)
from (
    select * from audit.entry
    where (%(before)s::bigint is null or id < %(before)s::bigint)
      and at >= coalesce(%(from_at)s::timestamptz, '-infinity')
      and at < coalesce(%(until_at)s::timestamptz, 'infinity')
      and (%(class)s::text is null or class = %(class)s::text)
      and (%(event)s::text is null or event = %(event)s::text)
    order by id desc limit %(limit)s
) e
left join audit.leaf l on l.entry_id = e.id
left join audit.pending p on p.entry_id = e.id
order by e.id desc

-- name: of_party
-- The newest records of which a unit is a party: each side by its own index, then the newest of both.
select e.id, l.seq, e.at, e.event, e.class, e.org, e.counterpart, e.salt, e.record, coalesce(l.data, p.leaf)
from (
    (select * from audit.entry
     where org = %(org)s
       and (%(before)s::bigint is null or id < %(before)s::bigint)
       and at >= coalesce(%(from_at)s::timestamptz, '-infinity')
       and at < coalesce(%(until_at)s::timestamptz, 'infinity')
       and (%(class)s::text is null or class = %(class)s::text)
       and (%(event)s::text is null or event = %(event)s::text)
     order by id desc limit %(limit)s)
    union
    (select * from audit.entry
     where counterpart = %(org)s
       and (%(before)s::bigint is null or id < %(before)s::bigint)
       and at >= coalesce(%(from_at)s::timestamptz, '-infinity')
       and at < coalesce(%(until_at)s::timestamptz, 'infinity')
       and (%(class)s::text is null or class = %(class)s::text)
       and (%(event)s::text is null or event = %(event)s::text)
     order by id desc limit %(limit)s)
) e
left join audit.leaf l on l.entry_id = e.id
left join audit.pending p on p.entry_id = e.id
order by e.id desc limit %(limit)s
