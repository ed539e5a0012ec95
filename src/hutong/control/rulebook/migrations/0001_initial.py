"""The versions of the rulebook, and what keeps anybody from changing or deleting one."""

from datetime import date

from django.db import migrations, models

KEPT = """
create function rulebook_kept() returns trigger language plpgsql as $$
begin
    raise exception 'a version of the rulebook is neither changed nor deleted'
        using errcode = 'restrict_violation', constraint = 'rulebook_version_kept';
end $$;
create trigger rulebook_version_kept before update or delete or truncate on rulebook_version
    for each statement execute function rulebook_kept();
"""
GONE = "drop trigger rulebook_version_kept on rulebook_version; drop function rulebook_kept()"


class Migration(migrations.Migration):
    initial = True
    dependencies: tuple[()] = ()

    operations = [
        migrations.CreateModel(
            name="Version",
            fields=[
                ("number", models.PositiveIntegerField(primary_key=True, serialize=False)),
                ("region", models.CharField(blank=True, max_length=6)),
                ("from_date", models.DateField()),
                ("changed", models.JSONField()),
                ("reason", models.TextField()),
                ("digest", models.CharField(max_length=64)),
                ("made_at", models.DateTimeField()),
                ("made_by", models.CharField(max_length=150)),
                ("made_by_name", models.CharField(max_length=100)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("number__gt", 0)), name="rulebook_version_counted"),
                    models.CheckConstraint(
                        condition=models.Q(("reason", ""), _negated=True), name="rulebook_version_reasoned"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("changed", {}), _negated=True), name="rulebook_version_changes"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("from_date__gte", date(2000, 1, 1)))
                        & models.Q(("from_date__lt", date(2200, 1, 1))),
                        name="rulebook_version_years",
                    ),
                ],
            },
        ),
        migrations.RunSQL(KEPT, GONE),
    ]
