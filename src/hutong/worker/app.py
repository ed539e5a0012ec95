"""The worker process: the integrator and the scheduled passes, each in a thread with its own connection and rights."""

import signal
import socket
import threading
import time
from collections.abc import Callable
from datetime import timedelta
from functools import partial

from hutong.audit import machines
from hutong.core.errors import Problem
from hutong.core.signed_note import Verifier
from hutong.db.database import Database
from hutong.installation.joining import join_django
from hutong.installation.opening import Installation
from hutong.installation.watching import WorkerFell
from hutong.messages import logger
from hutong.plane.delivery import spool_folder
from hutong.settings import Clock
from hutong.settings import clock as real_clock
from hutong.worker import integrator, machine, running, timekeeping, witnessing
from hutong.worker.only_signer import OnlySigner
from hutong.worker.schedule import SCHEDULE, Pass

PASS_SECONDS = 600.0
"""Longest one statement of a pass may take; what is given up is tried again with its next run."""


class WorkerEnded(SystemExit):
    """Ends the process with a status that whoever looks after it takes for a fall."""

    def __init__(self) -> None:
        super().__init__(1)


def run(installation: Installation) -> None:
    """Work until SIGTERM or SIGINT; whatever was begun is finished or rolled back.

    Where a thread ends by itself, that is noted for the doors and raises WorkerEnded: who looks after the worker starts
    it again.
    """
    join_django(installation, signs=False)
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    databases = _Databases(installation)
    noting = databases()
    threads = _threads(installation, databases, stop)
    for thread in threads:
        thread.start()
    fallen = _watch(threads, noting, clock=installation.clock, stop=stop)
    until = time.monotonic() + END_SECONDS
    for thread in threads:
        thread.join(max(until - time.monotonic(), 0) if fallen else None)
    if fallen:
        raise WorkerEnded  # a thread that is stuck ends with its process
    databases.close()


END_SECONDS = 10.0
"""How long the other threads may take to end where one has ended by itself."""
STEADY_SECONDS = 60.0
"""A worker that stood so long after another fell is told of no more."""


class _Databases:
    """A connection for each that needs one, with its rights."""

    def __init__(self, installation: Installation) -> None:
        self._url = installation.database_url
        self._opened: list[Database] = []

    def __call__(self, role: str = "worker", *, statement_seconds: float = PASS_SECONDS) -> Database:
        self._opened.append(Database(self._url, role=role, size=1, statement_seconds=statement_seconds))
        return self._opened[-1]

    def close(self) -> None:
        for each in self._opened:
            each.close()


def _threads(installation: Installation, database: _Databases, stop: threading.Event) -> list[threading.Thread]:
    # Its models can be imported only once Django is set up.
    from hutong.worker import nightly

    clock, keys = installation.clock, installation.log_keys
    first = Verifier.parse(keys.vkeys[0])  # whatever followed it, by this the log's keys are known
    every: dict[str, Callable[[], None]] = {
        "integrator": partial(
            integrator.run, database("logkeeper", statement_seconds=integrator.STATEMENT_SECONDS),
            clock=clock, stop=stop, signer=keys, heads=installation.log_heads, only=OnlySigner(first),
        ),
        "witnesses": partial(
            witnessing.run, database("logkeeper", statement_seconds=integrator.STATEMENT_SECONDS),
            clock=clock, vkeys=lambda: keys.vkeys, stop=stop,
        ),
        "schedule": partial(
            passes, database(), database(), database(),
            clock=clock, stop=stop, schedule=(*SCHEDULE, _sweeping(installation)),
        ),
        "clock": partial(timekeeping.run, database(), clock=clock, stop=stop),
        "machine": partial(
            machine.run, database(), clock=clock, own_clock=real_clock(),
            servers=installation.settings.time_servers, stop=stop,
        ),
        "nightly": partial(nightly.run, database(), database(), clock=clock, stop=stop),
    }  # fmt: skip
    return [threading.Thread(target=work, name=name, daemon=True) for name, work in every.items()]


def _watch(threads: list[threading.Thread], db: Database, *, clock: Clock, stop: threading.Event) -> list[str]:
    """Wait until the worker is asked to stop or a thread has ended, and return which have."""
    began, noted = time.monotonic(), False
    while not stop.wait(1):
        if fallen := [thread.name for thread in threads if not thread.is_alive()]:
            logger.error("worker.thread_fell", threads=fallen)
            stop.set()
            _note(db, [WorkerFell(machine=socket.gethostname(), threads=", ".join(fallen))], clock=clock)
            return fallen
        if not noted and time.monotonic() - began > STEADY_SECONDS:
            noted = _note(db, [], clock=clock)
    return []


def _note(db: Database, found: list[Problem], *, clock: Clock) -> bool:
    """Note what fell, or that nothing did; returns whether that could be noted."""
    try:
        with db.transaction() as cur:
            machines.note(cur, found, machine=socket.gethostname(), looked_for=(WorkerFell,), now=clock())
    except Exception:  # a door: that it fell is logged all the same
        logger.exception("machine.not_noted")
        return False
    return True


def _sweeping(installation: Installation) -> Pass:
    """Return the pass that removes what a killed `hutong load` left in the spool: no door starts again after it.

    The spool is this machine's, so each machine's worker sweeps its own.
    """
    spool = installation.settings.spool
    name = f"sweep the spool of {socket.gethostname()[:60]}"
    return Pass(name, timedelta(minutes=10), lambda db, now: spool_folder.sweep(spool))


LOOK_SECONDS = 20.0
"""How often it is looked whether a pass is due: shorter than the shortest period, so that none goes by unseen."""


def passes(
    db: Database,
    locks: Database,
    record: Database,
    *,
    clock: Clock,
    stop: threading.Event,
    schedule: tuple[Pass, ...] = SCHEDULE,
) -> None:
    """Run every pass of `schedule` once a period, whichever worker does; one that fails is tried again a little later.

    `locks` and `record` are what `running.run` needs beside the passes' own `db`.
    """
    look = dict.fromkeys(schedule, 0.0)
    while not stop.is_set():
        for item in [item for item in schedule if look[item] <= time.monotonic()]:
            look[item] = time.monotonic() + LOOK_SECONDS
            work = partial(item.run, db)
            try:
                running.run(locks, record, task=item.name, every=item.every, work=work, clock=clock)
            except Exception:  # a door: without the record of it nothing is run, and the others go on
                logger.exception("schedule.failed", item=item.name)
        stop.wait(1)
