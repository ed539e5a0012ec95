-- To begin a new epoch is a decision of two officers: one requests it, another approves.
create table audit.epoch_request (
    id           bigint      generated always as identity constraint epoch_request_pkey primary key,
    state        text        not null,
    reason       text        not null,
    requested_by text        not null,
    requested_at timestamptz not null,
    begun_by     text,
    begun_at     timestamptz,
    epoch        int,
    dropped_by   text,
    dropped_at   timestamptz,
    drop_reason  text,
    constraint epoch_request_needs_two_people check (begun_by is null or begun_by <> requested_by),
    constraint epoch_request_begun_named check ((begun_by is null) = (begun_at is null)
                                                and (begun_by is null) = (epoch is null)),
    constraint epoch_request_drop_told check ((dropped_at is null) = (dropped_by is null)
                                              and (dropped_at is null) = (drop_reason is null)),
    constraint epoch_request_ends_once check (begun_at is null or dropped_at is null),
    constraint epoch_request_state check (state = case when begun_at is not null then 'begun'
                                                       when dropped_at is not null then 'dropped'
                                                       else 'requested' end)
);

-- Begin the next epoch of the log by a request that two officers agreed to, both in the log still or
-- waiting for it (an entry that lost its leaf is none, whatever is left of it in the database), and return the position of
-- its first leaf. Of the epoch before, its first `kept` leaves stay: all that were signed, at the least. Those behind were
-- placed and never signed; they wait anew, behind the entry that says that the epoch began, which is placed first. That
-- entry was made in this transaction and tells officers and number; where one follows it that says that the log lives on
-- a training clock, that one is placed second. The head of the new epoch is kept beside the key: without it this begins
-- nothing that is signed.
create function audit.begin_epoch(number bigint, kept bigint) returns bigint
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    asked    audit.epoch_request;
    old      audit.epoch;
    stored   bigint;
    signed   bigint;
    first    bigint;
    entries  bigint[];
    again    bigint;
begin
    perform pg_advisory_xact_lock(hashtext('audit.tree'));
    select * into asked from audit.epoch_request r where r.id = begin_epoch.number for update;
    if not found or asked.state <> 'begun' or asked.begun_by = asked.requested_by then
        raise exception 'epoch request % is not approved by a second officer', begin_epoch.number using errcode = 'HT003';
    end if;
    select array_agg(e.id) into entries from audit.entry e
    where e.class <> 'usage' and e.event = 'audit.epoch_begun' and (e.record::jsonb ->> 'request') = asked.id::text
      and e.record::jsonb ->> 'by' = asked.begun_by and e.record::jsonb ->> 'requested_by' = asked.requested_by
      and (e.record::jsonb ->> 'epoch') = asked.epoch::text
      and exists (select from audit.pending_leaf p where p.entry_id = e.id);
    if cardinality(entries) is distinct from 1 or not exists (
        select from audit.entry e
        where e.class <> 'usage' and e.event = 'audit.epoch_requested' and (e.record::jsonb ->> 'request') = asked.id::text
          and e.record::jsonb ->> 'by' = asked.requested_by
          and (exists (select from audit.leaf l where l.entry_id = e.id)
               or exists (select from audit.pending_leaf p where p.entry_id = e.id))
    ) then
        raise exception 'request and approval of epoch request % are not both in the log', begin_epoch.number
            using errcode = 'HT003';
    end if;

    select * into old from audit.epoch e order by e.number desc limit 1;
    if asked.epoch <= old.number then
        raise exception 'epoch % has begun already', asked.epoch using errcode = 'HT003';
    end if;
    select greatest(coalesce(max(l.seq) + 1, 0) - old.first_seq, 0) into stored from audit.leaf l;
    select coalesce(max(c.size), 0) into signed from audit.checkpoint c where c.epoch = old.number;
    if kept > stored or kept < least(signed, stored) then
        raise exception 'leaves of epoch % that were signed stay', old.number using errcode = 'HT003';
    end if;

    first := old.first_seq + kept;
    with gone as (
        delete from audit.leaf l where l.seq >= first returning l.entry_id, l.data
    )
    insert into audit.pending_leaf (entry_id, leaf) select g.entry_id, g.data from gone g on conflict do nothing;
    delete from audit.tree_hash h where h.epoch = old.number and (h.index + 1) * (256::numeric ^ h.level) > kept;
    -- Uses were summed that wait again: all are summed anew.
    update audit.summed_uses s set position = 0 where s.position > first;
    get diagnostics again = row_count;
    if again > 0 then
        delete from audit.monthly_use;
    end if;

    insert into audit.epoch (number, first_seq) values (asked.epoch, first);
    entries := entries || array(
        select e.id from audit.pending_leaf p join audit.entry e on e.id = p.entry_id
        where p.entry_id > entries[1] and e.id > entries[1] and e.class <> 'usage'
          and e.event = 'audit.training_clock_begun'
        order by e.id limit 1
    );
    with taken as (
        delete from audit.pending_leaf p where p.entry_id = any (entries) returning p.entry_id, p.leaf
    )
    insert into audit.leaf (seq, entry_id, data, hash)
    select first + row_number() over (order by t.entry_id) - 1, t.entry_id, t.leaf, sha256('\x00'::bytea || t.leaf)
    from taken t;
    return first;
end $$;
