"""The worker process: the integrator and the scheduled passes, each in a thread with its own connection and rights."""

import signal
import threading
import time
from datetime import timedelta

from hutong.db.database import Database
from hutong.installation.joining import join_django
from hutong.installation.opening import Installation
from hutong.logs import log
from hutong.plane.delivery import spool_folder
from hutong.settings import Clock
from hutong.worker import integrator
from hutong.worker.schedule import SCHEDULE, Pass


def run(installation: Installation) -> None:
    """Work until SIGTERM or SIGINT; whatever was begun is finished or rolled back."""
    join_django(installation)
    # Its models can be imported only once Django is set up.
    from hutong.worker import nightly

    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    keeper = Database(installation.database_url, role="logkeeper", size=1)
    owner = Database(installation.database_url, role="owner", size=1)
    threads = [
        threading.Thread(
            target=integrator.run,
            args=(keeper,),
            kwargs={"clock": installation.clock, "signer": installation.log_signer, "stop": stop},
            name="integrator",
        ),
        threading.Thread(
            target=passes,
            args=(owner,),
            kwargs={"clock": installation.clock, "stop": stop, "schedule": (*SCHEDULE, _sweeping(installation))},
            name="schedule",
        ),
        threading.Thread(
            target=nightly.run, kwargs={"clock": installation.clock, "stop": stop}, name="nightly"
        ),
    ]
    for thread in threads:
        thread.start()
    stop.wait()
    for thread in threads:
        thread.join()
    keeper.close()
    owner.close()


def _sweeping(installation: Installation) -> Pass:
    """Return the pass that removes what a killed `hutong load` left in the spool: no door starts again after it."""
    spool = installation.settings.spool
    return Pass("sweep the spool", timedelta(minutes=10), lambda db, now: spool_folder.sweep(spool))


def passes(db: Database, *, clock: Clock, stop: threading.Event, schedule: tuple[Pass, ...] = SCHEDULE) -> None:
    """Run every pass of `schedule` when it is due; one that fails is logged and tried again at its next time."""
    due = dict.fromkeys(schedule, 0.0)
    while not stop.is_set():
        for item in [item for item in schedule if due[item] <= time.monotonic()]:
            due[item] = time.monotonic() + item.every.total_seconds()
            try:
                item.run(db, clock())
            except Exception:  # a door: one failing pass must not stop the others
                log.exception("schedule.failed", item=item.name)
        stop.wait(1)
