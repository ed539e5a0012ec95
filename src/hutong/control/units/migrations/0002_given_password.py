"""That a password was given out, and is to be changed before anything is done."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("units", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="GivenPassword",
            fields=[
                (
                    "officer",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="given_password",
                        serialize=False,
                        to="units.officer",
                    ),
                ),
                ("given_by", models.CharField(max_length=150)),
                ("given_at", models.DateTimeField()),
            ],
        ),
    ]
