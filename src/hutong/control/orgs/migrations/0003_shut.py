"""What a failed login shut the door to, once that is entered."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("orgs", "0002_second_factor")]

    operations = [
        migrations.AddField(
            model_name="failedlogin",
            name="shut",
            field=models.CharField(db_default="", default="", max_length=7),
        ),
    ]
