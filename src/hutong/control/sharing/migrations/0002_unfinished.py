"""What was typed of a draft that is not filled in completely."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("sharing", "0001_initial")]

    operations = [
        migrations.AddField(model_name="application", name="unfinished", field=models.JSONField(null=True)),
    ]
