"""What is known of backups in the database, so that every door can tell of them, and in the log."""

from collections.abc import Collection
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from hutong.audit import log
from hutong.core import canonical
from hutong.core.errors import Problem
from hutong.db import rows, sql
from hutong.db.database import Cur

statements = sql.load(__package__, "backups.sql")


@dataclass(frozen=True, slots=True)
class KnownSet:
    """A set as the database knows it; `code` and `facts` are of what was wrong when it was last read."""

    number: int
    began_at: datetime
    ended_at: datetime
    bytes: int
    log_size: int
    read_back_at: datetime | None
    code: str | None
    facts: dict[str, Any] | None


@dataclass(frozen=True, slots=True)
class TakenSet:
    """A set that was taken: where, under which number, of how many bytes; `log_size` entries of the log are in it."""

    folder: str
    number: int
    began_at: datetime
    ended_at: datetime
    bytes: int
    log_size: int
    postgres: int


@dataclass(frozen=True, slots=True)
class Archiving:
    """How the archiver fares; `folder` is None where no backup place is named."""

    folder: str | None
    embedded: bool
    began_at: datetime
    received_at: datetime | None
    waiting: int
    seen_at: datetime
    wanting: tuple[dict[str, Any], ...]
    training: bool


def archiving(cur: Cur) -> Archiving | None:
    """Return how the archiver fares; None where none has ever said."""
    cur.execute(statements.archiving)
    row = rows.only(cur)
    return None if row is None else Archiving(**{**row, "wanting": tuple(row["wanting"])})


def trains(cur: Cur) -> bool:
    """Return whether the platform lives on a training clock: what is in it is made up."""
    cur.execute(statements.trains)
    return bool(rows.one(cur)["training"])


def sets(cur: Cur, *, folder: str) -> list[KnownSet]:
    """Return the sets of a place that were not dropped, by number."""
    cur.execute(statements.sets, {"folder": folder})
    return [KnownSet(**row) for row in rows.named(cur)]


def was_taken(cur: Cur, *, number: int, ended_at: datetime) -> bool:
    """Return whether a set of this number was finished at this moment, wherever it lies or lay."""
    cur.execute(statements.was_taken, {"number": number, "ended_at": ended_at})
    return bool(rows.one(cur)["known"])


def note_archiving(
    cur: Cur, *, folder: str | None, embedded: bool, received_at: datetime | None, waiting: int,
    wanting: Collection[Problem], seen_at: datetime,
) -> None:  # fmt: skip
    """Keep how the archiver fares."""
    told = [{"code": each.code, "facts": {name: _plain(fact) for name, fact in each.facts.items()}} for each in wanting]
    cur.execute(
        statements.note_archiving,
        {
            "folder": folder, "embedded": embedded, "received_at": received_at, "waiting": waiting,
            "seen_at": seen_at, "wanting": canonical.dumps(told).decode(),
        },
    )  # fmt: skip


def _plain(fact: object) -> int | str:
    return fact if isinstance(fact, int) else str(fact)


def note_set(cur: Cur, taken: TakenSet, *, now: datetime) -> None:
    """Keep that a set was taken, and enter it; `now` is the platform's moment."""
    cur.execute(statements.note_set, asdict(taken))
    record = {
        "set": taken.number, "folder": taken.folder, "from_at": taken.began_at.isoformat(),
        "until_at": taken.ended_at.isoformat(), "bytes": taken.bytes, "entries": taken.log_size, "by": log.PLATFORM,
    }  # fmt: skip
    log.append(cur, [log.LogEntry("backup.taken", now, record)])


def note_read(
    cur: Cur, problem: Problem | None, *, folder: str, number: int, read_at: datetime, now: datetime
) -> None:  # fmt: skip
    """Keep that a set was read back and what was found wrong with it, and enter it."""
    told = {
        "folder": folder, "number": number, "read_at": read_at, "whole": problem is None,
        "code": problem.code if problem else None,
        "facts": canonical.dumps(problem.facts).decode() if problem else None,
    }  # fmt: skip
    cur.execute(statements.note_read, told)
    result = problem.code if problem else "OK"
    record = {"set": number, "folder": folder, "result": result, "by": log.PLATFORM}
    log.append(cur, [log.LogEntry("backup.read_back", now, record)])


def note_failed(cur: Cur, problem: Problem, *, folder: str, now: datetime) -> None:
    """Enter that a backup, or the bringing of the log, fails, and why."""
    record = {"folder": folder, "result": problem.code, "told": str(problem)[:500], "by": log.PLATFORM}
    log.append(cur, [log.LogEntry("backup.failed", now, record)])


def note_dropped(cur: Cur, *, folder: str, number: int, dropped_at: datetime, now: datetime) -> None:
    """Keep that a set was taken away as there are enough newer ones, and enter it."""
    cur.execute(statements.note_dropped, {"folder": folder, "number": number, "dropped_at": dropped_at})
    record = {"set": number, "folder": folder, "by": log.PLATFORM}
    log.append(cur, [log.LogEntry("backup.dropped", now, record)])
