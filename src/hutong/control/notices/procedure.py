"""The procedure of notices: the lifecycle, where its cases lie, and their state and facts."""

from collections.abc import Sequence

from django.db.models import Model, QuerySet

from hutong.control.notices import queries
from hutong.control.notices.lifecycle import CONTACT_CHANGE
from hutong.control.notices.models import ContactChange
from hutong.control.procedures.procedure import Procedure, Seen
from hutong.control.units import offices
from hutong.control.units import queries as members


def seen(cases: Sequence[Model]) -> list[Seen]:
    """Return the state and facts of notices, in their order: three statements, however many they are."""
    found = ContactChange.objects.select_related("unit", "officer").in_bulk([case.pk for case in cases])
    current_offices, told = offices.current(), queries.leads([each.no for each in found.values()])
    return [
        Seen(
            number=each.no,
            title=f"{each.unit.name}：{each.officer.name}",
            state=each.state,
            entered_at=each.entered_at,
            parties={"unit": each.unit_id, **current_offices.parties(each.unit.region_code)},
            facts={
                "replaces": each.former_id is not None, "day_came": False,
                "in_time": each.former_id is None or told[each.no].in_time is True,
                "too_late": told[each.no].in_time is False,
            },
            dates={"effective": each.effective_date},
            acted={"notify": frozenset({each.told_by})},
            region=each.unit.region_code,
            unit=each.unit_id,
            counterpart=current_offices.unit_of("operator", region=each.unit.region_code),
        )
        for each in (found[case.pk] for case in cases)
    ]


def concerned(about: str, key: str) -> QuerySet:
    """Return the notices whose parties look at something: a unit."""
    return ContactChange.objects.filter(unit=key) if about == "units.unit" else ContactChange.objects.none()


CONTACT_CHANGES = Procedure(
    life=CONTACT_CHANGE,
    model=ContactChange,
    number="no",
    event="notices.contact_moved",
    number_field="notice",
    seen=seen,
    concerned=concerned,
    staff=members.staff,
    stopped=members.stopped,
)
