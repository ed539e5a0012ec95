"""Attachments that go with a purge of records are removed by the owner's function alone."""

from django.db import migrations

REMOVE = """
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


class Migration(migrations.Migration):
    dependencies = [("procedures", "0002_procedures")]

    operations = [
        migrations.RunSQL(REMOVE, "drop function public.remove_attachments_of(bigint, timestamptz, text[], text[])"),
    ]
