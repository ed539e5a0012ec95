"""The official calendars of years the package does not know."""

from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True
    dependencies: tuple[()] = ()

    operations = [
        migrations.CreateModel(
            name="CalendarYear",
            fields=[
                ("year", models.PositiveSmallIntegerField(primary_key=True, serialize=False)),
                ("days_off", models.JSONField()),
                ("makeup", models.JSONField()),
                ("source", models.CharField(max_length=200)),
                ("digest", models.CharField(max_length=64)),
                ("loaded_at", models.DateTimeField()),
                ("loaded_by", models.CharField(max_length=150)),
            ],
        ),
    ]
