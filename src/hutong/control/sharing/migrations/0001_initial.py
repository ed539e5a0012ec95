"""Applications, what the ladder said of them, and the words of their codes."""

import datetime

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("catalog", "0001_initial"),
        ("units", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Application",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("state", models.CharField(db_index=True, max_length=30)),
                ("entered_at", models.DateTimeField()),
                ("no", models.CharField(max_length=40, unique=True)),
                ("mode", models.CharField(max_length=20)),
                ("items", models.JSONField()),
                ("conditions", models.JSONField(default=list)),
                ("row_filter", models.JSONField(default=dict)),
                ("need", models.JSONField(default=list)),
                ("purpose", models.TextField()),
                ("legal_basis", models.TextField()),
                ("matters", models.JSONField()),
                ("system", models.CharField(max_length=100)),
                ("users", models.JSONField()),
                ("devices", models.JSONField()),
                ("quota", models.PositiveIntegerField()),
                ("guesses", models.PositiveIntegerField()),
                ("yearly_records", models.PositiveIntegerField(db_default=100, default=100)),
                ("from_at", models.DateTimeField()),
                ("until_at", models.DateTimeField()),
                (
                    "written_by",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=150), default=list, size=None
                    ),
                ),
                ("form_id", models.UUIDField(null=True)),
                ("confirmed_at", models.DateTimeField(null=True)),
                ("reached_at", models.DateTimeField(null=True)),
                ("verifying_at", models.DateTimeField(null=True)),
                ("grant_no", models.CharField(blank=True, max_length=60)),
                ("filing_no", models.CharField(blank=True, max_length=60)),
                (
                    "consumer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="applications", to="units.unit"
                    ),
                ),
                (
                    "entry",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="applications", to="catalog.entry"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="LadderDecision",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("action", models.CharField(max_length=30)),
                ("mode", models.CharField(max_length=20)),
                ("sufficient", models.BooleanField()),
                ("reason", models.CharField(blank=True, max_length=40)),
                ("at", models.DateTimeField()),
                ("by", models.CharField(max_length=150)),
                (
                    "application",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="ladder", to="sharing.application"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Term",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=10)),
                ("code", models.CharField(max_length=64)),
                ("name", models.CharField(max_length=200)),
                ("name_en", models.CharField(blank=True, max_length=200)),
                ("active", models.BooleanField(default=True)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("kind", "code"), name="term_once"),
                    models.CheckConstraint(condition=models.Q(("kind__in", ("purpose", "matter"))), name="term_kind"),
                ],
            },
        ),
        migrations.AddIndex(
            model_name="application",
            index=models.Index(fields=["entered_at", "id"], name="application_newest"),
        ),
        migrations.AddIndex(
            model_name="application",
            index=models.Index(fields=["consumer", "entered_at", "id"], name="application_of_consumer"),
        ),
        migrations.AddIndex(
            model_name="application",
            index=models.Index(fields=["entry", "entered_at", "id"], name="application_of_entry"),
        ),
        migrations.AddIndex(
            model_name="application",
            index=models.Index(fields=["state", "entered_at", "id"], name="application_of_state"),
        ),
        migrations.AddIndex(
            model_name="application",
            index=models.Index(
                condition=models.Q(("grant_no", ""), _negated=True), fields=["grant_no"], name="application_of_grant"
            ),
        ),
        migrations.AddConstraint(
            model_name="application",
            constraint=models.CheckConstraint(
                condition=models.Q(("from_at__lt", models.F("until_at"))), name="application_period"
            ),
        ),
        migrations.AddConstraint(
            model_name="application",
            constraint=models.CheckConstraint(
                condition=models.Q(("mode__in", ("compare", "query", "subscribe"))), name="application_mode"
            ),
        ),
        migrations.AddConstraint(
            model_name="application",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("from_at__gte", datetime.datetime(1999, 12, 31, 16, 0, tzinfo=datetime.UTC)),
                    ("until_at__lt", datetime.datetime(2199, 12, 31, 16, 0, tzinfo=datetime.UTC)),
                ),
                name="application_years",
            ),
        ),
        migrations.AddConstraint(
            model_name="application",
            constraint=models.UniqueConstraint(fields=("consumer", "form_id"), name="application_form_once"),
        ),
    ]
