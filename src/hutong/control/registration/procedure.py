"""The procedures of registrations and of renewals: lifecycle, where its cases lie, and their state and facts."""

from collections.abc import Sequence

from django.db.models import Model, QuerySet

from hutong.control.procedures.procedure import Procedure, Seen
from hutong.control.registration import rules
from hutong.control.registration.lifecycle import REGISTRATION, RENEWAL
from hutong.control.registration.models import Registration, Renewal
from hutong.control.units import offices
from hutong.control.units import queries as members


def seen(cases: Sequence[Model]) -> list[Seen]:
    """Return the state and facts of registrations, in their order: two statements, however many they are."""
    found = Registration.objects.select_related("unit").in_bulk([case.pk for case in cases])
    current_offices = offices.current()
    return [
        Seen(
            number=each.no,
            title=f"{each.unit.name}：{each.name}",
            state=each.state,
            entered_at=each.entered_at,
            parties={"unit": each.unit_id, **current_offices.parties(each.unit.region_code)},
            facts=rules.conditions(kind=each.kind, enrolled=each.enrolled),
            acted={"apply": frozenset(each.written_by)},
            region=each.unit.region_code,
            unit=each.unit_id,
        )
        for each in (found[case.pk] for case in cases)
    ]


def concerned(about: str, key: str) -> QuerySet:
    """Return the registrations whose parties look at something: a unit."""
    return Registration.objects.filter(unit=key) if about == "units.unit" else Registration.objects.none()


REGISTRATIONS = Procedure(
    life=REGISTRATION,
    model=Registration,
    number="no",
    event="registration.moved",
    number_field="registration",
    seen=seen,
    concerned=concerned,
    staff=members.staff,
    stopped=members.stopped,
)


def renewals_seen(cases: Sequence[Model]) -> list[Seen]:
    """Return the state and facts of renewals, in their order: two statements, however many they are."""
    found = Renewal.objects.select_related("registration__unit").in_bulk([case.pk for case in cases])
    current_offices = offices.current()
    return [
        Seen(
            number=each.no,
            title=f"{each.registration.unit.name}：{each.registration.name}",
            state=each.state,
            entered_at=each.entered_at,
            parties={
                "unit": each.registration.unit_id, **current_offices.parties(each.registration.unit.region_code)
            },
            facts={},
            acted={"hand_in": frozenset(each.written_by)},
            region=each.registration.unit.region_code,
            unit=each.registration.unit_id,
        )
        for each in (found[case.pk] for case in cases)
    ]


def renewals_concerned(about: str, key: str) -> QuerySet:
    """Return the renewals whose parties look at something: a unit."""
    return Renewal.objects.filter(registration__unit=key) if about == "units.unit" else Renewal.objects.none()


RENEWALS = Procedure(
    life=RENEWAL,
    model=Renewal,
    number="no",
    event="registration.renewal_moved",
    number_field="renewal",
    seen=renewals_seen,
    concerned=renewals_concerned,
    staff=members.staff,
    stopped=members.stopped,
)
