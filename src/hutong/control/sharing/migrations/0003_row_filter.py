from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("sharing", "0002_written_by"),
    ]

    operations = [
        migrations.AddField(
            model_name="application",
            name="row_filter",
            field=models.JSONField(default=dict),
        ),
    ]
