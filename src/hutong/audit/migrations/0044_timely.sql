-- Whether entries may be written whose earliest is of a moment, by what the platform's clock showed last: no earlier than
-- three quarters of the longest transaction before it (core/defaults.py; a test compares). What is left of that is for
-- the rest of the transaction: verifying takes no leaf that is older than the last checkpoint by more.
create function audit.timely(earliest timestamptz, shown timestamptz) returns boolean
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
    if earliest < shown - interval '45 minutes' then
        raise exception 'an entry of % is too late at %', earliest, shown using errcode = 'HT004';
    end if;
    return true;
end $$;
