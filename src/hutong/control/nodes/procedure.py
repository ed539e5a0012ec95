"""The procedures of front-end servers: the lifecycles, where their cases lie, and their state and facts."""

from collections.abc import Sequence

from django.db.models import Model, QuerySet

from hutong.control.nodes.lifecycle import CHANGE, DRIFT, SERVER
from hutong.control.nodes.models import FrontEndServer, ServerChange, ServerDrift
from hutong.control.procedures.procedure import Procedure, Seen
from hutong.control.units import offices
from hutong.control.units import queries as members
from hutong.core import beijing


def seen_servers(cases: Sequence[Model]) -> list[Seen]:
    """Return the state and facts of servers, in their order: two statements, however many they are."""
    found = FrontEndServer.objects.select_related("unit").in_bulk([case.pk for case in cases])
    current_offices = offices.current()
    return [
        Seen(
            number=each.no,
            title=f"{each.unit.name}：{each.name}",
            state=each.state,
            entered_at=each.entered_at,
            parties={"unit": each.unit_id, **current_offices.parties(each.unit.region_code)},
            facts={},
            acted={"draft": frozenset(each.written_by)},
            region=each.unit.region_code,
            unit=each.unit_id,
            counterpart=current_offices.unit_of("operator", region=each.unit.region_code),
        )
        for each in (found[case.pk] for case in cases)
    ]


def seen_changes(cases: Sequence[Model]) -> list[Seen]:
    """Return the state and facts of changes, in their order: two statements, however many they are."""
    found = ServerChange.objects.select_related("server__unit").in_bulk([case.pk for case in cases])
    current_offices = offices.current()
    return [_seen_change(found[case.pk], current_offices) for case in cases]


def _seen_change(each: ServerChange, current_offices: offices.Offices) -> Seen:
    unit = each.server.unit
    window = (each.window_from_at, each.window_until_at)
    return Seen(
        number=each.no,
        title=f"{unit.name}：{each.server.name}",
        state=each.state,
        entered_at=each.entered_at,
        parties={"unit": unit.pk, **current_offices.parties(unit.region_code)},
        facts={
            "planned": not each.urgent, "urgent": each.urgent,
            "self_managed": each.managed == "SELF", "entrusted": each.managed == "ENTRUSTED",
            "window_began": False, "window_over": False,
        },
        dates={"from": beijing.day(window[0]), "until": beijing.last_day(window[1])} if all(window) else {},  # type: ignore[arg-type]
        acted={"draft": frozenset(each.written_by)},
        region=unit.region_code,
        unit=unit.pk,
        counterpart=current_offices.unit_of("operator", region=unit.region_code),
    )  # fmt: skip


def seen_drifts(cases: Sequence[Model]) -> list[Seen]:
    """Return the state and facts of drifts, in their order: two statements, however many they are."""
    found = ServerDrift.objects.select_related("server__unit").in_bulk([case.pk for case in cases])
    current_offices = offices.current()
    return [
        Seen(
            number=each.no,
            title=f"{each.server.unit.name}：{each.server.name}",
            state=each.state,
            entered_at=each.entered_at,
            parties={"unit": each.server.unit_id, **current_offices.parties(each.server.unit.region_code)},
            facts={"self_managed": each.managed == "SELF", "entrusted": each.managed == "ENTRUSTED"},
            region=each.server.unit.region_code,
            unit=each.server.unit_id,
            counterpart=current_offices.unit_of("operator", region=each.server.unit.region_code),
        )
        for each in (found[case.pk] for case in cases)
    ]


def concerned_drifts(about: str, key: str) -> QuerySet:
    """Return the drifts whose parties look at something: a unit."""
    every = ServerDrift.objects
    return every.filter(server__unit=key) if about == "units.unit" else every.none()


def concerned_servers(about: str, key: str) -> QuerySet:
    """Return the servers whose parties look at something: a unit."""
    every = FrontEndServer.objects
    return every.filter(unit=key) if about == "units.unit" else every.none()


def concerned_changes(about: str, key: str) -> QuerySet:
    """Return the changes whose parties look at something: a unit."""
    every = ServerChange.objects
    return every.filter(server__unit=key) if about == "units.unit" else every.none()


SERVERS = Procedure(
    life=SERVER,
    model=FrontEndServer,
    number="no",
    event="nodes.server_moved",
    number_field="server",
    seen=seen_servers,
    concerned=concerned_servers,
    staff=members.staff,
    stopped=members.stopped,
)
SERVER_CHANGES = Procedure(
    life=CHANGE,
    model=ServerChange,
    number="no",
    event="nodes.change_moved",
    number_field="change",
    seen=seen_changes,
    concerned=concerned_changes,
    staff=members.staff,
    stopped=members.stopped,
)
SERVER_DRIFTS = Procedure(
    life=DRIFT,
    model=ServerDrift,
    number="no",
    event="nodes.drift_moved",
    number_field="drift",
    seen=seen_drifts,
    concerned=concerned_drifts,
    staff=members.staff,
    stopped=members.stopped,
)
