"""Who is told of a case that is given on, taken over or given back; for which seat a hand was given, and by whom."""

from django.db import migrations, models


def _kept(longest: int) -> models.CharField:
    return models.CharField(max_length=longest, blank=True, default="", db_default="")


class Migration(migrations.Migration):
    dependencies = [("procedures", "0006_said")]

    operations = [
        migrations.AddField("handling", "told_officer", _kept(150)),
        migrations.AddField("handgiven", "by_unit", _kept(18)),
        migrations.AddField("handgiven", "role", _kept(30)),
        migrations.AddField("handgiven", "unit", _kept(18)),
        migrations.AddIndex(
            "handling",
            models.Index(fields=["to_officer", "at"], name="handling_given", condition=models.Q(kind="give")),
        ),
        migrations.AddIndex(
            "handling",
            models.Index(
                fields=["told_officer", "at"], name="handling_told", condition=~models.Q(told_officer="")
            ),
        ),
        migrations.AddIndex("handgiven", models.Index(fields=["by", "id"], name="hand_of_officer")),
    ]
