"""What brings backups to the second place, as a process beside the doors: it runs as who starts the platform."""

import signal

from hutong.audit import backups
from hutong.backup import archiving, streaming, whose
from hutong.backup.archiving import Archiver
from hutong.db.database import Database
from hutong.installation.opening import Installation
from hutong.settings import clock

STATEMENT_SECONDS = 60.0
CONNECTIONS = 2
"""One for what goes on all the while, one for the set that is taken or read meanwhile."""


def archive(installation: Installation) -> None:
    """Bring the database's log and its sets to the backup place until asked to stop; raises BackupNotSet."""
    url = installation.database_url
    db = Database(url, role="retention", size=CONNECTIONS, statement_seconds=STATEMENT_SECONDS)
    try:
        archiver = Archiver(whose.given(installation, db=db, clock=clock()))
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: archiver.stop.set())
        archiver.run()
    finally:
        db.close()


def settle(installation: Installation) -> None:
    """See to the backup place before the doors open, or note that none is named: so it is told from the first."""
    if installation.settings.backup is None:
        let_go(installation)
        return
    db = Database(installation.database_url, role="retention", size=1, statement_seconds=STATEMENT_SECONDS)
    try:
        archiving.settle(whose.given(installation, db=db, clock=clock()))
    finally:
        db.close()


def let_go(installation: Installation) -> None:
    """Note that no backup place is named, and keep nothing of the database's log for one there was."""
    of, real = whose.source(installation), clock()
    if of is not None:
        with of.connect() as connection:
            streaming.drop_slot(connection)
    db = Database(installation.database_url, role="retention", size=1, statement_seconds=STATEMENT_SECONDS)
    try:
        with db.transaction() as cur:
            backups.note_archiving(
                cur, folder=None, embedded=of is not None, received_at=None, waiting=0, wanting=(), seen_at=real()
            )
    finally:
        db.close()
