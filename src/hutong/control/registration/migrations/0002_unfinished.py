"""What was typed of a draft that is not filled in completely."""

from django.db import migrations, models

_UNUSED = ("REJECTED", "TAKEN_BACK", "ENDED")


class Migration(migrations.Migration):
    dependencies = [("registration", "0001_initial")]

    operations = [
        migrations.AddField(model_name="registration", name="unfinished", field=models.JSONField(null=True)),
        migrations.RemoveConstraint(model_name="registration", name="registration_system_once"),
        migrations.RemoveConstraint(model_name="registration", name="registration_code_once"),
        migrations.AddConstraint(
            model_name="registration",
            constraint=models.UniqueConstraint(
                fields=["code"], name="registration_system_once",
                condition=models.Q(kind="system") & ~models.Q(state__in=_UNUSED) & ~models.Q(code=""),
            ),
        ),
        migrations.AddConstraint(
            model_name="registration",
            constraint=models.UniqueConstraint(
                fields=["unit", "kind", "code"], name="registration_code_once",
                condition=~models.Q(state__in=_UNUSED) & ~models.Q(code=""),
            ),
        ),
    ]
