"""Who plays a lane's share of the county's past: its officers by operations, its systems by signed questions."""

import random
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import TypeVar

import pyarrow as pa
from django.db import connection

from hutong.console import load
from hutong.control.sharing import operations, queries, service, verifying
from hutong.control.units import queries as members
from hutong.control.units.rules import Actor
from hutong.core.errors import Problem
from hutong.core.workdays import Calendar
from hutong.demo import applying, desks, emergency, fill, past, questions, ways
from hutong.demo import county as counties
from hutong.demo.clock import Moving
from hutong.demo.columns import Rows
from hutong.demo.description import Resource
from hutong.demo.past import PastCase, PastDay, Size
from hutong.demo.questions import Question, SigningSystem
from hutong.gateway.state import Gateway
from hutong.installation.opening import Installation
from hutong.messages import logger
from hutong.plane.definition import Mode
from hutong.plane.delivery import spool_folder
from hutong.plane.keys import Keyring
from hutong.plane.suspensions import Suspendable

NEVER = 10**6
"""The working day on which an application moves that does not move any more."""
LIST = 200
"""Questions in one list."""
WRONG_PERCENT = 6
"""Claims in a hundred that do not agree."""
QUERIED = 80
"""Records of a resource that are ever queried."""
SUSPENDED_EVERY, LIFTED_AFTER, REVOKED_EVERY = 9, 6, 16
"""Working days."""
ADOPTED_ON, DRILLED_ON = 0, 1
"""Working day on which the emergency plan is adopted, and on which it is rehearsed."""
SUSPENDED = "同一用户短时间内大量查询，与所办事项不符，待核查。"
LIFTED = "使用单位已提交整改报告，核查属实。"
REVOKED = "所办事项已取消，使用单位不再需要。"


T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Lane:
    """One lane of several, and its share of the work."""

    number: int = 0
    of: int = 1

    def has(self, number: int) -> bool:
        """Whether the thing of that number is this lane's."""
        return number % self.of == self.number

    def mine(self, things: Sequence[T]) -> list[T]:
        """Return those of all things that are this lane's."""
        return [each for number, each in enumerate(things) if self.has(number)]


@dataclass(slots=True)
class Played:
    """How much was done, and how much was refused, by code; nothing is refused where nobody else is at work."""

    uses: Counter[int] = field(default_factory=Counter)
    """Status of the replies."""
    deliveries: Counter[str] = field(default_factory=Counter)
    """State of the receipts."""
    rejected: int = 0
    """Rows of all deliveries that were rejected."""
    refused: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True, slots=True)
class _Open:
    """A grant that was opened, who asks under it, and the items that claims are made about or that are given."""

    no: str
    case: PastCase
    caller: SigningSystem
    until_at: datetime


class Player:
    """Plays one lane's share of days, part by part; the lanes play the same part at the same moment, side by side."""

    def __init__(
        self, installation: Installation, *, lane: Lane, size: Size, rows: Rows, gateway: Gateway, clock: Moving
    ) -> None:
        self.installation = replace(installation, clock=clock)
        self.clock, self.lane, self.size, self.rows, self.gateway = clock, lane, size, rows, gateway
        self.played = Played()
        self._draw = random.Random(f"played {lane.number}")  # noqa: S311 - a county, no secret
        self._actors: dict[str, Actor] = {}
        self._cases: list[PastCase] = []
        self._open: list[_Open] = []
        self._suspended: list[tuple[int, int]] = []
        self._records: dict[str, list[dict[str, object]]] = {}
        self._fed: set[str] = set()

    def publish(self) -> None:
        """Publish the lane's share of the catalogue."""
        fill.publish_all(self.lane.mine(self.size.listed), now=self.clock())

    def part(self, day: PastDay, hour: int) -> None:
        """Play one part of a day: all that is planned for that hour."""
        first, last = hour == day.parts[0], hour == day.parts[-1]
        if first:
            self._actors.clear()
            self._cases += [case for case in day.new if self.lane.has(case.number)]
        self.clock.turn(day.day, hour=hour, minute=day.minute)
        if day.working:
            if first:
                for number, resource in day.deliveries:
                    if self.lane.has(number):
                        self._deliver(resource, first=day.number == 0, number=number)
            for case in past.due(self._cases, day=day, hour=hour):
                self._go_on(case, day)
            if last and self.lane.number == 0:
                self._oversee(day)
        if last:
            self._use(day)

    def leave_open(self) -> None:
        """Let something wait for everybody who logs in."""
        keyring = Keyring.load(self.installation.keyring_path)
        desks.fill(self._actor, listed=self.size.listed, keyring=keyring, now=self.clock())

    # What officers do

    def _actor(self, username: str) -> Actor:
        if username not in self._actors:
            self._actors[username] = members.actor(username, now=self.clock())
        return self._actors[username]

    def _go_on(self, case: PastCase, day: PastDay) -> None:
        """Take the next step of an application, or all of them where it has no pace."""
        try:
            if not case.no:
                case.no = applying.draft(case, actor=self._actor(f"{case.unit.login}.clerk"), now=self.clock())
            elif not self._stepped(case):
                return
            while not case.pace and self._stepped(case):
                pass
        except Problem as problem:  # a door: somebody at the pages may have been at it, too
            self.played.refused[problem.code] += 1
            logger.warning("past.refused", application=case.no, code=problem.code)
            case.due = NEVER
            return
        case.due = max(case.due, day.number + (case.way.rest if case.at_a_turn and case.way.rest else case.pace))

    def _stepped(self, case: PastCase) -> bool:
        """Take one step, and return whether there was one."""
        action = None
        if case.state != case.way.stays or case.turns:
            action = ways.step(case.state, case.turns, unconditional=case.resource.sharing == 1)
        if action is None:
            case.due = NEVER
            return False
        provider = past.login(case.resource.unit)
        who = ways.seat(case.state, action, consumer=case.unit.login, provider=provider)
        case.state = operations.take(
            case.no, action, actor=self._actor(who), now=self.clock(), calendar=Calendar.official(),
            reason=ways.REASONS.get(action, ""), basis=ways.BASIS if action in ("refuse", "stop") else "",
            finding=verifying.read(ways.FINDINGS.get(action, {})),
        )  # fmt: skip
        if action == "file":
            self._opened(case)
        return True

    def _opened(self, case: PastCase) -> None:
        assert case.until_at is not None
        no = queries.application(case.no, actor=self._actor("operator")).grant_no
        unit, which = case.unit, len(self._open) % len(case.unit.users)
        key = questions.key_of(self.installation.settings.data / "demo", unit.system_id)
        caller = SigningSystem(
            unit.system_id, key, unit.users[which], unit.devices[which], unit.purpose[0], unit.matter[0]
        )
        self._open.append(_Open(no, case, caller, case.until_at))

    def _oversee(self, day: PastDay) -> None:
        """Suspend, lift and revoke, every so many working days."""
        self._prepare(day)
        operator, now = self._actor("operator"), self.clock()
        running = [each for each in self._open if each.until_at > now]
        if day.number % SUSPENDED_EVERY == SUSPENDED_EVERY - 1 and running:
            grant = running.pop(self._draw.randrange(len(running)))
            self._open.remove(grant)
            id_ = service.suspend(
                Suspendable.GRANT, grant.no, reason=SUSPENDED, clause="SX-16-(二)", actor=operator, now=now
            )
            self._suspended.append((id_, day.number))
        for id_, since in self._suspended[::2]:
            if day.number - since == LIFTED_AFTER:
                service.lift(id_, verified=LIFTED, actor=operator, now=now)
        if day.number % REVOKED_EVERY == REVOKED_EVERY - 1 and running:
            grant = running.pop(self._draw.randrange(len(running)))
            self._open.remove(grant)
            service.revoke(grant.no, reason=REVOKED, actor=operator, now=now)

    def _prepare(self, day: PastDay) -> None:
        """Adopt the emergency plan, and hold a restore drill, each on its day."""
        done = {ADOPTED_ON: emergency.adopt_plan, DRILLED_ON: emergency.report_drill}.get(day.number)
        if done is not None:
            done(self._actor, keyring=Keyring.load(self.installation.keyring_path), now=self.clock())

    # What systems do

    def _deliver(self, resource: Resource, *, first: bool, number: int) -> None:
        table = self.rows.table(resource)
        if not first:
            table = _newer(table, number=number)
        if not first and number % 3 == 0:
            table = _faulty(table, resource, count=1 + number % 4)
        with spool_folder.working(self.installation.settings.spool) as folder:
            file = counties.write_csv(table, folder / "delivery.csv")
            receipt = load.hand_in(
                self.installation, resource=resource.code, file=file, key=f"{self.clock():%Y%m%d}-{number:03}",
                by=f"{past.login(resource.unit)}.editor",
            )  # fmt: skip
        self.played.deliveries[receipt.state] += 1
        self.played.rejected += receipt.rejected or 0

    def _use(self, day: PastDay) -> None:
        # The day after its end a system still asks, and is refused; then it has been told.
        self._open = [each for each in self._open if self.clock() < each.until_at + timedelta(days=1)]
        if not self._open:
            return
        count = -(-day.uses // self.lane.of)
        asked = [self._question(self._draw.choice(self._open)) for _ in range(count)]
        for first in range(0, count, LIST):
            told = questions.ask(self.gateway, asked[first : first + LIST], now=self.clock())
            self.played.uses.update(told)

    def _question(self, grant: _Open) -> Question:
        case, draw = grant.case, self._draw
        if case.mode is Mode.SUBSCRIBE:
            if grant.no not in self._fed:
                self._fed.add(grant.no)
                return Question(grant.caller, "GET", "/v1/snapshot", {"grant": grant.no, "limit": 100})
            return Question(grant.caller, "GET", "/v1/changes", {"grant": grant.no, "after": 0, "limit": 20})
        known = self._known(case.resource)
        # A unit may query so many distinct records about people a year.
        record = draw.choice(known[:QUERIED] if case.mode is Mode.QUERY else known)
        key = str(record[case.resource.key])
        if case.mode is Mode.QUERY:
            where = [{"item": case.resource.key, "value": key}]
            return Question(grant.caller, "POST", "/v1/query", {"grant": grant.no, "where": where, "limit": 10})
        item = draw.choice(case.resource.offered(case.mode))
        # What is wrong is true of somebody else: the same wrong value would be worn out.
        value = str((record if draw.randrange(100) >= WRONG_PERCENT else draw.choice(known))[item])
        claims = [{"key": [key], "values": {item: value}}]
        return Question(grant.caller, "POST", "/v1/compare", {"grant": grant.no, "claims": claims})

    def _known(self, resource: Resource) -> list[dict[str, object]]:
        if resource.code not in self._records:
            self._records[resource.code] = self.rows.table(resource).slice(0, 600).to_pylist()
        return self._records[resource.code]


@contextmanager
def player(
    installation: Installation, *, lane: Lane, size: Size, rows: Rows, first: datetime
) -> Iterator[Player]:
    """Be one lane's player in the block, from a moment on; Django is set up."""
    clock = Moving(first)
    with questions.gateway(replace(installation, clock=clock)) as gateway:
        yield Player(installation, lane=lane, size=size, rows=rows, gateway=gateway, clock=clock)
    connection.close()


def _newer(table: pa.Table, *, number: int) -> pa.Table:
    """Return a later snapshot: one record in thirty is not there any more."""
    return table.take(pa.array([row for row in range(table.num_rows) if (row + number) % 30], pa.int64()))


def _faulty(table: pa.Table, resource: Resource, *, count: int) -> pa.Table:
    """Return a table whose first records, but never all, say something that the item's rule does not know."""
    count = min(count, max(table.num_rows - 1, 0))
    item = next(each.item.code for each in resource.columns if each.source.startswith("one:"))
    place, told = table.column_names.index(item), table[item].to_pylist()
    return table.set_column(place, item, pa.array(["待核实"] * count + told[count:]))
