"""The facts that the check of a question reads: registers, grants, and the versions that are answered from.

What was read is remembered. A transaction may use it again if it also has PostgreSQL fail it unless the very same rows
are still there (`unchanged`, which compares their xmin and since when the server runs). So a list under load asks
nothing before it answers, and a grant is still read with the data (architecture 3.7).
"""

import time
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, fields
from datetime import date
from functools import cached_property
from typing import Any, NamedTuple, TypeVar
from weakref import WeakKeyDictionary

import psycopg
from psycopg import Cursor

from hutong.audit.stock import Stock
from hutong.core import defaults
from hutong.db import arrays, sql, trips
from hutong.db.database import Database
from hutong.plane import definition as definitions
from hutong.plane import grants
from hutong.plane.definition import Definition
from hutong.plane.grants import Grant
from hutong.plane.tables import Store

statements = sql.load(__package__, "facts.sql")

LEVEL = "system.protection_level"
"""The rulebook's name of the protection level that a system has at least."""
GRACE = "protection.grace_days"
"""The rulebook's name of how long answers go on after the evidence of that level lapsed."""

MOST_REMEMBERED = 20_000
"""Rows of one kind; with more, remembering begins anew."""

MOST_WHOLE = 100
"""Facts of whole lists that are remembered as such."""

SPENT_SECONDS = 1.0
"""How long it is remembered that a budget ran out."""


class SystemFacts(NamedTuple):
    """A system as it is registered now."""

    unit: str
    revision: int
    profiles: Sequence[str]
    mlps_level: int
    mlps_until: date
    state: str
    suspended: int
    """How many suspensions of it stand, and of its unit (`plane.suspensions`)."""
    unit_suspended: int
    row: int


class Registered(NamedTuple):
    """An active user or device of the unit that names it, and the user's department."""

    row: int
    department: str | None = None
    department_stands: bool = True


class Granted(NamedTuple):
    """A grant with the version it is answered from."""

    grant: Grant
    store: Store
    rows: tuple[int, int]
    """Of the grant and its store."""


Named = tuple[str, str]
"""The unit that asks, and what it names."""


class Names(NamedTuple):
    """What the questions of a list name."""

    systems: frozenset[str]
    users: frozenset[Named]
    devices: frozenset[Named]
    grants: frozenset[Named]


@dataclass(frozen=True)
class Facts:
    """The rows of the systems, grants, users and devices that questions name; what is not there is left out."""

    systems: Mapping[str, SystemFacts]
    people: Mapping[Named, Registered]
    devices: Mapping[Named, Registered]
    grants: Mapping[str, Granted]
    running: int
    """Since when the server runs it was read from."""
    day: date
    level: int
    """The protection level that systems need on that day, by the rulebook (SX-09)."""
    grace: int
    """Days for which answers go on after the evidence of it lapsed, by the rulebook of that day (P-12)."""

    @cached_property
    def unchanged(self) -> trips.Statement:
        """Return the statement that fails, as `changed` tells, unless every row is as it was read."""
        systems, people, devices, granted = self.systems, self.people, self.devices, self.grants
        rows = [each.rows for each in granted.values()]
        return statements.unchanged, {
            "running": self.running,
            "day": self.day,
            "level": self.level,
            "delivered": defaults.number(LEVEL),
            "grace": self.grace,
            "grace_delivered": defaults.number(GRACE),
            "count": len(systems) + len(people) + len(devices) + len(granted),
            "systems": arrays.texts(list(systems)),
            "system_rows": arrays.int8s([each.row for each in systems.values()]),
            **_pairs(people, units="user_units", ids="users"),
            "user_rows": arrays.int8s([each.row for each in people.values()]),
            **_pairs(devices, units="device_units", ids="devices"),
            "device_rows": arrays.int8s([each.row for each in devices.values()]),
            "grants": arrays.texts(list(granted)),
            "grant_rows": arrays.int8s([grant for grant, _ in rows]),
            "store_rows": arrays.int8s([store for _, store in rows]),
        }


def changed(fault: psycopg.Error) -> bool:
    """Return whether a transaction failed because a remembered row has changed."""
    return fault.sqlstate == "HT001"


def lock() -> trips.Statement:
    """Return the statement that keeps services from being stopped before this transaction ends."""
    return statements.share_lock, {"lock": grants.LOCK}


def read(
    cur: Cursor, names: Names, more: Sequence[trips.Statement] = (), *, day: date
) -> tuple[Facts, list[list[trips.Row]]]:
    """Return the facts as they are now, on a day of the rulebook, and the rows of `more`, read in the same trip."""
    who = {
        "day": day,
        "delivered": defaults.number(LEVEL),
        "grace_delivered": defaults.number(GRACE),
        "systems": arrays.texts(list(names.systems)),
        **_pairs(names.users, units="user_units", ids="users"),
        **_pairs(names.devices, units="device_units", ids="devices"),
    }
    # The lock comes first and by itself: only what is read after it was granted is what counts.
    _, found, granted, *others = trips.together(
        cur,
        [
            lock(),
            (statements.registered, who),
            (statements.granted, {"grants": arrays.texts(_alone(names.grants))}),
            *more,
        ],
    )
    _learn(cur, {row[_GRANT] for row in granted})
    running, level, grace = next((row[-1], row[5], row[8]) for row in found if row[0] == "r")
    facts = Facts(
        systems={row[1]: SystemFacts(*row[2:]) for row in found if row[0] == "s"},
        people={(row[2], row[1]): Registered(row[-1], row[7], not row[8]) for row in found if row[0] == "p"},
        devices={(row[2], row[1]): Registered(row[-1]) for row in found if row[0] == "d"},
        grants={row[0]: _granted(row) for row in granted},
        running=running, day=day, level=level, grace=grace,
    )
    return facts, others


_GRANT, _STORE = len(fields(Grant)), len(fields(Store))
"""Columns of a grant, and of the version it is answered from: they come in the order of these fields."""


def _granted(row: trips.Row) -> Granted:
    end = _GRANT + _STORE
    return Granted(grants.value(row[:_GRANT]), _store(row[_GRANT:end]), row[end:])


class Memory:
    """What was read of one database, and the stock of ids for entries in its log; used by many threads.

    Users and devices of another unit are read each time, as unknown ones are: the time of an answer tells neither.
    `clock` tells the seconds by which what is remembered grows old; a test may stop it.
    """

    def __init__(self) -> None:
        self.clock: Callable[[], float] = time.monotonic
        self._systems: dict[str, SystemFacts] = {}
        self._people: dict[Named, Registered] = {}
        self._devices: dict[Named, Registered] = {}
        self._grants: dict[Named, Granted] = {}
        self._whole: dict[Names, Facts] = {}
        self._basis = (0, date.min, 0, 0)
        """Since when the server runs, the day, and the protection level and its grace of that day."""
        self._stock = Stock()
        self._spent_at = float("-inf")

    def learn(self, names: Names, facts: Facts) -> None:
        """Remember the rows that were read; a name without a row is read each time."""
        basis = (facts.running, facts.day, facts.level, facts.grace)
        if basis != self._basis:
            self.forget()
            self._basis = basis
        _keep(self._systems, names.systems, facts.systems)
        _keep(self._people, names.users, facts.people)
        _keep(self._devices, names.devices, facts.devices)
        granted = {(each.grant.consumer, no): each for no, each in facts.grants.items()}
        _keep(self._grants, names.grants, granted)
        self._whole = {}

    def recall(self, names: Names, *, day: date) -> Facts | None:
        """Return the facts as they were last read, or None where one of them was not, or on another day."""
        whole, basis = self._whole, self._basis  # before the others: they may be forgotten meanwhile
        if basis[1] != day:
            return None
        found = whole.get(names)
        if found is None:
            try:
                found = Facts(
                    {each: self._systems[each] for each in names.systems},
                    {each: self._people[each] for each in names.users},
                    {each: self._devices[each] for each in names.devices},
                    {each[1]: self._grants[each] for each in names.grants},
                    *basis,
                )
            except KeyError:
                return None
            if len(whole) >= MOST_WHOLE:
                whole.clear()
            whole[names] = found
        return found

    def department(self, unit: str, user: str) -> str | None:
        """Return the department of a user as it was last read, None where it was not."""
        known = self._people.get((unit, user))
        return None if known is None else known.department

    def ids(self, count: int) -> list[int] | None:
        """Return `count` reserved ids of entries, or None where too few are left or they were reserved too long ago."""
        return self._stock.take(count, at=self.clock())

    def short_of_ids(self, count: int) -> bool:
        """Return whether so many reserved ids are not there."""
        return self._stock.short_of(count)

    def keep_ids(self, ids: Sequence[int]) -> None:
        """Keep reserved ids for entries to come."""
        self._stock.keep(ids, at=self.clock())

    def budget_ran_out(self) -> None:
        """Remember for a moment that some budget ran out."""
        self._spent_at = self.clock()

    def budget_ran_out_lately(self) -> bool:
        """Return whether some budget ran out a moment ago."""
        return self.clock() < self._spent_at + SPENT_SECONDS

    def forget(self) -> None:
        """Remember nothing of what was read, and keep no ids."""
        for each in (self._systems, self._people, self._devices, self._grants):
            each.clear()
        self._whole = {}
        self._stock.clear()


_memories: "WeakKeyDictionary[Database, Memory]" = WeakKeyDictionary()


def memory(db: Database) -> Memory:
    """Return what is remembered of a database."""
    found = _memories.get(db)
    if found is None:
        found = _memories.setdefault(db, Memory())
    return found


_Name = TypeVar("_Name", bound=Hashable)


def _alone(named: Iterable[Named]) -> list[str]:
    return list({name for _, name in named})


def _pairs(named: Iterable[Named], *, units: str, ids: str) -> dict[str, arrays.ArrayColumn]:
    """Return units and what they name as two columns of these names, row by row."""
    rows = list(named)
    return {units: arrays.texts([unit for unit, _ in rows]), ids: arrays.texts([name for _, name in rows])}


def _keep(kept: dict[_Name, Any], named: Set[_Name], read: Mapping[_Name, Any]) -> None:
    for gone in named - read.keys():  # if it stayed, every list that names it would fail at first
        kept.pop(gone, None)
    if len(kept) + len(read) > MOST_REMEMBERED:
        kept.clear()
    kept.update(read)


# Definitions are frozen, so one that was read is never read again; the digest is of the very body.
_definitions: dict[bytes, Definition] = {}


def _learn(cur: Cursor, digests: Iterable[bytes]) -> None:
    if unknown := [digest for digest in digests if digest not in _definitions]:
        for digest, body in cur.execute(statements.definitions, {"digests": unknown}).fetchall():
            _definitions[bytes(digest)] = definitions.load(body)


def _store(row: Sequence[Any]) -> Store:
    digest, *rest = row
    return Store(_definitions[digest], *rest)
