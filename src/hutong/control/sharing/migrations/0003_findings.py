"""What was found of a purpose, and the place of each filing in the register."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("sharing", "0002_unfinished")]

    operations = [
        migrations.AddField(
            model_name="application", name="filed_at", field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="application", name="register_no", field=models.BigIntegerField(null=True, unique=True),
        ),
        migrations.CreateModel(
            name="PurposeFinding",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("action", models.CharField(max_length=30)),
                ("looked_at", models.TextField()),
                ("basis_found", models.BooleanField()),
                ("conclusion", models.TextField(blank=True)),
                ("at", models.DateTimeField()),
                ("by", models.CharField(max_length=150)),
                ("by_name", models.CharField(max_length=100)),
                ("by_unit_name", models.CharField(max_length=200)),
                (
                    "application",
                    models.ForeignKey(
                        on_delete=models.deletion.PROTECT, related_name="findings", to="sharing.application",
                    ),
                ),
            ],
        ),
        migrations.AddIndex(
            model_name="application",
            index=models.Index(
                fields=["consumer", "register_no"], name="application_filed_consumer",
                condition=models.Q(register_no__isnull=False),
            ),
        ),
        migrations.AddIndex(
            model_name="application",
            index=models.Index(
                fields=["entry", "register_no"], name="application_filed_entry",
                condition=models.Q(register_no__isnull=False),
            ),
        ),
    ]  # fmt: skip
