"""The procedure of applications: the lifecycle, where its cases lie, and their state and facts."""

from collections.abc import Sequence

from django.db.models import Model, QuerySet

from hutong.control.orgs import competence, offices
from hutong.control.orgs import queries as orgs
from hutong.control.procedures.procedure import Procedure, Seen
from hutong.control.sharing import queries, rules, supply
from hutong.control.sharing.lifecycle import APPLICATION
from hutong.control.sharing.models import Application


def seen(cases: Sequence[Model]) -> list[Seen]:
    """Return the state and facts of applications, in their order: five statements, however many they are."""
    beside = ("consumer", "entry__provider", "entry__current")
    found = Application.objects.select_related(*beside).in_bulk([case.pk for case in cases])
    applications = [found[case.pk] for case in cases]
    supplied = supply.supplied(applications)
    current_offices, under = offices.current(), competence.departments({each.consumer_id for each in applications})
    return [
        Seen(
            number=application.no,
            title=f"{application.consumer.name} → {application.entry.name}",
            state=application.state,
            entered_at=application.entered_at,
            parties={
                **queries.parties(application, competent=under.get(application.consumer_id)),
                **current_offices.parties(application.consumer.region_code),
            },
            facts=rules.conditions(
                conditional=application.entry.current.sharing_type == 2,
                supplied=application.no in supplied,
                withdrawn=not queries.is_shared(application.entry),
            ),
            acted={"draft": frozenset(application.written_by)},
            region=application.consumer.region_code,
            org=application.consumer_id,
            counterpart=application.entry.provider_id,
        )
        for application in applications
    ]


def concerned(about: str, key: str) -> QuerySet:
    """Return the applications whose conditions or parties look at something: an entry, or a unit."""
    if about == "catalog.entry":
        return Application.objects.filter(entry__code=key)
    if about == "orgs.unit":
        return Application.objects.filter(consumer=key) | Application.objects.filter(entry__provider=key)
    return Application.objects.none()


APPLICATIONS = Procedure(
    life=APPLICATION,
    model=Application,
    number="no",
    event="sharing.moved",
    number_field="application",
    seen=seen,
    concerned=concerned,
    staff=orgs.staff,
    stopped=orgs.stopped,
)
