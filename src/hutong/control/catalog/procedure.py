"""The procedure of catalogue entries: the lifecycle, where its cases lie, and what is so of each."""

from collections.abc import Sequence

from django.db.models import Model, QuerySet

from hutong.control.catalog.lifecycle import ENTRY
from hutong.control.catalog.models import Entry
from hutong.control.orgs import offices
from hutong.control.orgs import queries as orgs
from hutong.control.procedures.procedure import Procedure, Seen


def seen(cases: Sequence[Model]) -> list[Seen]:
    """Return what is so of entries, in their order: two statements, however many they are."""
    found = Entry.objects.select_related("provider").in_bulk([case.pk for case in cases])
    entries = [found[case.pk] for case in cases]
    held_offices = offices.now_held()
    return [
        Seen(
            number=entry.code,
            title=f"{entry.provider.name}：{entry.name}",
            state=entry.state,
            entered_at=entry.entered_at,
            parties={"provider": entry.provider_id, **held_offices.parties(entry.provider.region_code)},
            facts={},
            region=entry.provider.region_code,
            org=entry.provider_id,
        )
        for entry in entries
    ]


def concerned(subject: str, key: str) -> QuerySet:
    """Return the entries whose parties look at something: a unit."""
    return Entry.objects.filter(provider=key) if subject == "orgs.unit" else Entry.objects.none()


ENTRIES = Procedure(
    life=ENTRY,
    model=Entry,
    number="code",
    event="catalog.moved",
    subject="resource",
    seen=seen,
    concerned=concerned,
    staff=orgs.staff,
    stopped=orgs.stopped,
)
