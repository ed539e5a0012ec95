-- Until when the next delivery of a resource is due (P-9): the row says it by itself, from the day of the last delivery and
-- the cycle its resource is updated in. 实时, 不定期 and 不更新 have no day but that of the first delivery.
alter table plane.store
    add column provider       text,               -- as the resource has it, which never changes hands
    add column update_cycle   smallint,           -- as the newest version of the resource says
    add column first_due_date date,               -- of the first version: the last day of the first delivery
    add column confirmed_at   timestamptz,        -- the last delivery that was the very same snapshot, and changed nothing
    add column due_date       date generated always as (
        case when loaded_at is null then first_due_date
             else ((greatest(loaded_at, confirmed_at) at time zone 'Asia/Shanghai')::date + case update_cycle
                       when 2 then interval '1 day' when 3 then interval '7 days' when 4 then interval '1 month'
                       when 5 then interval '3 months' when 6 then interval '6 months' when 7 then interval '1 year'
                   end)::date
        end) stored;

-- What was published before knew no day of a first delivery: twenty working days are four weeks.
update plane.store s
   set provider = r.provider,
       update_cycle = coalesce((newest.body::jsonb ->> 'update_cycle')::smallint, 4),
       first_due_date = case when s.version = first.version
                             then (first.published_at at time zone 'Asia/Shanghai')::date + 28 end,
       confirmed_at = (select max(d.loaded_at) from plane.delivery d where d.code = s.code and d.version = s.version)
  from plane.resource r
  cross join lateral (select body from plane.definition d where d.code = r.code order by version desc limit 1) newest
  cross join lateral (select d.version, d.published_at from plane.definition d
                       join plane.store o on o.code = d.code and o.version = d.version
                      where d.code = r.code order by d.version limit 1) first
 where r.code = s.code;

-- What a unit has to deliver, by its day: read on every page of its officers.
create index store_due on plane.store (provider, due_date) where succeeded_at is null;
