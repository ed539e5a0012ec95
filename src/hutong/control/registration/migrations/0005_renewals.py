"""New evidence of a system's protection level as a case, and how often it was told that the present one lapses."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models

_RENEWING = ("DRAFT", "HANDED_IN", "RETURNED")


class Migration(migrations.Migration):
    dependencies = [("registration", "0004_user_numbers")]

    operations = [
        migrations.AddField(
            model_name="registration",
            name="protection_reminders",
            field=models.PositiveSmallIntegerField(db_default=0, default=0),
        ),
        migrations.CreateModel(
            name="Renewal",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("state", models.CharField(db_index=True, max_length=30)),
                ("entered_at", models.DateTimeField()),
                ("no", models.CharField(max_length=40, unique=True)),
                ("mlps_level", models.PositiveSmallIntegerField()),
                ("mlps_no", models.CharField(max_length=100)),
                ("mlps_until", models.DateField()),
                (
                    "written_by",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=150), default=list, size=None
                    ),
                ),
                (
                    "registration",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="renewals",
                        to="registration.registration",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["registration", "-id"], name="renewal_of_system")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state__in", _RENEWING)),
                        fields=("registration",),
                        name="renewal_under_way_once",
                    ),
                ],
            },
        ),
    ]
