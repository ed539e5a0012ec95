"""Forms that were not carried out, kept for who typed them, and the logins that ended a short while ago."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("units", "0002_given_password")]

    operations = [
        migrations.CreateModel(
            name="EndedSession",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("ended_at", models.DateTimeField(db_index=True)),
                ("reason", models.CharField(max_length=5)),
                (
                    "officer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="ended_sessions",
                        to="units.officer",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="KeptForm",
            fields=[
                ("id", models.CharField(max_length=64, primary_key=True, serialize=False)),
                ("at", models.DateTimeField()),
                ("until_at", models.DateTimeField(db_index=True)),
                ("sealed", models.BinaryField()),
                (
                    "officer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="kept_forms", to="units.officer"
                    ),
                ),
            ],
            options={"indexes": [models.Index(fields=["officer", "at"], name="kept_form_of_officer")]},
        ),
    ]
