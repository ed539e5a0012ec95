-- As before, but request and approval have to be in the log still, or to wait for it: an entry that lost its leaf with the
-- end of an epoch that was set back is none, whatever is left of it in the database.
create or replace function audit.check_purge(number bigint, moment timestamptz) returns audit.purge
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
    asked audit.purge;
    now   timestamptz := audit.by_clock(moment);
    entered text[];
begin
    perform pg_advisory_xact_lock(hashtext('audit.hold'));
    select * into asked from audit.purge p where p.id = number for update;
    if not found or asked.state <> 'approved' or asked.approved_by = asked.requested_by then
        raise exception 'purge % is not approved by a second officer', number using errcode = 'HT003';
    end if;
    select array_agg(e.event || ' ' || (e.record::jsonb ->> 'by') order by e.id) into entered
    from audit.entry e
    where e.class <> 'usage' and e.event in ('audit.purge_requested', 'audit.purge_approved')
      and (e.record::jsonb ->> 'purge') = number::text
      and e.record::jsonb ->> 'record_class' = asked.class
      and (e.record::jsonb ->> 'before_at')::timestamptz = asked.before_at
      and (exists (select from audit.leaf l where l.entry_id = e.id)
           or exists (select from audit.pending_leaf w where w.entry_id = e.id));
    if entered is null or not entered @> array['audit.purge_requested ' || asked.requested_by,
                                               'audit.purge_approved ' || asked.approved_by] then
        raise exception 'request and approval of purge % are not both in the log', number using errcode = 'HT003';
    end if;
    if audit.kept_until(asked.before_at, asked.class) > now then
        raise exception 'records of purge % are not past their years', number using errcode = 'HT003';
    end if;
    if exists (select from audit.hold h
               where h.lifted_at is null and (h.until_at is null or h.until_at > now)
                 and (h.class is null or h.class = asked.class)) then
        raise exception 'records of purge % are under hold', number using errcode = 'HT003';
    end if;
    return asked;
end $$;
