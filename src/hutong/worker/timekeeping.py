"""Looking at the clock every few seconds, beside all that goes by it."""

import threading

from hutong.audit import clock as watched
from hutong.db.database import Database
from hutong.messages import logger
from hutong.settings import Clock

LOOK_SECONDS = 2.0


def run(db: Database, *, clock: Clock, stop: threading.Event) -> None:
    """Note what the clock shows until `stop` is set; that it was set back is entered, and said."""
    while not stop.is_set():
        try:
            back = watched.watch(db, now=clock())
        except Exception:  # a door: a lost database is waited for
            logger.exception("clock.not_noted")
        else:
            if back is not None:
                logger.error("clock.set_back", seconds=back.total_seconds())
        stop.wait(LOOK_SECONDS)
