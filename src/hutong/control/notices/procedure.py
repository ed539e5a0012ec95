"""The procedures of notices: the lifecycles, where their cases lie, and their state and facts."""

from collections.abc import Sequence

from django.db.models import Model, QuerySet

from hutong.control.notices import queries, rules
from hutong.control.notices.lifecycle import CONTACT_CHANGE, FAULT, MAINTENANCE
from hutong.control.notices.models import ContactChange, FaultCase, MaintenanceNotice
from hutong.control.procedures.procedure import Procedure, Seen
from hutong.control.units import offices
from hutong.control.units import queries as members
from hutong.core import beijing


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


def seen_work(cases: Sequence[Model]) -> list[Seen]:
    """Return the state and facts of notices of maintenance, in their order: three statements, however many they are."""
    found = MaintenanceNotice.objects.select_related("unit").in_bulk([case.pk for case in cases])
    current_offices = offices.current()
    told_anew = set(MaintenanceNotice.objects.filter(former__in=found).values_list("former", flat=True))
    return [
        Seen(
            number=each.no,
            title=f"{each.unit.name}：{rules.WORKS[each.kind]}，{beijing.shown(each.from_at)[:-3]}",
            state=each.state,
            entered_at=each.entered_at,
            parties={"unit": each.unit_id, **current_offices.parties(each.unit.region_code)},
            facts={"told_anew": each.pk in told_anew},
            dates={"first": beijing.day(each.from_at), "last": beijing.day(each.until_at)},
            acted={"notify": frozenset({each.told_by})},
            region=each.unit.region_code,
            unit=each.unit_id,
            counterpart=current_offices.unit_of("operator", region=each.unit.region_code),
        )
        for each in (found[case.pk] for case in cases)
    ]


def concerned_work(about: str, key: str) -> QuerySet:
    """Return the notices of maintenance whose parties look at something: a unit."""
    return MaintenanceNotice.objects.filter(unit=key) if about == "units.unit" else MaintenanceNotice.objects.none()


MAINTENANCE_NOTICES = Procedure(
    life=MAINTENANCE,
    model=MaintenanceNotice,
    number="no",
    event="notices.maintenance_moved",
    number_field="notice",
    seen=seen_work,
    concerned=concerned_work,
    staff=queries.staff,
    stopped=members.stopped,
)


def seen_faults(cases: Sequence[Model]) -> list[Seen]:
    """Return the state and facts of faults, in their order: two statements, however many they are."""
    found = FaultCase.objects.select_related("unit").in_bulk([case.pk for case in cases])
    current_offices = offices.current()
    return [
        Seen(
            number=each.no,
            title=f"{each.unit.name}：{rules.BROKEN[each.kind]}故障，{beijing.shown(each.noticed_at)[:-3]}",
            state=each.state,
            entered_at=each.entered_at,
            parties={"unit": each.unit_id, **current_offices.parties(each.unit.region_code)},
            facts={},
            acted={"detect": frozenset({each.detected_by} - {""})},
            region=each.unit.region_code,
            unit=each.unit_id,
            counterpart=current_offices.unit_of("operator", region=each.unit.region_code),
        )
        for each in (found[case.pk] for case in cases)
    ]


def concerned_faults(about: str, key: str) -> QuerySet:
    """Return the faults whose parties look at something: a unit."""
    return FaultCase.objects.filter(unit=key) if about == "units.unit" else FaultCase.objects.none()


FAULTS = Procedure(
    life=FAULT,
    model=FaultCase,
    number="no",
    event="notices.fault_moved",
    number_field="fault",
    seen=seen_faults,
    concerned=concerned_faults,
    staff=queries.staff,
    stopped=members.stopped,
)
