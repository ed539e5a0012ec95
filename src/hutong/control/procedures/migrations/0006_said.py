"""What a case said when it was sent back and when it was handed in again, as a digest of each such step."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("procedures", "0005_seats")]

    operations = [
        migrations.AddField(
            model_name="step",
            name="said",
            field=models.CharField(blank=True, db_default="", default="", max_length=64),
        ),
    ]
