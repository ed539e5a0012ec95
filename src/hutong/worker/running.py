"""One task run for its period, by one worker at a time; it takes up what a dead worker left undone."""

import os
import socket
from collections.abc import Callable, Sized
from datetime import datetime, timedelta

from hutong.audit import runs
from hutong.db.database import Database
from hutong.messages import logger
from hutong.settings import Clock

Work = Callable[[datetime], object]
"""Does what is to be done at a moment, and returns what it did or how many; nothing, zero or empty where nothing."""


def name() -> str:
    """Return what this worker is called in the record of runs."""
    return f"{socket.gethostname()[:60]}:{os.getpid()}"


def run(
    locks: Database,
    db: Database,
    *,
    task: str,
    every: timedelta,
    work: Work,
    clock: Clock,
    begins: timedelta = timedelta(),
) -> int:
    """Run a task for the period it is, once, and for those left in the middle; returns how many runs there were.

    Nothing is done while another worker is at it. `locks` holds the task's lock in a transaction of its own meanwhile,
    `db` keeps the record. A run that fails is logged, written down and tried again a little later.
    """
    with runs.alone(locks, task=task) as mine:
        if not mine:
            return 0
        now, worker = clock(), name()
        period = runs.period(now, every=every, begins=begins)
        due = runs.due(db, task=task, period=period, worker=worker, now=now)
        for each in due:
            try:
                did = work(clock())
            except Exception as fault:  # a door: one failing pass must not stop the others
                logger.exception("run.failed", task=task)
                result, told, much = "failed", type(fault).__name__, True
            else:
                many = _many(did)
                result, told, much = "done", str(many or ""), many > 0
            runs.close(db, task, each, worker=worker, now=clock(), result=result, told=told, did=much)
        return len(due)


def _many(did: object) -> int:
    """Return how many things work did: what it returned, or how many that holds."""
    if isinstance(did, int):
        return int(did)
    return len(did) if isinstance(did, Sized) else 0
