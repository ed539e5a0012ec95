"""What was filed before gets its place in the register: by year, in the order of filing."""

from django.db import migrations

_FILED = """
update sharing_application a set filed_at = s.at from (
    select "case", max(at) as at from procedures_step
    where lifecycle = 'sharing.application' and action = 'file' group by "case"
) s
where a.filing_no <> '' and s."case" = a.no;
update sharing_application a set register_no = n.place from (
    select id, extract(year from filed_at at time zone 'Asia/Shanghai')::bigint * 1000000 + row_number() over (
        partition by extract(year from filed_at at time zone 'Asia/Shanghai') order by filed_at, id
    ) as place
    from sharing_application where filed_at is not null
) n
where a.id = n.id;
"""
"""What was filed before keeps the number it was given, and gets its place."""


class Migration(migrations.Migration):
    dependencies = [("sharing", "0003_findings"), ("procedures", "0001_initial")]

    operations = [migrations.RunSQL(_FILED, migrations.RunSQL.noop)]
