-- name: uses
-- The newest uses of the whole log, by id.
select id from audit.entry
where class = 'usage'
  and (%(before)s::bigint is null or id < %(before)s::bigint)
  and (%(number)s::bigint is null or id = %(number)s::bigint)
  and at >= coalesce(%(from_at)s::timestamptz, '-infinity')
  and at < coalesce(%(until_at)s::timestamptz, 'infinity')
  and (%(event)s::text is null or event = %(event)s::text)
order by id desc limit %(limit)s

-- name: uses_of_party
-- The newest uses of which a unit is a party, with another unit where one is named: each side by its own index.
(select id from audit.entry
 where org = %(party)s and class = 'usage'
   and (%(other)s::text is null or counterpart = %(other)s::text)
   and (%(before)s::bigint is null or id < %(before)s::bigint)
   and (%(number)s::bigint is null or id = %(number)s::bigint)
   and at >= coalesce(%(from_at)s::timestamptz, '-infinity')
   and at < coalesce(%(until_at)s::timestamptz, 'infinity')
   and (%(event)s::text is null or event = %(event)s::text)
 order by id desc limit %(limit)s)
union
(select id from audit.entry
 where counterpart = %(party)s and class = 'usage'
   and (%(other)s::text is null or org = %(other)s::text)
   and (%(before)s::bigint is null or id < %(before)s::bigint)
   and (%(number)s::bigint is null or id = %(number)s::bigint)
   and at >= coalesce(%(from_at)s::timestamptz, '-infinity')
   and at < coalesce(%(until_at)s::timestamptz, 'infinity')
   and (%(event)s::text is null or event = %(event)s::text)
 order by id desc limit %(limit)s)
order by id desc limit %(limit)s

-- name: others
-- The newest records of another class than usage, by the indexes that leave the uses out.
select id from audit.entry
where class <> 'usage' and class = %(class)s
  and (%(before)s::bigint is null or id < %(before)s::bigint)
  and (%(number)s::bigint is null or id = %(number)s::bigint)
  and at >= coalesce(%(from_at)s::timestamptz, '-infinity')
  and at < coalesce(%(until_at)s::timestamptz, 'infinity')
  and (%(event)s::text is null or event = %(event)s::text)
  and (%(unit)s::text is null or org = %(unit)s::text or counterpart = %(unit)s::text)
  and (%(person)s::text is null
       or coalesce(record::jsonb ->> 'by', record::jsonb ->> 'person') = %(person)s::text)
order by id desc limit %(limit)s

-- name: records
-- Records by their ids, the newest first.
select e.id, l.seq, e.at, e.event, e.class, e.org, e.counterpart, e.salt, e.record, coalesce(l.data, p.leaf)
from audit.entry e
left join audit.leaf l on l.entry_id = e.id
left join audit.pending p on p.entry_id = e.id
where e.id = any (%(ids)s)
order by e.id desc

-- name: of_leaf
-- The entry whose leaf has this hash, once it is in the tree.
select entry_id from audit.leaf where hash = %(hash)s
