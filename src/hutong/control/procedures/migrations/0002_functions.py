"""The two ways in which attachments are taken away, each a function of the owner: no door deletes here by itself."""

from django.db import migrations

ONE = """
create function public.remove_attachment(given uuid, remover text, entry bigint) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
    -- No door may delete here: what is gone has its entry, and was taken away by the officer who added it.
    if not exists (
        select from audit.entry e
        where e.id = entry and e.event = 'procedures.attachment_removed'
          and e.record::jsonb ->> 'attachment' = given::text and e.record::jsonb ->> 'by' = remover
    ) then
        raise exception 'the removal of attachment % is not entered', given;
    end if;
    delete from public.procedures_attachmentpiece p using public.procedures_attachment a
    where a.id = given and a.added_by = remover and p.attachment_id = a.id;
    delete from public.procedures_attachment a where a.id = given and a.added_by = remover;
    if not found then
        raise exception 'there is no attachment % of %', given, remover;
    end if;
end $$;
revoke all on function public.remove_attachment(uuid, text, bigint) from public;
"""
"""By the officer who added it, once that is entered."""

OF_A_PURGE = """
create function public.remove_attachments_of(number bigint, moment timestamptz, lifecycles text[], ends text[])
returns bigint
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    asked   audit.purge := audit.check_purge(number, moment);
    removed bigint;
begin
    -- Nothing leads from an end: a step into one is the last of its case.
    with gone as (
        select a.id from public.procedures_attachment a
        where a.record_class = asked.class and a.added_at < asked.before_at
          and exists (select from public.procedures_step s
                        join unnest(lifecycles, ends) as over (lifecycle, state)
                          on (over.lifecycle, over.state) = (s.lifecycle, s.to_state)
                       where s.lifecycle = a.lifecycle and s."case" = a."case" and s.at < asked.before_at)
    ), pieces as (
        delete from public.procedures_attachmentpiece p using gone where p.attachment_id = gone.id
    ), removed_now as (
        delete from public.procedures_attachment a using gone where a.id = gone.id returning a.id
    )
    select count(*) into removed from removed_now;
    return removed;
end $$;
revoke all on function public.remove_attachments_of(bigint, timestamptz, text[], text[]) from public;
"""
"""With the records of its class, by a purge that may be done."""

STORAGE = "alter table public.procedures_attachmentpiece alter column sealed set storage {}"
"""What is sealed is not compressed again."""


class Migration(migrations.Migration):
    dependencies = [("procedures", "0001_initial")]

    operations = [
        migrations.RunSQL(STORAGE.format("external"), STORAGE.format("extended")),
        migrations.RunSQL(ONE, "drop function public.remove_attachment(uuid, text, bigint)"),
        migrations.RunSQL(
            OF_A_PURGE, "drop function public.remove_attachments_of(bigint, timestamptz, text[], text[])"
        ),
    ]
