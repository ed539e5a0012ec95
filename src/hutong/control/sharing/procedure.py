"""The procedure of applications: the lifecycle, where its cases lie, and their state and facts."""

from collections.abc import Sequence

from django.db import connection
from django.db.models import Model, QuerySet

from hutong.control.catalog import rules as catalog
from hutong.control.procedures.procedure import Procedure, Seen
from hutong.control.sharing import queries, rules, supply
from hutong.control.sharing.lifecycle import APPLICATION
from hutong.control.sharing.models import Application
from hutong.control.units import offices
from hutong.control.units import queries as members


def seen(cases: Sequence[Model]) -> list[Seen]:
    """Return the state and facts of applications, in their order: three statements, however many they are."""
    with connection.cursor() as cur:
        cur.execute(queries.statements.seen, {"ids": [case.pk for case in cases]})
        names = [column.name for column in cur.description]
        found = {row[0]: dict(zip(names, row, strict=True)) for row in cur.fetchall()}
    applications = [found[case.pk] for case in cases]
    about = [supply.ApplicationAbout(each["no"], each["code"], each["version"]) for each in applications]
    supplied, current_offices = supply.supplied(about), offices.current()
    return [
        Seen(
            number=application["no"],
            title=f"{application['consumer_name']} → {application['entry_name']}",
            state=application["state"],
            entered_at=application["entered_at"],
            parties={
                **{party: application[party] for party in ("consumer", "competent", "provider")},
                **current_offices.parties(application["region"]),
            },
            facts=rules.conditions(
                conditional=application["sharing_type"] == 2,
                supplied=application["no"] in supplied,
                withdrawn=not catalog.is_shared(
                    state=application["entry_state"], sharing_type=application["sharing_type"]
                ),
            ),
            acted={"draft": frozenset(application["written_by"])},
            region=application["region"],
            unit=application["consumer"],
            counterpart=application["provider"],
        )
        for application in applications
    ]


def concerned(about: str, key: str) -> QuerySet:
    """Return the applications whose conditions or parties look at something: an entry, or a unit."""
    if about == "catalog.entry":
        return Application.objects.filter(entry__code=key)
    if about == "units.unit":
        return Application.objects.filter(consumer=key) | Application.objects.filter(entry__provider=key)
    return Application.objects.none()


APPLICATIONS = Procedure(
    life=APPLICATION,
    model=Application,
    number="no",
    event="sharing.application_moved",
    number_field="application",
    seen=seen,
    concerned=concerned,
    staff=members.staff,
    stopped=members.stopped,
)
