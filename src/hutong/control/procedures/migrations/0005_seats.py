"""For which seat something was said about a case; and what an officer asked of others, the newest first."""

from django.db import migrations, models

ASKING = ("urge", "supervise", "consult")


class Migration(migrations.Migration):
    dependencies = [("procedures", "0004_looked")]

    operations = [
        migrations.AddField(
            "handling", "by_unit", models.CharField(max_length=18, blank=True, default="", db_default="")
        ),
        migrations.AddField(
            "handling", "role", models.CharField(max_length=30, blank=True, default="", db_default="")
        ),
        migrations.AddField(
            "handling", "unit", models.CharField(max_length=18, blank=True, default="", db_default="")
        ),
        migrations.AddIndex(
            "handling",
            models.Index(fields=["by", "id"], name="handling_asking", condition=models.Q(kind__in=ASKING)),
        ),
    ]
