"""The numbers of registered people, enciphered."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("registration", "0003_departments")]

    operations = [
        migrations.CreateModel(
            name="UserNumber",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("fact", models.CharField(max_length=20)),
                ("sealed", models.BinaryField()),
                ("masked", models.CharField(max_length=40)),
                (
                    "registration",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="numbers",
                        to="registration.registration",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("registration", "fact"), name="user_number_once"),
                ],
            },
        ),
    ]
