"""Roles are held in a unit from a first day until a last one."""

from datetime import date

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("units", "0001_initial")]

    operations = [
        migrations.RemoveField(model_name="officer", name="roles"),
        migrations.CreateModel(
            name="RoleAssignment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("role", models.CharField(max_length=30)),
                ("from_date", models.DateField()),
                ("until_date", models.DateField(null=True)),
                ("given_by", models.CharField(max_length=150)),
                ("given_at", models.DateTimeField()),
                ("begun_at", models.DateTimeField(null=True)),
                ("ended_at", models.DateTimeField(null=True)),
                ("ended_by", models.CharField(blank=True, max_length=150)),
                ("reason", models.TextField(blank=True)),
                (
                    "officer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="assignments", to="units.officer"
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="assignments", to="units.unit"
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("ended_at__isnull", True)),
                        fields=["role", "unit"],
                        name="role_assigned_now",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("ended_at__isnull", True)),
                        fields=("officer", "role"),
                        name="role_assigned_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("from_date__gte", date(2000, 1, 1)),
                            ("from_date__lt", date(2200, 1, 1)),
                            models.Q(
                                ("until_date__isnull", True),
                                models.Q(
                                    ("until_date__gte", models.F("from_date")), ("until_date__lt", date(2200, 1, 1))
                                ),
                                _connector="OR",
                            ),
                        ),
                        name="role_assigned_years",
                    ),
                ],
            },
        ),
    ]
