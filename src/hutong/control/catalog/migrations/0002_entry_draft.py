from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("catalog", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="entry",
            name="draft",
            field=models.JSONField(null=True),
        ),
    ]
