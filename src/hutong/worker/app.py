"""The worker process: the integrator and the scheduled passes, each in a thread with its own connection and rights."""

import signal
import socket
import threading
import time
from datetime import timedelta
from functools import partial

from hutong.db.database import Database
from hutong.installation.joining import join_django
from hutong.installation.opening import Installation
from hutong.messages import logger
from hutong.plane.delivery import spool_folder
from hutong.settings import Clock
from hutong.worker import integrator, running, timekeeping, witnessing
from hutong.worker.schedule import SCHEDULE, Pass


def run(installation: Installation) -> None:
    """Work until SIGTERM or SIGINT; whatever was begun is finished or rolled back."""
    join_django(installation, signs=False)
    # Its models can be imported only once Django is set up.
    from hutong.worker import nightly

    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    keeper = Database(
        installation.database_url, role="logkeeper", size=1, statement_seconds=integrator.STATEMENT_SECONDS
    )
    asker = Database(installation.database_url, role="logkeeper", size=1)
    own, *others = (Database(installation.database_url, role="worker", size=1) for _ in range(6))
    threads = [
        threading.Thread(
            target=integrator.run,
            args=(keeper,),
            kwargs={
                "clock": installation.clock, "stop": stop,
                "signer": installation.log_signer, "heads": installation.log_heads,
            },
            name="integrator",
        ),
        threading.Thread(
            target=witnessing.run,
            args=(asker,),
            kwargs={"clock": installation.clock, "verifier": installation.log_signer.public, "stop": stop},
            name="witnesses",
        ),
        threading.Thread(
            target=passes,
            args=(own, *others[:2]),
            kwargs={"clock": installation.clock, "stop": stop, "schedule": (*SCHEDULE, _sweeping(installation))},
            name="schedule",
        ),
        threading.Thread(
            target=timekeeping.run, args=others[4:], kwargs={"clock": installation.clock, "stop": stop}, name="clock"
        ),
        threading.Thread(
            target=nightly.run, args=others[2:4], kwargs={"clock": installation.clock, "stop": stop}, name="nightly"
        ),
    ]
    for thread in threads:
        thread.start()
    while not stop.wait(LOOK_SECONDS / 20):
        if fallen := [thread.name for thread in threads if not thread.is_alive()]:
            logger.error("worker.thread_fell", threads=fallen)
            stop.set()  # who looks after the doors starts the worker again
    for thread in threads:
        thread.join()
    for db in (keeper, asker, own, *others):
        db.close()


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
