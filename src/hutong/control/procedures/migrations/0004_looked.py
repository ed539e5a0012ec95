"""Up to what an officer has looked at messages, and the steps of an officer, the newest first."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("procedures", "0003_edits")]

    operations = [
        migrations.CreateModel(
            name="MessagesLooked",
            fields=[
                ("officer", models.CharField(max_length=150, primary_key=True, serialize=False)),
                ("looked_at", models.DateTimeField()),
                ("entry", models.BigIntegerField()),
            ],
        ),
        migrations.AddIndex(model_name="step", index=models.Index(fields=["by", "id"], name="step_of_officer")),
    ]
