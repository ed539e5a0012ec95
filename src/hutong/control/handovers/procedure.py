"""The procedures of hand-overs and transfers: the lifecycles, where their cases lie, and their state and facts."""

from collections.abc import Sequence

from django.db.models import Model, QuerySet

from hutong.control.handovers.lifecycle import HANDOVER, TRANSFER
from hutong.control.handovers.models import Handover, HandoverPart, Transfer
from hutong.control.procedures.procedure import Procedure, Seen
from hutong.control.units import offices
from hutong.control.units import queries as members


def seen(cases: Sequence[Model]) -> list[Seen]:
    """Return the state and facts of hand-overs, in their order: three statements, however many they are."""
    found = Handover.objects.select_related("unit", "officer", "to").in_bulk([case.pk for case in cases])
    left = set(HandoverPart.objects.filter(handover__in=found, passed=False).values_list("handover", flat=True))
    current_offices = offices.current()
    return [
        Seen(
            number=each.no,
            title=f"{each.officer.name} → {each.to.name}",
            state=each.state,
            entered_at=each.entered_at,
            parties={"unit": each.unit_id, **current_offices.parties(each.unit.region_code)},
            facts={"day_came": False, "all_passed": each.pk not in left, "some_left": each.pk in left},
            dates={"effective": each.effective_date},
            acted={"arrange": frozenset({each.told_by})},
            region=each.unit.region_code,
            unit=each.unit_id,
        )
        for each in (found[case.pk] for case in cases)
    ]


def concerned(about: str, key: str) -> QuerySet:
    """Return the hand-overs whose parties look at something: a unit."""
    return Handover.objects.filter(unit=key) if about == "units.unit" else Handover.objects.none()


HANDOVERS = Procedure(
    life=HANDOVER,
    model=Handover,
    number="no",
    event="handovers.moved",
    number_field="handover",
    seen=seen,
    concerned=concerned,
    staff=members.staff,
    stopped=members.stopped,
)


def transfers_seen(cases: Sequence[Model]) -> list[Seen]:
    """Return the state and facts of transfers, in their order: two statements, however many they are."""
    found = Transfer.objects.select_related("unit", "receiver", "officer").in_bulk([case.pk for case in cases])
    current_offices = offices.current()
    return [
        Seen(
            number=each.no,
            title=f"{each.officer.name}：{each.unit.name} → {each.receiver.name}",
            state=each.state,
            entered_at=each.entered_at,
            parties={
                "unit": each.receiver_id, "former": each.unit_id,
                **current_offices.parties(each.receiver.region_code),
            },
            facts={},
            acted={"ask": frozenset({each.asked_by})},
            region=each.receiver.region_code,
            unit=each.unit_id,
            counterpart=each.receiver_id,
        )
        for each in (found[case.pk] for case in cases)
    ]  # fmt: skip


def transfers_concerned(about: str, key: str) -> QuerySet:
    """Return the transfers whose parties look at something: a unit."""
    if about != "units.unit":
        return Transfer.objects.none()
    return Transfer.objects.filter(unit=key) | Transfer.objects.filter(receiver=key)


TRANSFERS = Procedure(
    life=TRANSFER,
    model=Transfer,
    number="no",
    event="handovers.transfer_moved",
    number_field="transfer",
    seen=transfers_seen,
    concerned=transfers_concerned,
    staff=members.staff,
    stopped=members.stopped,
)
