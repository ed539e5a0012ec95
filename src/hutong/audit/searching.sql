-- part: ids_of_uses
-- The newest uses of the whole log, by id.
select id from audit.entry
where class = 'usage'
  and (%(before)s::bigint is null or id < %(before)s::bigint)
  and (%(number)s::bigint is null or id = %(number)s::bigint)
  and at >= coalesce(%(from_at)s::timestamptz, '-infinity')
  and at < coalesce(%(until_at)s::timestamptz, 'infinity')
order by id desc limit %(limit)s

-- name: uses
-- The newest uses of the whole log, by id.
{{ids_of_uses}}

-- name: uses_counted
-- How many of them there are, counted up to a bound.
select count(*) from ({{ids_of_uses}}) found

-- part: ids_of_uses_of_party
-- The newest uses of which a unit is a party, with another unit where one is named: each of the two columns and the
-- further parties by an index of its own. What is joined by its moment is looked for in the one month it lies in.
(select id from audit.entry e
 where unit = %(party)s and class = 'usage'
   and (%(other)s::text is null or counterpart = %(other)s::text
        or exists (select from audit.party p where p.entry_id = e.id and p.unit = %(other)s::text))
   and (%(before)s::bigint is null or id < %(before)s::bigint)
   and (%(number)s::bigint is null or id = %(number)s::bigint)
   and at >= coalesce(%(from_at)s::timestamptz, '-infinity')
   and at < coalesce(%(until_at)s::timestamptz, 'infinity')
 order by id desc limit %(limit)s)
union
(select id from audit.entry e
 where counterpart = %(party)s and class = 'usage'
   and (%(other)s::text is null or unit = %(other)s::text
        or exists (select from audit.party p where p.entry_id = e.id and p.unit = %(other)s::text))
   and (%(before)s::bigint is null or id < %(before)s::bigint)
   and (%(number)s::bigint is null or id = %(number)s::bigint)
   and at >= coalesce(%(from_at)s::timestamptz, '-infinity')
   and at < coalesce(%(until_at)s::timestamptz, 'infinity')
 order by id desc limit %(limit)s)
union
(select p.entry_id from audit.party p join audit.entry e on e.id = p.entry_id and e.at = p.at
 where p.unit = %(party)s and p.class = 'usage'
   and (%(other)s::text is null or %(other)s::text in (e.unit, e.counterpart)
        or exists (select from audit.party o
                   where o.entry_id = p.entry_id and o.unit = %(other)s::text and o.unit <> p.unit))
   and (%(before)s::bigint is null or p.entry_id < %(before)s::bigint)
   and (%(number)s::bigint is null or p.entry_id = %(number)s::bigint)
   and p.at >= coalesce(%(from_at)s::timestamptz, '-infinity')
   and p.at < coalesce(%(until_at)s::timestamptz, 'infinity')
 order by p.entry_id desc limit %(limit)s)
order by id desc limit %(limit)s

-- name: uses_of_party
-- The newest uses of which a unit is a party, with another unit where one is named: each of the two columns and the
-- further parties by an index of its own. What is joined by its moment is looked for in the one month it lies in.
{{ids_of_uses_of_party}}

-- name: uses_of_party_counted
-- How many of them there are, counted up to a bound.
select count(*) from ({{ids_of_uses_of_party}}) found

-- part: ids_of_others
-- The newest records of another class than usage, by the indexes that leave the uses out.
select id from audit.entry
where class <> 'usage' and class = %(class)s
  and (%(before)s::bigint is null or id < %(before)s::bigint)
  and (%(number)s::bigint is null or id = %(number)s::bigint)
  and at >= coalesce(%(from_at)s::timestamptz, '-infinity')
  and at < coalesce(%(until_at)s::timestamptz, 'infinity')
  and (%(event)s::text is null or event = %(event)s::text)
  and (%(officer)s::text is null
       or coalesce(record::jsonb ->> 'by', record::jsonb ->> 'officer') = %(officer)s::text)
order by id desc limit %(limit)s

-- name: others
-- The newest records of another class than usage, by the indexes that leave the uses out.
{{ids_of_others}}

-- name: others_counted
-- How many of them there are, counted up to a bound.
select count(*) from ({{ids_of_others}}) found

-- part: ids_of_others_of_party
-- The newest records of another class than usage of which a unit is a party, each way by an index of its own.
(select id from audit.entry
 where unit = %(party)s and class <> 'usage' and class = %(class)s
   and (%(before)s::bigint is null or id < %(before)s::bigint)
   and (%(number)s::bigint is null or id = %(number)s::bigint)
   and at >= coalesce(%(from_at)s::timestamptz, '-infinity')
   and at < coalesce(%(until_at)s::timestamptz, 'infinity')
   and (%(event)s::text is null or event = %(event)s::text)
   and (%(officer)s::text is null
        or coalesce(record::jsonb ->> 'by', record::jsonb ->> 'officer') = %(officer)s::text)
 order by id desc limit %(limit)s)
union
(select id from audit.entry
 where counterpart = %(party)s and class <> 'usage' and class = %(class)s
   and (%(before)s::bigint is null or id < %(before)s::bigint)
   and (%(number)s::bigint is null or id = %(number)s::bigint)
   and at >= coalesce(%(from_at)s::timestamptz, '-infinity')
   and at < coalesce(%(until_at)s::timestamptz, 'infinity')
   and (%(event)s::text is null or event = %(event)s::text)
   and (%(officer)s::text is null
        or coalesce(record::jsonb ->> 'by', record::jsonb ->> 'officer') = %(officer)s::text)
 order by id desc limit %(limit)s)
union
(select p.entry_id from audit.party p join audit.entry e on e.id = p.entry_id and e.at = p.at
 where p.unit = %(party)s and p.class <> 'usage' and p.class = %(class)s
   and (%(before)s::bigint is null or p.entry_id < %(before)s::bigint)
   and (%(number)s::bigint is null or p.entry_id = %(number)s::bigint)
   and p.at >= coalesce(%(from_at)s::timestamptz, '-infinity')
   and p.at < coalesce(%(until_at)s::timestamptz, 'infinity')
   and (%(event)s::text is null or e.event = %(event)s::text)
   and (%(officer)s::text is null
        or coalesce(e.record::jsonb ->> 'by', e.record::jsonb ->> 'officer') = %(officer)s::text)
 order by p.entry_id desc limit %(limit)s)
order by id desc limit %(limit)s

-- name: others_of_party
-- The newest records of another class than usage of which a unit is a party, each way by an index of its own.
{{ids_of_others_of_party}}

-- name: others_of_party_counted
-- How many of them there are, counted up to a bound.
select count(*) from ({{ids_of_others_of_party}}) found

-- name: records
-- Records by their ids, the newest first.
select e.id, l.seq, e.at, e.event, e.class, e.unit, e.counterpart, e.salt, e.record, coalesce(l.data, p.leaf),
       array(select o.unit from audit.party o where o.entry_id = e.id)
from audit.entry e
left join audit.leaf l on l.entry_id = e.id
left join audit.pending_leaf p on p.entry_id = e.id
where e.id = any (%(ids)s)
order by e.id desc

-- name: of_leaf
-- The entry whose leaf has this hash, once it is in the tree.
select entry_id from audit.leaf where hash = %(hash)s
