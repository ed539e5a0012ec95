"""That a case was edited, by whom and when, stands among what was done about it."""

from django.db import migrations, models

KINDS = ("take", "give", "give_back", "urge", "supervise", "consult", "answer", "attach", "detach", "edit")


class Migration(migrations.Migration):
    dependencies = [("procedures", "0002_functions")]

    operations = [
        migrations.RemoveConstraint("handling", "handling_kind"),
        migrations.AddConstraint(
            "handling", models.CheckConstraint(condition=models.Q(kind__in=KINDS), name="handling_kind")
        ),
    ]
