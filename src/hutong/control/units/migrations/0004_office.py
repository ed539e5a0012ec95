import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("units", "0003_postings"),
    ]

    operations = [
        migrations.CreateModel(
            name="Office",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("role", models.CharField(max_length=30)),
                ("region", models.CharField(blank=True, max_length=6)),
                ("from_at", models.DateTimeField()),
                ("until_at", models.DateTimeField(null=True)),
                ("given_by", models.CharField(max_length=150)),
                ("reason", models.TextField()),
            ],
        ),
        migrations.RemoveConstraint(
            model_name="deputy",
            name="deputy_once",
        ),
        migrations.AlterField(
            model_name="deputy",
            name="unit",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="deputies", to="units.unit"
            ),
        ),
        migrations.AddConstraint(
            model_name="deputy",
            constraint=models.UniqueConstraint(
                condition=models.Q(("ended_at__isnull", True)), fields=("role", "unit", "officer"), name="deputy_once"
            ),
        ),
        migrations.AddField(
            model_name="office",
            name="unit",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="offices", to="units.unit"
            ),
        ),
        migrations.AddConstraint(
            model_name="office",
            constraint=models.UniqueConstraint(
                condition=models.Q(("until_at__isnull", True)), fields=("role", "region"), name="office_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="office",
            constraint=models.CheckConstraint(
                condition=models.Q(("role__in", ("authority", "operator", "government"))), name="office_role"
            ),
        ),
        migrations.AddConstraint(
            model_name="office",
            constraint=models.CheckConstraint(
                condition=models.Q(("region__regex", "^([0-9]{6})?$")), name="office_region"
            ),
        ),
        migrations.AddConstraint(
            model_name="office",
            constraint=models.CheckConstraint(
                condition=models.Q(("until_at__isnull", True), ("until_at__gte", models.F("from_at")), _connector="OR"),
                name="office_ends_after_it_began",
            ),
        ),
    ]
