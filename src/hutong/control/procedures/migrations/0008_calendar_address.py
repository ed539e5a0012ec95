"""The private address at which a calendar reads an officer's deadlines: its digest alone is kept."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("procedures", "0007_told")]

    operations = [
        migrations.CreateModel(
            name="CalendarAddress",
            fields=[
                ("officer", models.CharField(max_length=150, primary_key=True, serialize=False)),
                ("digest", models.CharField(max_length=64, unique=True)),
                ("made_at", models.DateTimeField()),
            ],
        ),
    ]
