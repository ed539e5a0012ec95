-- Entries are written by this function of the owner alone: no door writes what is to be placed in the tree, so none can
-- put there what has no entry, what is no leaf, or what is under the number of an entry that is yet to come.
--
-- As before, and how much an entry may be is bounded: its record by a mebibyte (HT006; core/defaults.py, a test compares),
-- by the record what stands in columns beside it, where all of that is said; subjects, of which a page has thousands, and
-- parties, of which a case has a few, by what nobody comes near.
--
-- Write entries, columns of equal length, under ids that were handed out, and the parties they have beyond their two
-- columns; a latency below nought is none. Leaf and commitment are as audit/leaves.py and core/leaves.py make them (a test
-- compares). Whatever is no entry of ours is refused as a whole (HT005), without a word of it: an id that was not handed
-- out yet or has a leaf already, a moment out of the calendar, an event, class, code or salt that nobody writes so, a
-- record that is no object, a commitment to something else, and a party of another entry; and what comes too late
-- (HT004). No literal here has a backslash: who calls says how those are read.
create or replace function audit.append(
    ids bigint[], moments timestamptz[], events text[], classes text[], units text[], counterparts text[], salts bytea[],
    records text[], commitments bytea[], results text[], departments text[], systems text[], grants text[],
    resources text[], modes text[], latencies bigint[], subjects text[], party_ids bigint[], party_units text[]
) returns void
language plpgsql security definer
set search_path = pg_catalog, pg_temp set enable_seqscan = off as $$
declare
    handed  constant bigint := pg_sequence_last_value('audit.entry_id');
    line    constant text := chr(10);
    prefix  constant bytea := convert_to('hutong-record-v3', 'UTF8') || decode('00', 'hex');
    others  text[] := '{}';
    written bigint;
begin
    if (select max(octet_length(r)) from unnest(records) r) > 1048576 then
        raise exception 'the record of an entry is longer than a mebibyte' using errcode = 'HT006';
    end if;
    if cardinality(party_ids) > 0 or cardinality(party_units) > 0 then
        if exists (
            select from unnest(party_ids, party_units) p (id, unit)
            where (p.id = any (ids) and length(p.unit) between 1 and 64 and position(line in p.unit) = 0
                   and position(',' in p.unit) = 0) is not true
        ) then
            raise exception 'this is no party of an entry' using errcode = 'HT005';
        end if;
        insert into audit.party (entry_id, at, class, unit)
        select p.id, e.at, e.class, p.unit
        from unnest(party_ids, party_units) p (id, unit) join unnest(ids, moments, classes) e (id, at, class) on e.id = p.id;
        others := array(
            select (select string_agg(distinct p.unit collate "C", ',' order by p.unit collate "C")
                    from unnest(party_ids, party_units) p (id, unit)
                    where p.id = e.id and p.unit is distinct from e.unit and p.unit is distinct from e.counterpart)
            from unnest(ids, units, counterparts) with ordinality e (id, unit, counterpart, place) order by e.place
        );
    end if;
    with fit as materialized (
        select * from (
            select e.*, uuids::uuid[] as about,
                   to_char(at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as moment
            from unnest(
                ids, moments, events, classes, units, counterparts, salts, records, commitments, results, departments, systems,
                grants, resources, modes, latencies, subjects, others
            ) as e (
                id, at, event, class, unit, counterpart, salt, record, commitment, result, department, system,
                grant_no, resource, mode, latency_us, uuids, further
            )
            offset 0  -- what is made of a row is made once
        ) given
        where (select audit.timely(min(m), (select c.last_at from audit.clock c)) from unnest(moments) m)
          and id between 1 and handed
          and (select l.seq from audit.leaf l where l.entry_id = id) is null
          and at >= '0001-01-02 00:00:00+00' and at < '9999-12-31 00:00:00+00'
          and length(event) <= 64 and event ~ '^[a-z][a-z_]*[.][a-z][a-z_]*$'
          and class in ('usage', 'operation', 'administration', 'security')
          and (unit is null or length(unit) between 1 and 64 and position(line in unit) = 0)
          and (counterpart is null or length(counterpart) between 1 and 64 and position(line in counterpart) = 0)
          and length(salt) = 16
          and json_typeof(record::json) = 'object'
          and octet_length(concat(result, department, system, grant_no, resource, mode)) <= octet_length(record)
          and (further is null or octet_length(further) <= 65536)
          and (about is null or cardinality(about) <= 100000)
          and (about is null or array_ndims(about) = 1 and array_position(about, null) is null)
          and commitment = sha256(
              prefix || salt || convert_to(concat(
                  moment, line, event, line, class, line, unit, line, counterpart, line, further, line, record
              ), 'UTF8'))
    ), entered as (
        insert into audit.entry (
            id, at, event, class, unit, counterpart, salt, record,
            result, department, system, grant_no, resource, mode, latency_us, subjects
        )
        select id, at, event, class, unit, counterpart, salt, record,
               result, department, system, grant_no, resource, mode, nullif(latency_us, -1), about
        from fit
    )
    insert into audit.pending_leaf (entry_id, leaf)
    select id, convert_to(concat('{"at":"', moment, '","class":"', class, '","commitment":"', encode(commitment, 'hex'),
                                 '","event":"', event, '","v":1}'), 'UTF8')
    from fit;
    get diagnostics written = row_count;
    if written is distinct from cardinality(ids) then
        raise exception 'this is no entry of the log' using errcode = 'HT005';
    end if;
end $$;
