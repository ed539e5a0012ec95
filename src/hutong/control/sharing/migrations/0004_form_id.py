from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("sharing", "0003_row_filter"),
    ]

    operations = [
        migrations.AddField(
            model_name="application",
            name="form_id",
            field=models.UUIDField(null=True),
        ),
        migrations.AddConstraint(
            model_name="application",
            constraint=models.UniqueConstraint(fields=("consumer", "form_id"), name="application_form_once"),
        ),
    ]
