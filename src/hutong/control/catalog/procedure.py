"""The procedures of the catalogue: entries and their changes, where these cases lie, and their state and facts."""

from collections.abc import Sequence

from django.db.models import Exists, Model, OuterRef, QuerySet

from hutong.control.catalog.lifecycle import CHANGE, ENTRY
from hutong.control.catalog.models import Change, Entry, Version
from hutong.control.procedures.procedure import Procedure, Seen
from hutong.control.units import offices
from hutong.control.units import queries as members


def seen_entries(cases: Sequence[Model]) -> list[Seen]:
    """Return the state and facts of entries, in their order: two statements, however many they are."""
    made = Exists(Version.objects.filter(entry=OuterRef("pk")))
    found = Entry.objects.select_related("provider").annotate(version_made=made).in_bulk([case.pk for case in cases])
    current_offices = offices.current()
    return [
        Seen(
            number=entry.code,
            title=f"{entry.provider.name}：{entry.name}",
            state=entry.state,
            entered_at=entry.entered_at,
            parties={"provider": entry.provider_id, **current_offices.parties(entry.provider.region_code)},
            facts={"version_made": entry.version_made},  # type: ignore[attr-defined]  # annotated
            region=entry.provider.region_code,
            unit=entry.provider_id,
        )
        for entry in (found[case.pk] for case in cases)
    ]


def seen_changes(cases: Sequence[Model]) -> list[Seen]:
    """Return the state and facts of changes, in their order: two statements, however many they are."""
    found = Change.objects.select_related("provider", "entry").in_bulk([case.pk for case in cases])
    current_offices = offices.current()
    return [
        Seen(
            number=change.no,
            title=f"{change.provider.name}：{change.name}",
            state=change.state,
            entered_at=change.entered_at,
            parties={"provider": change.provider_id, **current_offices.parties(change.provider.region_code)},
            facts={"alters": change.kind == "change", "withdrawn": change.entry.state == "WITHDRAWN"},
            acted={"draft": frozenset(change.written_by)},
            region=change.provider.region_code,
            unit=change.provider_id,
        )
        for change in (found[case.pk] for case in cases)
    ]


def concerned_entries(about: str, key: str) -> QuerySet:
    """Return the entries whose parties look at something: a unit."""
    return Entry.objects.filter(provider=key) if about == "units.unit" else Entry.objects.none()


def concerned_changes(about: str, key: str) -> QuerySet:
    """Return the changes whose conditions or parties look at something: an entry, or a unit."""
    if about == ENTRY.name:
        return Change.objects.filter(entry__code=key)
    return Change.objects.filter(provider=key) if about == "units.unit" else Change.objects.none()


ENTRIES = Procedure(
    life=ENTRY,
    model=Entry,
    number="code",
    event="catalog.entry_moved",
    number_field="resource",
    seen=seen_entries,
    concerned=concerned_entries,
    staff=members.staff,
    stopped=members.stopped,
)
CHANGES = Procedure(
    life=CHANGE,
    model=Change,
    number="no",
    event="catalog.change_moved",
    number_field="change",
    seen=seen_changes,
    concerned=concerned_changes,
    staff=members.staff,
    stopped=members.stopped,
)
