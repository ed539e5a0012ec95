-- What nobody is answered from is removed by functions of the owner, which see for themselves that it is so: the worker
-- may delete no rows of a holding.

-- Remove the rows of a version whose last day is over before a day; null where it is not, or another is at it.
create function plane.empty_former(resource_code text, resource_version int, day date) returns bigint
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    over     date := (audit.by_clock(day::timestamp at time zone 'Asia/Shanghai') at time zone 'Asia/Shanghai')::date;
    place    text;
    removed  bigint;
begin
    select h.relation into place from plane.store h
    where h.code = resource_code and h.version = resource_version and h.rows > 0 and h.ends_on < over
    for no key update of h skip locked;
    if place is null then
        return null;
    end if;
    execute format('delete from store.%I', place);
    get diagnostics removed = row_count;
    -- Under no key: no delivery is brought to it as to a former version.
    update plane.store h set rows = 0, key_id = '' where h.code = resource_code and h.version = resource_version;
    return removed;
end $$;

-- Remove the rows of a version of a resource that left the catalogue before a moment; null where it did not. From then
-- on answers come from no version of it, and what were to come would be a first delivery.
create function plane.empty_withdrawn(resource_code text, resource_version int, before timestamptz) returns bigint
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    over    timestamptz := audit.by_clock(before);
    place   text;
    removed bigint;
begin
    update plane.resource r set version = null where r.code = resource_code and r.withdrawn_at < over;
    if not found then
        return null;
    end if;
    select h.relation into place from plane.store h
    where h.code = resource_code and h.version = resource_version and h.rows > 0
    for no key update of h skip locked;
    if place is null then
        return null;
    end if;
    execute format('delete from store.%I', place);
    get diagnostics removed = row_count;
    update plane.store h set rows = 0, key_id = '' where h.code = resource_code and h.version = resource_version;
    return removed;
end $$;
