"""Reads of front-end servers and of the changes of their configuration."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import QuerySet

from hutong.control.nodes import rules, standing
from hutong.control.nodes.lifecycle import CHANGE, LEAD_DAYS, SERVER, UNUSED
from hutong.control.nodes.models import DeclaredVersion, FrontEndServer, ServerChange
from hutong.control.nodes.procedure import SERVER_CHANGES
from hutong.control.nodes.standing import Standing
from hutong.control.procedures import clocks, handling, operations, since
from hutong.control.procedures.models import Clock
from hutong.control.procedures.queries import PAGE, Case, in_order, waits_at, worded
from hutong.control.units import queries as members
from hutong.control.units.models import Unit
from hutong.control.units.rules import Actor
from hutong.core import beijing
from hutong.core.counting import COUNTED
from hutong.core.errors import Conflicting
from hutong.core.workdays import Calendar

VERSIONS = 20
"""The newest versions of what a server declared that stand on its page."""
GIVEN_UP = ("REJECTED", "CANCELLED", "NOT_VERIFIED", "ENDED")
"""Ends of a change that may be applied for again as it was."""


@dataclass(frozen=True, slots=True)
class ServerFilters:
    """What a list of servers or of their changes is narrowed to; empty where all is listed."""

    words: str = ""
    state: str = ""
    managed: str = ""
    item: str = ""


@dataclass(frozen=True, slots=True)
class ServerPage:
    """A server, and what its page says besides."""

    server: FrontEndServer
    digest: str
    """Of what it declares now."""
    versions: tuple[DeclaredVersion, ...]
    """The newest first."""
    editable: bool
    """Whether the reader may change now what it says."""
    changes: bool
    """Whether the reader may apply for a change of it."""
    again: bool
    """Whether the reader may write it down again as it was: nothing came of it."""
    standing: Standing


@dataclass(frozen=True, slots=True)
class ServerForm:
    """What the form of a server begins from."""

    may: bool
    """Whether the reader registers for the unit."""
    server: FrontEndServer | None
    """The one that is changed, or written down again."""
    refusal: Conflicting | None
    """Why it cannot be changed now."""
    at: str
    """The state it is shown in (`since.point`)."""
    systems: tuple[tuple[str, str], ...]
    """The unit's registered systems that are in use: code and name."""


@dataclass(frozen=True, slots=True)
class ServerChangeForm:
    """What the form of a change begins from."""

    may: bool
    server: FrontEndServer
    change: ServerChange | None
    """The one that is edited, or applied for again."""
    refusal: Conflicting | None
    at: str
    days: int
    """So many working days ahead it is applied for."""
    earliest: date | None
    """From which day what is handed in today is in time; None where the calendar does not reach so far."""
    systems: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Clocked:
    """What the clocks of a change say of how it was handed in and answered."""

    in_time: bool | None = None
    """Whether it was handed in early enough (SX-14-b); None where nothing was asked, or no calendar reaches so far."""
    latest: date | None = None
    """The last working day on which it was."""
    answer_day: date | None = None
    answered_late: bool = False
    """By which day the operator had to answer, and whether that passed without an answer."""


@dataclass(frozen=True, slots=True)
class ServerChangePage:
    """A change, and what its page says besides."""

    change: ServerChange
    clocked: Clocked
    editable: bool
    again: bool


@dataclass(frozen=True, slots=True)
class ExecutionForm:
    """What the form of what was carried out begins from."""

    change: ServerChange
    may: bool
    """Whether the reader may take that down now."""
    at: str


def server(no: str, *, actor: Actor) -> FrontEndServer:
    """Return one server; raises NoSuchServer, also where the actor may not see it."""
    found = FrontEndServer.objects.select_related("unit").filter(no=no).first()
    if found is None or not reads(SERVER.name, no, found.unit, actor):
        raise rules.NoSuchServer(no=no)
    return found


def change(no: str, *, actor: Actor) -> ServerChange:
    """Return one change; raises NoSuchServerChange, also where the actor may not see it."""
    found = ServerChange.objects.select_related("server__unit").filter(no=no).first()
    if found is None or not reads(CHANGE.name, no, found.server.unit, actor):
        raise rules.NoSuchServerChange(no=no)
    return found


def reads(life: str, no: str, unit: Unit, actor: Actor) -> bool:
    """Whether the actor reads a case about a unit's server: for what it is, for who waits for it, or as consulted."""
    if rules.sees(actor, unit=unit.pk, region=unit.region_code):
        return True
    return waits_at(life, no, members.headed(actor)) or handling.consulted(life, no, actor=actor)


def server_page(no: str, *, actor: Actor, now: datetime) -> ServerPage:
    """Return one server with what its page says besides; raises NoSuchServer."""
    found = server(no, actor=actor)
    versions = tuple(found.versions.select_related("change").order_by("-number")[:VERSIONS])
    own = rules.applies(actor, unit=found.unit_id)
    return ServerPage(
        found, rules.digest(found.facts), versions, editable(found, actor=actor), own and found.state == "ACTIVE",
        own and found.state in UNUSED, standing.of([found], now=now)[no],
    )  # fmt: skip


def version(no: str, number: int, *, actor: Actor) -> DeclaredVersion:
    """Return what a server declared in a version; raises NoSuchServer, also where there is no such version."""
    found = server(no, actor=actor).versions.select_related("server__unit", "change").filter(number=number).first()
    if found is None:
        raise rules.NoSuchServer(no=f"{no} · {number}")
    return found


def server_form(no: str, *, actor: Actor) -> ServerForm:
    """Return a server as its form begins; raises NoSuchServer."""
    found = server(no, actor=actor)
    refusal = None
    if found.state not in SERVER.editable:
        refusal = rules.ServerNotEditable(no=no, case_state=SERVER.states[found.state].name)
    may = rules.applies(actor, unit=found.unit_id)
    at = str(since.point(SERVER.name, no, found))
    return ServerForm(may, found, refusal if may else None, at, standing.systems(found.unit_id))


def new_server_form(*, actor: Actor, again: str = "") -> ServerForm:
    """Return what a new server of the actor's unit begins from: the earlier one `again`, where one is named."""
    former = server(again, actor=actor) if again else None
    if former is not None and former.unit_id != actor.unit:
        raise rules.NoSuchServer(no=again)
    return ServerForm(rules.applies(actor, unit=actor.unit), former, None, "", standing.systems(actor.unit))


def registers(actor: Actor) -> bool:
    """Whether the actor registers servers of the own unit."""
    return rules.applies(actor, unit=actor.unit)


def editable(case: FrontEndServer, *, actor: Actor) -> bool:
    """Whether the actor may change now what a server says."""
    return case.state in SERVER.editable and rules.applies(actor, unit=case.unit_id)


def change_page(no: str, *, actor: Actor) -> ServerChangePage:
    """Return one change with what its page says besides; raises NoSuchServerChange."""
    found = change(no, actor=actor)
    own = rules.applies(actor, unit=found.server.unit_id)
    again = own and found.state in GIVEN_UP and found.server.state == "ACTIVE"
    return ServerChangePage(found, clocked([no])[no], change_editable(found, actor=actor), again)


def new_change_form(no: str, *, actor: Actor, now: datetime, calendar: Calendar, again: str = "") -> ServerChangeForm:
    """Return what a change of a server begins from; `calendar` holds the packaged years.

    Raises NoSuchServer, and NoSuchServerChange where the one that is applied for `again` is another server's.
    """
    found = server(no, actor=actor)
    former = change(again, actor=actor) if again else None
    if former is not None and former.server_id != found.pk:
        raise rules.NoSuchServerChange(no=again)
    refusal = None if found.state == "ACTIVE" else not_running(found)
    return _change_form(found, former, refusal, "", actor=actor, now=now, calendar=calendar)


def change_form(no: str, *, actor: Actor, now: datetime, calendar: Calendar) -> ServerChangeForm:
    """Return a change as its form begins; raises NoSuchServerChange."""
    found, refusal = change(no, actor=actor), None
    if found.state not in CHANGE.editable:
        refusal = rules.ServerChangeNotEditable(no=no, case_state=CHANGE.states[found.state].name)
    at = str(since.point(CHANGE.name, no, found))
    return _change_form(found.server, found, refusal, at, actor=actor, now=now, calendar=calendar)


def _change_form(
    server: FrontEndServer, change: ServerChange | None, refusal: Conflicting | None, at: str, *, actor: Actor,
    now: datetime, calendar: Calendar,
) -> ServerChangeForm:  # fmt: skip
    region = server.unit.region_code
    days, earliest = clocks.told_ahead(LEAD_DAYS, region=region, today=beijing.day(now), calendar=calendar)
    may = rules.applies(actor, unit=server.unit_id)
    theirs = standing.systems(server.unit_id)
    return ServerChangeForm(may, server, change, refusal if may else None, at, days, earliest, theirs)


def not_running(server: FrontEndServer) -> rules.ServerNotRunning:
    """Return that nothing of a server can be changed, for it is not registered, or not any more."""
    return rules.ServerNotRunning(no=server.no, case_state=SERVER.states[server.state].name)


def execution_form(no: str, *, actor: Actor, now: datetime) -> ExecutionForm:
    """Return what the form of what was carried out begins from; raises NoSuchServerChange."""
    found = change(no, actor=actor)
    may = operations.may(SERVER_CHANGES, found, "execute", actor=actor, now=now)
    return ExecutionForm(found, may, str(since.point(CHANGE.name, no, found)))


def change_editable(case: ServerChange, *, actor: Actor) -> bool:
    """Whether the actor may change now what an application says."""
    return case.state in CHANGE.editable and rules.applies(actor, unit=case.server.unit_id)


def clocked(numbers: Collection[str]) -> Mapping[str, Clocked]:
    """Return what the clocks of these changes say, by number: one statement."""
    there = Clock.objects.filter(lifecycle=CHANGE.name, case__in=list(numbers), name__in=("lead", "answer"))
    found: dict[str, dict[str, Clock]] = {number: {} for number in numbers}
    for each in there:
        found[each.case][each.name] = each
    return {number: _clocked(clocks.get("lead"), clocks.get("answer")) for number, clocks in found.items()}


def _clocked(lead: Clock | None, answer: Clock | None) -> Clocked:
    in_time = {"met": True, "late": False}.get(lead.result) if lead else None
    late = answer is not None and answer.result == "late"
    return Clocked(in_time, lead.day if lead else None, answer.day if answer else None, late)


def due(*, now: datetime) -> list[tuple[str, str]]:
    """Return the changes whose window began or ended and that do not say so yet, with what comes about, in order."""
    begin = ServerChange.objects.filter(state="APPROVED", window_from_at__lte=now)
    end = ServerChange.objects.filter(state="IN_WINDOW", window_until_at__lte=now)
    began = [(no, "begin_window") for no in begin.order_by("window_from_at", "id").values_list("no", flat=True)]
    return began + [(no, "end_window") for no in end.order_by("window_until_at", "id").values_list("no", flat=True)]


def servers(
    actor: Actor, asked: ServerFilters, *, after: tuple[datetime, int] | None = None, oldest: bool = False,
    limit: int = PAGE,
) -> list[FrontEndServer]:  # fmt: skip
    """Return a page of the servers the actor may read, the newest first; `oldest` turns the order.

    Each of the words begins the number, or occurs in the code, the name or the unit's name. `after` is where the page
    before ended: `entered_at` and id of its last row.
    """
    found = in_order(_servers(actor, asked), after=after, oldest=oldest)
    return list(found.select_related("unit")[:limit])


def servers_counted(actor: Actor, asked: ServerFilters, *, most: int = COUNTED + 1) -> int:
    """Return how many servers fit, on all pages, counted up to `most`."""
    return _servers(actor, asked)[:most].count()


def _servers(actor: Actor, asked: ServerFilters) -> QuerySet[FrontEndServer]:
    found = worded(FrontEndServer.objects.filter(members.theirs(actor)), asked.words, "code", "name", "unit__name")
    narrowed = {name: value for name, value in (("state", asked.state), ("managed", asked.managed)) if value}
    return found.filter(**narrowed)


def changes(
    actor: Actor, asked: ServerFilters, *, after: tuple[datetime, int] | None = None, oldest: bool = False,
    limit: int = PAGE,
) -> list[ServerChange]:  # fmt: skip
    """Return a page of the changes the actor may read, the newest first; `oldest` turns the order.

    Each of the words begins the number, or occurs in the server's code or name or the unit's name.
    """
    found = in_order(_changes(actor, asked), after=after, oldest=oldest)
    return list(found.select_related("server__unit")[:limit])


def changes_counted(actor: Actor, asked: ServerFilters, *, most: int = COUNTED + 1) -> int:
    """Return how many changes fit, on all pages, counted up to `most`."""
    return _changes(actor, asked)[:most].count()


def of_servers(found: QuerySet[Case], actor: Actor, asked: ServerFilters) -> QuerySet[Case]:
    """Return the cases about the servers that the actor may read, where the words fit number, server or unit."""
    there = found.filter(members.theirs(actor, "server__unit_id"))
    return worded(there, asked.words, "server__code", "server__name", "server__unit__name")


def _changes(actor: Actor, asked: ServerFilters) -> QuerySet[ServerChange]:
    found = of_servers(ServerChange.objects.all(), actor, asked)
    if asked.item:
        found = found.filter(items__contains=[asked.item])
    return found.filter(state=asked.state) if asked.state else found
