import django.contrib.postgres.fields
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("sharing", "0001_initial"),
    ]

    operations = [
        migrations.RemoveField(
            model_name="application",
            name="drafted_by",
        ),
        migrations.AddField(
            model_name="application",
            name="written_by",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=150), default=list, size=None
            ),
        ),
    ]
