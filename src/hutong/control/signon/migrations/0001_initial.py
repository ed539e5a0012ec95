"""Identity services, their keys, and which account is whom of them."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("units", "0003_kept_forms"),
    ]

    operations = [
        migrations.CreateModel(
            name="IdentityService",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.SlugField(max_length=30)),
                ("name", models.CharField(max_length=200)),
                ("issuer", models.CharField(max_length=500)),
                ("client_id", models.CharField(max_length=200)),
                ("authentication", models.CharField(max_length=30)),
                ("login_address", models.CharField(max_length=1000)),
                ("token_address", models.CharField(max_length=1000)),
                ("keys_address", models.CharField(max_length=1000)),
                ("leaving_address", models.CharField(blank=True, max_length=1000)),
                (
                    "algorithms",
                    django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=20), size=None),
                ),
                (
                    "acr",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=200), blank=True, size=None
                    ),
                ),
                ("secret", models.BinaryField()),
                ("state", models.CharField(max_length=10)),
                ("proposed_by", models.CharField(max_length=150)),
                ("proposed_at", models.DateTimeField()),
                ("decided_by", models.CharField(blank=True, max_length=150)),
                ("decided_at", models.DateTimeField(null=True)),
                ("reason", models.TextField(blank=True)),
            ],
        ),
        migrations.CreateModel(
            name="Binding",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("issuer", models.CharField(max_length=500)),
                ("subject", models.CharField(max_length=255)),
                ("called", models.CharField(blank=True, max_length=100)),
                ("bound_by", models.CharField(max_length=150)),
                ("bound_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
                ("ended_by", models.CharField(blank=True, max_length=150)),
                ("reason", models.TextField(blank=True)),
                (
                    "officer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="bindings", to="units.officer"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="HandedCode",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("issuer", models.CharField(max_length=500)),
                ("subject", models.CharField(max_length=255)),
                ("called", models.CharField(blank=True, max_length=100)),
                ("digest", models.CharField(max_length=64, unique=True)),
                ("until_at", models.DateTimeField(db_index=True)),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("issuer", "subject"), name="signon_code_once")],
            },
        ),
        migrations.CreateModel(
            name="ServiceKeys",
            fields=[
                (
                    "service",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="keys",
                        serialize=False,
                        to="signon.identityservice",
                    ),
                ),
                ("sealed", models.BinaryField()),
                ("read_at", models.DateTimeField()),
            ],
        ),
        migrations.AddConstraint(
            model_name="identityservice",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state__in", ("IN_FORCE", "OFF"))), fields=("issuer",), name="signon_one_of_issuer"
            ),
        ),
        migrations.AddConstraint(
            model_name="identityservice",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state__in", ("IN_FORCE", "OFF"))), fields=("code",), name="signon_one_of_code"
            ),
        ),
        migrations.AddConstraint(
            model_name="identityservice",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "PROPOSED")), fields=("issuer",), name="signon_proposed_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="identityservice",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ("PROPOSED", "IN_FORCE", "OFF", "ENDED"))), name="signon_service_state"
            ),
        ),
        migrations.AddConstraint(
            model_name="identityservice",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "IN_FORCE"), _negated=True),
                    models.Q(
                        models.Q(("decided_by", ""), _negated=True),
                        models.Q(("decided_by", models.F("proposed_by")), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="signon_confirmed_by_another",
            ),
        ),
        migrations.AddIndex(
            model_name="binding",
            index=models.Index(fields=["bound_at", "id"], name="signon_binding_newest"),
        ),
        migrations.AddConstraint(
            model_name="binding",
            constraint=models.UniqueConstraint(
                condition=models.Q(("ended_at__isnull", True)), fields=("issuer", "subject"), name="signon_bound_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="binding",
            constraint=models.UniqueConstraint(
                condition=models.Q(("ended_at__isnull", True)), fields=("officer", "issuer"), name="signon_officer_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="binding",
            constraint=models.CheckConstraint(
                condition=models.Q(models.Q(("issuer", ""), _negated=True), models.Q(("subject", ""), _negated=True)),
                name="signon_binding_of_somebody",
            ),
        ),
    ]
