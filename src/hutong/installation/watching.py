"""What is warned of before it fails: the disks' free space, last days of certificate and keys, the machine's clock.

Each door looks at what it stands on itself, and the worker besides asks who keeps the clock. Limits are the rulebook's.
"""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from hutong.audit import key_changes, machines
from hutong.audit.key_changes import KeyEnding
from hutong.core import beijing
from hutong.core.errors import Problem, Unavailable
from hutong.db import sql
from hutong.db.database import Cur
from hutong.installation import certificates
from hutong.installation.certificates import Certificate
from hutong.plane import rulebook
from hutong.settings import Clock, Settings

statements = sql.load(__package__, "watching.sql")

MIB = 1 << 20
DATABASE = "database"
"""The database's clock, as the other one that a clock is held against."""


class DiskFilling(Unavailable):
    """On the disk of the {disk} {free} MiB are free, {percent} % of it; full, nothing is answered or taken."""


class DiskUnseen(Unavailable):
    """The disk of the {disk} cannot be looked at: {reason}"""


class CertificateEnding(Unavailable):
    """The certificate {name} that the doors show ends on {day}; after that no system and no browser trusts it."""


class CertificateEnded(Unavailable):
    """The certificate {name} that the doors show ended on {day}: no system and no browser trusts it any more."""


class ClockApart(Unavailable):
    """The clock of the machine {machine} is {seconds} seconds off that of {source}."""


class ClockUnkept(Unavailable):
    """Nothing is known to keep the clock of the machine {machine}: neither its system nor a time server says so."""


class WorkerFell(Unavailable):
    """On the machine {machine} a part of the worker ended ({threads}); the worker ends and is started again."""


NOTED: dict[str, type[Problem]] = {each.code: each for each in (ClockApart, ClockUnkept, WorkerFell)}
"""What a worker notes of its machine, by code."""
_LOOKED_AT = (DiskFilling, DiskUnseen, CertificateEnding, CertificateEnded, KeyEnding)
WANTING = (*(each.code for each in _LOOKED_AT), *NOTED)
"""The code of everything that can be found wanting."""


@dataclass(frozen=True, slots=True)
class Watched:
    """What a process stands on: folders, by what lies on their disks, and the certificates it shows."""

    disks: Mapping[str, Path] = field(default_factory=dict)
    certificates: tuple[Certificate, ...] = ()


@dataclass(frozen=True, slots=True)
class Disk:
    """One disk: what lies on it, and how many of its bytes an ordinary process may still write."""

    contents: tuple[str, ...]
    free: int
    size: int

    @property
    def percent(self) -> int:
        """The free share, rounded down."""
        return 100 * self.free // self.size if self.size else 100


@dataclass(frozen=True, slots=True)
class MachineState:
    """What was looked at, and what is wanting of it."""

    disks: tuple[Disk, ...]
    certificates: tuple[Certificate, ...]
    apart: float
    """By how many seconds this machine's clock is certainly ahead of the database's; less than nothing: behind it."""
    problems: tuple[Problem, ...]


def disks(settings: Settings) -> dict[str, Path]:
    """Return the folders whose disks a process of these settings stands on, by what lies there.

    That of a database elsewhere is not among them: no PostgreSQL tells how much room it has.
    """
    found = {"data": settings.data, "spool": settings.spool}
    return found if settings.database_folder is None else {**found, "database": settings.database_folder}


def watched(settings: Settings) -> Watched:
    """Return what a process of these settings stands on; the certificate as it is read now, and shown from now on."""
    return Watched(disks(settings), certificates.shown(settings.network.certificate))


def look(watched: Watched, cur: Cur, *, now: datetime, clock: Clock, machine: str) -> MachineState:
    """Look at everything; `now` is the platform's moment, `clock` the machine's own whatever a training clock says.

    Raises psycopg.OperationalError where the database is away.
    """
    day = beijing.day(now)
    limit = {name: rulebook.number(cur, f"watch.{name}", day=day) for name in LIMITS}
    seen, unseen = _looked_at(watched.disks)
    found: list[Problem] = [*unseen, *filling(seen, limit)]
    found += ending(watched.certificates, now=clock(), days=limit["certificate_days"])
    found += key_changes.ending(cur, now=now, days=rulebook.number(cur, "keys.warning_days", day=day))
    apart = _apart(cur, clock=clock)
    if abs(apart) > limit["clock_seconds"]:
        found.append(ClockApart(machine=machine, seconds=round(apart), source=DATABASE))
    for each in machines.read(cur, now=now):
        if each.code in NOTED:
            found.append(NOTED[each.code](**each.facts))
    return MachineState(seen, watched.certificates, apart, tuple(found))


LIMITS = ("disk_percent", "disk_bytes", "certificate_days", "clock_seconds")
"""Limits of the rulebook, all under `watch.`."""


def filling(disks: Sequence[Disk], limit: Mapping[str, int]) -> list[Problem]:
    """Return which disks have less free than the rulebook wants, as a share or in bytes."""
    return [
        DiskFilling(disk=", ".join(disk.contents), free=disk.free // MIB, percent=disk.percent)
        for disk in disks
        if disk.percent < limit["disk_percent"] or disk.free < limit["disk_bytes"]
    ]


def ending(shown: Sequence[Certificate], *, now: datetime, days: int) -> list[Problem]:
    """Return which certificates have ended, or will within so many days."""
    found: list[Problem] = []
    for each in shown:
        facts = {"name": each.name, "day": beijing.day(each.ends_at).isoformat()}
        if each.ends_at <= now:
            found.append(CertificateEnded(**facts))
        elif each.ends_at <= now + timedelta(days=days):
            found.append(CertificateEnding(**facts))
    return found


def disks_of(folders: Mapping[str, Path]) -> tuple[Disk, ...]:
    """Return the disks of some folders, each once, as far as they can be looked at."""
    return _looked_at(folders)[0]


def _looked_at(folders: Mapping[str, Path]) -> tuple[tuple[Disk, ...], list[Problem]]:
    """Return each disk once, with all that lies on it, and those that could not be looked at."""
    found: dict[int, Disk] = {}
    unseen: list[Problem] = []
    for name, folder in folders.items():
        try:
            number, told = os.stat(folder).st_dev, os.statvfs(folder)
        except OSError as fault:
            unseen.append(DiskUnseen(disk=name, reason=fault.strerror))
            continue
        contents = (*found[number].contents, name) if number in found else (name,)
        found[number] = disk(contents, told)
    return tuple(found.values()), unseen


def disk(contents: tuple[str, ...], told: os.statvfs_result) -> Disk:
    """Return a disk as df has it: what is kept for root is not there for others."""
    used = (told.f_blocks - told.f_bfree) * told.f_frsize
    free = told.f_bavail * told.f_frsize
    return Disk(contents, free, used + free)


def _apart(cur: Cur, *, clock: Clock) -> float:
    """Return by how many seconds the clock is certainly ahead: how long the question took is given to the other."""
    before = clock()
    ((other,),) = cur.execute(statements.clock).fetchall()
    after = clock()
    if before > other:
        return float((before - other).total_seconds())
    return -float((other - after).total_seconds()) if other > after else 0.0


