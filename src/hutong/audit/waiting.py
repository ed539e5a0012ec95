"""What waits to be placed in the log, and whether the log is signed: what the worker finds and the doors tell."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from hutong.audit import clock, signing
from hutong.audit.clock_corrections import CLOCKS_APART
from hutong.core import canonical
from hutong.core.beijing import BEIJING
from hutong.core.errors import Conflicting, Problem, Unavailable
from hutong.core.leaves import moment, told_at
from hutong.db import rows, sql
from hutong.db.database import Cur, Database

statements = sql.load(__package__, "waiting.sql")

LATE_SECONDS = 60.0
"""How old what waits may be before somebody is told: placing goes on within seconds after any fault."""

FAULT_SECONDS = 5.0
"""How old what waits may be, where placing fails, before somebody is told."""

AWAY_SECONDS = 15.0
"""For how long no worker may have looked at the clock before somebody is told: each does every two seconds."""

SIGNS, STOPPED, FAILS = "signs", "stopped", "fails"


class LogFails(Unavailable):
    """Entries cannot be placed in the log ({fault}); it is tried again every few seconds."""


class LogLate(Unavailable):
    """{entries} entries wait to be placed in the log, the oldest for {seconds} seconds."""


class LeavesAside(Conflicting):
    """{entries} leaves that nobody may place in the log lie aside: somebody wrote them by hand."""


class EntriesAhead(Conflicting):
    """{entries} entries are of moments that have not come; the first is entry {first}, the last waits until {until}."""


class WorkerAway(Unavailable):
    """No worker has looked at the clock for {seconds} seconds: nothing is placed in the log, no deadline kept."""


class ClockBehind(Unavailable):
    """The platform's clock was set back: it is {seconds} seconds before a moment it has shown already."""


@dataclass(frozen=True, slots=True)
class LogState:
    """Whether the log is signed, and how much waits since when."""

    state: str
    """`signs`; `stopped`, until somebody decides; or `fails`, and is tried again."""
    code: str | None
    """Why it is stopped (a code of `signing.TOLD`), or the kind of fault."""
    facts: Mapping[str, Any]
    since_at: datetime | None
    entries: int
    """How many entries are committed and not placed."""
    seconds: float
    """How long the oldest of them has waited."""
    behind: float
    """By how many seconds the clock is before the latest moment it has shown."""
    away: float = 0.0
    """For how many seconds no worker has looked at the clock; nothing where none ever did."""
    aside: int = 0
    """How many leaves lie aside that nobody may place, and how many were not kept and are not told yet."""
    ahead: int = 0
    """How many entries wait for a moment that has not come, as a clock that was ahead wrote it."""
    first_ahead: int | None = None
    last_ahead_at: datetime | None = None
    """The latest of those moments."""

    @property
    def sound(self) -> bool:
        """Whether all is as it should be."""
        return not self.problems

    @property
    def problems(self) -> list[Problem]:
        """What there is to tell of it, where not all is as it should be."""
        behind = ClockBehind(seconds=round(self.behind)) if self.behind > clock.TOLERATED.total_seconds() else None
        away = WorkerAway(seconds=round(self.away)) if self.away > AWAY_SECONDS else None
        aside = LeavesAside(entries=self.aside) if self.aside else None
        return [each for each in (away, self._problem, aside, self._ahead, behind) if each is not None]

    @property
    def _ahead(self) -> Problem | None:
        if not self.ahead or self.last_ahead_at is None:
            return None
        until = f"{self.last_ahead_at.astimezone(BEIJING):%Y-%m-%d %H:%M}"
        return EntriesAhead(entries=self.ahead, first=self.first_ahead, until=until)

    @property
    def _problem(self) -> Problem | None:
        if self.state == STOPPED:
            found = {each.code: each for each in signing.TOLD}.get(self.code or "")
            return found(**self.facts) if found else LogFails(fault=self.code)
        if self.state == FAILS and self.seconds > FAULT_SECONDS:
            return LogFails(fault=self.code)
        if self.seconds > LATE_SECONDS:
            return LogLate(entries=self.entries, seconds=round(self.seconds))
        return None


def read(cur: Cur, *, now: datetime) -> LogState:
    """Return the state of the log as of `now`."""
    cur.execute(statements.read, {"until": _come(now)})
    row = rows.one(cur)
    leaf, last, latest = row.pop("oldest"), row.pop("last_at"), row.pop("last_ahead")
    row["last_ahead_at"] = datetime.fromisoformat(latest) if latest else None
    oldest = told_at(bytes(leaf)) if leaf else None
    row["away"] = max((now - last).total_seconds(), 0.0) if last else 0.0
    row["behind"] = row["behind"] or 0.0
    return LogState(**row, seconds=max((now - oldest).total_seconds(), 0.0) if oldest else 0.0)


def late(cur: Cur, *, now: datetime) -> bool:
    """Return whether nobody has placed what waits for longer than it should: who signs nothing asks this."""
    found = cur.execute(statements.oldest, {"until": _come(now)}).fetchone()
    oldest = told_at(bytes(found[0])) if found else None
    return oldest is not None and (now - oldest).total_seconds() > LATE_SECONDS


@dataclass(frozen=True, slots=True)
class EntryAhead:
    """An entry of a moment that has not come: its number, moment, event, and the unit and who or what it is of."""

    entry_id: int
    at: datetime
    event: str
    unit: str | None
    by: str | None


def ahead(cur: Cur, *, now: datetime) -> list[EntryAhead]:
    """Return the first hundred entries that wait for a moment that has not come, in the order of their numbers."""
    return [EntryAhead(*row) for row in cur.execute(statements.ahead, {"until": _come(now)})]


def _come(now: datetime) -> bytes:
    """Return up to which moment one counts as come, as leaves write it: clocks may be so far apart."""
    return moment(now + CLOCKS_APART).encode()


def note(db: Database, *, state: str, now: datetime, fault: Exception | None = None) -> None:
    """Note what the worker found, for the doors; a state that lasts keeps the moment it began."""
    facts = canonical.dumps(fault.facts if isinstance(fault, Problem) else {}).decode()
    told = {"state": state, "code": code_of(fault), "facts": facts, "now": now}
    with db.transaction() as cur:
        cur.execute(statements.note, told)


def code_of(fault: Exception | None) -> str | None:
    """Return what a fault is called: its code, or its kind."""
    if fault is None:
        return None
    return fault.code if isinstance(fault, Problem) else type(fault).__name__
