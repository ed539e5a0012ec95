import uuid

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("units", "0005_competence"),
    ]

    operations = [
        migrations.RunSQL("delete from units_failedlogin", migrations.RunSQL.noop),
        migrations.AlterField(
            model_name="failedlogin",
            name="shut",
            field=models.CharField(db_default="", default="", max_length=9),
        ),
        migrations.AddField(
            model_name="failedlogin",
            name="stranger",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.CreateModel(
            name="UsedPlace",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("username", models.CharField(max_length=150)),
                ("source", models.CharField(max_length=64)),
                ("at", models.DateTimeField(db_index=True)),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("username", "source"), name="used_place_once")],
            },
        ),
        migrations.CreateModel(
            name="OpenSession",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, primary_key=True, serialize=False)),
                ("source", models.CharField(max_length=64)),
                ("browser", models.CharField(max_length=200)),
                ("began_at", models.DateTimeField()),
                ("seen_at", models.DateTimeField(db_index=True)),
                (
                    "officer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="sessions", to="units.officer"
                    ),
                ),
            ],
        ),
    ]
