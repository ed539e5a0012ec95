import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("units", "0004_office"),
    ]

    operations = [
        migrations.RemoveField(
            model_name="unit",
            name="competent",
        ),
        migrations.CreateModel(
            name="Competence",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("from_date", models.DateField()),
                ("ended_date", models.DateField(null=True)),
                (
                    "department",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="over", to="units.unit"
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="under", to="units.unit"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("ended_date__isnull", True)), fields=("unit",), name="competent_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("ended_date__isnull", True), ("ended_date__gte", models.F("from_date")), _connector="OR"
                        ),
                        name="competent_period",
                    ),
                ],
            },
        ),
    ]
