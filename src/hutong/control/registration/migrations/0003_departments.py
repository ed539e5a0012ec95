"""Departments as a register of their own; those that stood beside people, systems and devices are registered."""

from django.db import migrations, models

_KINDS = ("system", "department", "user", "device")


class Migration(migrations.Migration):
    dependencies = [("registration", "0002_unfinished")]

    operations = [
        migrations.AlterField(model_name="registration", name="code", field=models.CharField(max_length=200)),
        migrations.RemoveConstraint(model_name="registration", name="registration_kind"),
        migrations.AddConstraint(
            model_name="registration",
            constraint=models.CheckConstraint(condition=models.Q(kind__in=_KINDS), name="registration_kind"),
        ),
        # the plane has those of its people since its migration 0022
        migrations.RunSQL(
            """
            insert into plane.department (unit, id)
            select distinct unit_id, department from public.registration_registration where department <> ''
            on conflict do nothing;
            insert into public.registration_registration
                (no, kind, unit_id, code, name, department, purpose, address, mlps_no, public_key, enrolled,
                 rules_version, rules_by, written_by, state, entered_at)
            select 'DJ00000000-' || lpad(row_number() over (order by d.unit, d.id)::text, 4, '0'), 'department', d.unit,
                   d.id, d.id, '', '', '', '', '', true, '', '', '{}', 'ACTIVE', now()
            from plane.department d join public.units_unit u on u.credit_code = d.unit
            """,
            migrations.RunSQL.noop,
        ),
    ]
