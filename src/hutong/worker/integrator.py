"""The one integrator's loop: seconds after an entry is committed it is in the tree under a signed checkpoint."""

import threading
from dataclasses import dataclass, field

import psycopg

from hutong.audit import signing, tree, waiting
from hutong.audit.heads import Heads
from hutong.audit.writers import Writers
from hutong.core.errors import Problem
from hutong.core.log_keys import LogKeys
from hutong.db.database import Database
from hutong.messages import logger
from hutong.settings import Clock
from hutong.worker.only_signer import OnlySigner

PAUSE_SECONDS = 0.5
LONGEST_PAUSE_SECONDS = 4.0
"""After a fault it is tried again, later each time, but never later than this: placing goes on within seconds."""
STATEMENT_SECONDS = 20.0
"""Longest one statement of the log's may take; what is given up is tried again with half as many entries."""
BATCH = 20_000
SMALLEST_BATCH = 500


@dataclass(slots=True)
class _Found:
    """What the last tries came to: as the doors were told it, how many failed in a row, how many entries are tried."""

    state: str = ""
    code: str | None = None
    failed: int = 0
    batch: int = BATCH
    writers: Writers = field(default_factory=Writers)

    @property
    def pause(self) -> float:
        """How long until the next try where one failed."""
        return min(PAUSE_SECONDS * 2 ** min(self.failed, 8), LONGEST_PAUSE_SECONDS)


def run(
    db: Database, *, clock: Clock, signer: LogKeys, stop: threading.Event, heads: Heads | None = None,
    only: OnlySigner | None = None,
) -> None:  # fmt: skip
    """Place and sign what is committed until `stop` is set; after any fault it is tried again within seconds.

    What it finds it notes for the doors (`audit.waiting`): that it signs, that it is stopped, that something fails.
    While another process of this machine signs with the key, `only` knows it, and nothing is placed or signed.
    """
    found = _Found()
    while not stop.is_set():
        other = only.other() if only is not None else None
        if other is not None:
            _stand_by(db, found, other, clock=clock)
            stop.wait(LONGEST_PAUSE_SECONDS)
            continue
        pause = _try(db, found, clock=clock, signer=signer, heads=heads)
        if pause:
            stop.wait(pause)
    if only is not None:
        only.close()


def _stand_by(db: Database, found: _Found, other: Problem, *, clock: Clock) -> None:
    """Say that another signs; the doors are told where it does not sign what waits here."""
    if found.code != other.code:
        logger.error("integrator.stands_by", code=other.code, reason=str(other))
        found.code, found.state = other.code, ""
    try:
        with db.transaction() as cur:
            late = waiting.late(cur, now=clock())
    except psycopg.Error:  # looked at again
        return
    if late:
        _tell(db, found, waiting.STOPPED, other, clock=clock)


def _try(db: Database, found: _Found, *, clock: Clock, signer: LogKeys, heads: Heads | None) -> float:
    """Place one batch and return after how many seconds the next is due."""
    try:
        placed = tree.integrate(db, now=clock(), signer=signer, heads=heads, limit=found.batch, writers=found.writers)
    except signing.STOPS as problem:
        _stopped(db, found, problem, clock=clock)
        return LONGEST_PAUSE_SECONDS
    except Exception as fault:  # a door: whatever it was, the next try may succeed
        _failed(db, found, fault, clock=clock)
        return found.pause
    full = placed >= found.batch
    _tell(db, found, waiting.SIGNS, None, clock=clock)
    found.failed, found.batch = 0, min(found.batch * 2, BATCH)
    return 0.0 if full else PAUSE_SECONDS


def _stopped(db: Database, found: _Found, problem: Problem, *, clock: Clock) -> None:
    if found.code != problem.code:
        logger.error("integrator.stopped", code=problem.code, reason=str(problem))
    _tell(db, found, waiting.STOPPED, problem, clock=clock)
    found.failed = 0


def _failed(db: Database, found: _Found, fault: Exception, *, clock: Clock) -> None:
    name = type(fault).__name__
    if isinstance(fault, psycopg.OperationalError):
        logger.warning("integrator.waits_for_database", error=name)
    elif found.code != name:
        logger.exception("integrator.failed")
    if isinstance(fault, psycopg.errors.QueryCanceled):
        found.batch = max(found.batch // 2, SMALLEST_BATCH)
    _tell(db, found, waiting.FAILS, fault, clock=clock)
    found.failed += 1


def _tell(db: Database, found: _Found, state: str, fault: Exception | None, *, clock: Clock) -> None:
    """Note for the doors what was found, where it is new; where even that fails it is noted the next time."""
    code = waiting.code_of(fault)
    if (found.state, found.code) == (state, code):
        return
    found.code = code
    try:
        waiting.note(db, state=state, fault=fault, now=clock())
    except Exception:  # a door: what cannot be noted now is noted after the next try
        found.state = ""
    else:
        found.state = state
