"""The one integrator's loop: seconds after an entry is committed it is in the tree under a signed checkpoint."""

import threading

import psycopg

from hutong.audit import tree
from hutong.core.signed_note import LogSigner
from hutong.db.database import Database
from hutong.messages import logger
from hutong.settings import Clock

PAUSE_SECONDS = 0.5
BATCH = 20_000



def run(db: Database, *, clock: Clock, signer: LogSigner, stop: threading.Event) -> None:
    """Place what is committed until `stop` is set; a lost database is waited for, never given up."""
    while not stop.is_set():
        try:
            placed = tree.integrate(db, now=clock(), signer=signer, limit=BATCH)
        except psycopg.OperationalError as error:
            logger.warning("integrator.waits_for_database", error=type(error).__name__)
            placed = 0
        if placed < BATCH:
            stop.wait(PAUSE_SECONDS)
