"""Who accepted which rules of use, by version and digest."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("registration", "0005_renewals")]

    operations = [
        migrations.AddField(
            model_name="registration",
            name="rules_digest",
            field=models.CharField(blank=True, db_default="", default="", max_length=64),
        ),
        migrations.CreateModel(
            name="RulesAccepted",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("officer", models.CharField(max_length=150)),
                ("version", models.CharField(max_length=20)),
                ("digest", models.CharField(max_length=64)),
                ("accepted_at", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("officer", "digest"), name="rules_accepted_once"),
                ],
            },
        ),
    ]
