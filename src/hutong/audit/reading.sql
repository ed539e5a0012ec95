-- name: read
-- One record, if the reader is the auditor, or a party of a use: another class no unit reads, as in the lists.
select e.id, l.seq, e.at, e.event, e.class, e.unit, e.counterpart, e.salt, e.record, coalesce(l.data, p.leaf),
       array(select o.unit from audit.party o where o.entry_id = e.id)
from audit.entry e
left join audit.leaf l on l.entry_id = e.id
left join audit.pending_leaf p on p.entry_id = e.id
where e.id = %(entry)s
  and (%(auditor)s
       or e.class = 'usage'
          and (%(unit)s::text in (e.unit, e.counterpart)
               or exists (select from audit.party other where other.entry_id = e.id and other.unit = %(unit)s::text)))

-- name: of_subject
-- The newest uses of a subject, and how many there are, at most one more than are counted. They are looked for in the
-- index alone before anything is put in order: from the newest on nobody would come to a subject that is used rarely.
with found as materialized (
    select id, at from audit.entry
    where subjects && %(subjects)s::uuid[]
      and class = 'usage'
      and at >= coalesce(%(from_at)s::timestamptz, '-infinity')
      and at < coalesce(%(until_at)s::timestamptz, 'infinity')
      and (%(resource)s::text is null or resource = %(resource)s::text)
      and (%(unit)s::text is null or unit = %(unit)s::text)
      and (%(answered)s::boolean is null or (result = 'OK') = %(answered)s::boolean)
)
select id, at, (select count(*) from (select from found limit %(counted)s + 1) counted)
from found
where %(before)s::bigint is null or id < %(before)s::bigint
order by id desc limit %(limit)s

-- name: placed
-- Entries by id and moment, the newest first: by the moments only their months are looked into, and planned for.
select e.id, l.seq, e.at, e.event, e.class, e.unit, e.counterpart, e.salt, e.record, coalesce(l.data, p.leaf),
       array(select o.unit from audit.party o where o.entry_id = e.id)
from audit.entry e
left join audit.leaf l on l.entry_id = e.id
left join audit.pending_leaf p on p.entry_id = e.id
where e.id = any (%(ids)s) and e.at = any (%(moments)s)
order by e.id desc
