from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("sharing", "0004_form_id"),
    ]

    operations = [
        migrations.AddField(
            model_name="application",
            name="yearly_records",
            field=models.PositiveIntegerField(db_default=100, default=100),
        ),
    ]
