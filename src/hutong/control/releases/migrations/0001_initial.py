"""Releases."""

from django.db import migrations, models

from hutong.core import beijing


class Migration(migrations.Migration):
    initial = True
    dependencies: list[tuple[str, str]] = []

    operations = [
        migrations.CreateModel(
            name="Release",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=30)),
                ("number", models.PositiveIntegerField()),
                ("title", models.CharField(max_length=200)),
                ("released_date", models.DateField()),
                ("body", models.TextField()),
                ("digest", models.CharField(max_length=64)),
                ("reason", models.TextField()),
                ("released_at", models.DateTimeField()),
                ("released_by", models.CharField(max_length=150)),
                ("released_by_name", models.CharField(max_length=100)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("kind", "number"), name="release_numbered_once"),
                    models.CheckConstraint(condition=models.Q(("number__gt", 0)), name="release_counted"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("title", ""), _negated=True),
                            models.Q(("body", ""), _negated=True),
                            models.Q(("reason", ""), _negated=True),
                        ),
                        name="release_says_something",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("released_date__gte", beijing.FIRST), ("released_date__lt", beijing.AFTER)
                        ),
                        name="release_years",
                    ),
                ],
            },
        ),
    ]
