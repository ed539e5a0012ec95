"""Attachments and their pieces, and the one way in which an attachment is taken away."""

import uuid

import django.db.models.deletion
from django.db import migrations, models

REMOVE = """
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
alter table public.procedures_attachmentpiece alter column sealed set storage external;
"""


class Migration(migrations.Migration):
    initial = True

    dependencies: list[tuple[str, str]] = []

    operations = [
        migrations.CreateModel(
            name="Attachment",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, primary_key=True, serialize=False)),
                ("lifecycle", models.CharField(max_length=60)),
                ("case", models.CharField(max_length=80)),
                ("record_class", models.CharField(max_length=20)),
                ("name", models.CharField(max_length=240)),
                ("kind", models.CharField(max_length=10)),
                ("size", models.PositiveIntegerField()),
                ("sha256", models.CharField(max_length=64)),
                ("key_id", models.CharField(max_length=16)),
                ("added_at", models.DateTimeField()),
                ("added_by", models.CharField(max_length=150)),
                ("added_by_name", models.CharField(max_length=100)),
                ("added_by_unit", models.CharField(max_length=18)),
                ("acts_before", models.PositiveIntegerField()),
            ],
            options={
                "indexes": [models.Index(fields=["lifecycle", "case", "added_at"], name="attachment_of_case")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("kind__in", ["pdf", "ofd", "docx", "xlsx", "jpg", "png", "tif", "txt", "csv"])
                        ),
                        name="attachment_kind",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("record_class__in", ["usage", "operation", "administration", "security"])),
                        name="attachment_record_class",
                    ),
                    models.CheckConstraint(condition=models.Q(("size__gt", 0)), name="attachment_not_empty"),
                    models.CheckConstraint(
                        condition=models.Q(("sha256__regex", "^[0-9a-f]{64}$")), name="attachment_sha256"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="AttachmentPiece",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveSmallIntegerField()),
                ("sealed", models.BinaryField()),
                (
                    "attachment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="pieces", to="procedures.attachment"
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("attachment", "number"), name="attachment_piece_once")],
            },
        ),
        migrations.RunSQL(REMOVE, "drop function public.remove_attachment(uuid, text, bigint)"),
    ]
