"""What the procedures of all rooms share: steps, clocks, turns, hands, handling, attachments."""

import uuid

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models


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
            name="HandGiven",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("lifecycle", models.CharField(max_length=60)),
                ("case", models.CharField(max_length=80)),
                ("at", models.DateTimeField()),
                ("by", models.CharField(max_length=150)),
                ("by_name", models.CharField(max_length=100)),
                ("by_unit_name", models.CharField(max_length=200)),
                ("action", models.CharField(max_length=30)),
                ("state", models.CharField(max_length=30)),
                ("hand", models.CharField(max_length=10)),
                ("agrees", models.BooleanField()),
                ("opinion", models.TextField(blank=True)),
                ("reason", models.TextField(blank=True)),
                ("basis", models.TextField(blank=True)),
                ("officers", models.PositiveSmallIntegerField(null=True)),
                ("live", models.BooleanField(default=True)),
            ],
            options={
                "indexes": [models.Index(fields=["lifecycle", "case", "id"], name="hand_of_case")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("live", True)),
                        fields=("lifecycle", "case", "action", "hand"),
                        name="hand_once",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Step",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("lifecycle", models.CharField(max_length=60)),
                ("case", models.CharField(max_length=80)),
                ("at", models.DateTimeField()),
                ("by", models.CharField(max_length=150)),
                ("by_name", models.CharField(max_length=100)),
                ("by_unit_name", models.CharField(max_length=200)),
                ("action", models.CharField(max_length=30)),
                ("from_state", models.CharField(max_length=30)),
                ("to_state", models.CharField(max_length=30)),
                ("by_unit", models.CharField(max_length=18)),
                ("role", models.CharField(max_length=30)),
                ("unit", models.CharField(blank=True, max_length=18)),
                ("deputy", models.BooleanField(default=False)),
                ("clause", models.CharField(max_length=30)),
                ("reason", models.TextField(blank=True)),
                ("basis", models.TextField(blank=True)),
                ("aftermath", models.TextField(blank=True)),
            ],
            options={
                "indexes": [models.Index(fields=["lifecycle", "case", "id"], name="step_of_case")],
            },
        ),
        migrations.CreateModel(
            name="Turn",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("lifecycle", models.CharField(max_length=60)),
                ("case", models.CharField(max_length=80)),
                ("title", models.CharField(max_length=300)),
                ("state", models.CharField(max_length=30)),
                ("action", models.CharField(max_length=30)),
                ("label", models.CharField(max_length=60)),
                ("clause", models.CharField(max_length=30)),
                ("role", models.CharField(max_length=30)),
                ("unit", models.CharField(blank=True, max_length=18)),
                ("of_role", models.CharField(max_length=30)),
                ("of_unit", models.CharField(blank=True, max_length=18)),
                ("why", models.CharField(blank=True, max_length=20)),
                ("stage", models.CharField(blank=True, max_length=10)),
                ("region", models.CharField(blank=True, max_length=12)),
                ("entered_at", models.DateTimeField()),
                ("late_at", models.DateTimeField(null=True)),
                ("clock", models.CharField(blank=True, max_length=40)),
                ("order_at", models.DateTimeField()),
                ("rulebook_version", models.PositiveIntegerField()),
                ("leads", models.BooleanField()),
                ("handler", models.CharField(blank=True, max_length=150)),
                (
                    "away",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=150), default=list, size=None
                    ),
                ),
                ("urged_at", models.DateTimeField(null=True)),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("leads", True)),
                        fields=["role", "unit", "order_at", "id"],
                        name="turn_of_desk",
                    ),
                    models.Index(
                        condition=models.Q(("leads", True)),
                        fields=["role", "unit", "lifecycle", "order_at", "id"],
                        name="turn_of_desk_procedure",
                    ),
                    models.Index(
                        condition=models.Q(("leads", True)),
                        fields=["role", "unit", "handler", "order_at", "id"],
                        name="turn_of_desk_handler",
                    ),
                    models.Index(
                        condition=models.Q(("leads", True), models.Q(("why", ""), _negated=True)),
                        fields=["role", "unit", "order_at", "id"],
                        name="turn_elsewhere",
                    ),
                    models.Index(fields=["lifecycle", "case"], name="turn_of_case"),
                    models.Index(fields=["of_role", "of_unit"], name="turn_of_seat"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("lifecycle", "case", "action", "of_role", "of_unit"), name="turn_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("why", ""), _negated=True),
                            models.Q(("role", models.F("of_role")), ("unit", models.F("of_unit"))),
                            _connector="OR",
                        ),
                        name="turn_elsewhere_has_why",
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
        migrations.CreateModel(
            name="Handling",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("lifecycle", models.CharField(max_length=60)),
                ("case", models.CharField(max_length=80)),
                ("at", models.DateTimeField()),
                ("by", models.CharField(max_length=150)),
                ("by_name", models.CharField(max_length=100)),
                ("by_unit_name", models.CharField(max_length=200)),
                ("kind", models.CharField(max_length=20)),
                ("to_officer", models.CharField(blank=True, max_length=150)),
                ("to_name", models.CharField(blank=True, max_length=100)),
                ("to_unit", models.CharField(blank=True, max_length=18)),
                ("words", models.TextField(blank=True)),
                ("answered", models.BooleanField(default=False)),
                ("attachment", models.UUIDField(null=True)),
                (
                    "about",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="answers",
                        to="procedures.handling",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["lifecycle", "case", "id"], name="handling_of_case"),
                    models.Index(
                        condition=models.Q(("answered", False), ("kind", "consult")),
                        fields=["to_unit", "id"],
                        name="handling_asked",
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "kind__in",
                                (
                                    "take",
                                    "give",
                                    "give_back",
                                    "urge",
                                    "supervise",
                                    "consult",
                                    "answer",
                                    "attach",
                                    "detach",
                                ),
                            )
                        ),
                        name="handling_kind",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Clock",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("lifecycle", models.CharField(max_length=60)),
                ("case", models.CharField(max_length=80)),
                ("name", models.CharField(max_length=40)),
                ("event", models.CharField(max_length=100)),
                ("counting", models.CharField(max_length=20)),
                ("rulebook_name", models.CharField(blank=True, max_length=60)),
                ("amount", models.IntegerField()),
                ("lead_rule", models.CharField(default="A", max_length=1)),
                ("rulebook_version", models.PositiveIntegerField()),
                ("clause", models.CharField(max_length=30)),
                ("from_at", models.DateTimeField()),
                ("named_day", models.DateField(null=True)),
                ("pauses", models.JSONField(default=list)),
                ("day", models.DateField(null=True)),
                ("late_at", models.DateTimeField(null=True)),
                ("left", models.IntegerField(null=True)),
                ("zh", models.TextField(blank=True)),
                ("en", models.TextField(blank=True)),
                ("skipped", models.JSONField(default=list)),
                ("ended_at", models.DateTimeField(null=True)),
                ("result", models.CharField(blank=True, max_length=10)),
                (
                    "step",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="clocks",
                        to="procedures.step",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["lifecycle", "case"], name="clock_of_case"),
                    models.Index(
                        condition=models.Q(("late_at__isnull", True), ("left__isnull", True)),
                        fields=["id"],
                        name="clock_undated",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("ended_at__isnull", True)),
                        fields=("lifecycle", "case", "name"),
                        name="clock_runs_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("result__in", ("", "met", "late", "open"))), name="clock_result"
                    ),
                ],
            },
        ),
    ]
