-- What lies aside is bounded, is told in the log, and goes once the log has told of it for long enough.

alter table audit.doubled_leaf
    add column id      bigint generated always as identity constraint doubled_leaf_pkey primary key,
    add column digest  bytea,                     -- SHA-256 of the whole leaf, of which the beginning is kept
    add column told_in bigint;                    -- the entry that tells of it (audit.leaves_put_aside)
update audit.doubled_leaf set digest = sha256(leaf), leaf = substr(leaf, 1, 1000);

-- How many leaves were taken out of the way and not kept, for so many lay aside, since that was last told in the log.
alter table audit.signing add column aside_beyond bigint not null default 0
    constraint signing_aside_beyond check (aside_beyond >= 0);

-- Remove the leaves that lie aside of which an entry in the tree has told for thirty days (core/defaults.py; a test
-- compares), unless records of that entry's class are held; returns how many.
create function audit.let_go_of_aside(moment timestamptz) returns bigint
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    now  timestamptz := audit.by_clock(moment);
    gone bigint;
begin
    perform pg_advisory_xact_lock(hashtext('audit.hold'));
    if exists (select from audit.hold h
               where h.lifted_at is null and (h.until_at is null or h.until_at > now)
                 and (h.class is null or h.class = 'security')) then
        return 0;
    end if;
    delete from audit.doubled_leaf d
    where exists (select from audit.entry e
                  where e.id = d.told_in and e.class = 'security' and e.event = 'audit.leaves_put_aside'
                    and e.at < now - interval '30 days')
      and exists (select from audit.leaf l where l.entry_id = d.told_in);
    get diagnostics gone = row_count;
    return gone;
end $$;
