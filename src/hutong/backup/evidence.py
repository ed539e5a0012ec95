"""What came back of the evidence log, what of it was signed, and under which keys rows are held.

The signer's heads come from the backup place, where they were copied as they changed: what was signed last is not known
for sure. A note beside them stops the log until two officers begin its next epoch (decision 84).
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

import psycopg
from psycopg import Cursor

from hutong.audit import epochs, hashes, heads, keychain
from hutong.audit.heads import Heads, RestoredLog
from hutong.backup import files, place
from hutong.backup.place import Archived, BackupPlace
from hutong.core.errors import Problem
from hutong.db import lasting, sql
from hutong.db.embedded import LOGIN, Server
from hutong.installation import keys
from hutong.plane.keys import Keyring
from hutong.settings import Settings

statements = sql.load(__package__, "evidence.sql")


@dataclass(frozen=True, slots=True)
class ReturnedLog:
    """The log as it came back, of the epoch that is written."""

    epoch: int
    signed: int | None
    """How many entries its key has signed, as far as is known; None where no head was found."""
    noted: int
    """How many the platform noted as safe at its backup place; 0 where it noted none of this epoch."""
    stored: int
    committed_at: datetime | None
    """When the last transaction was committed that was replayed; None where none was."""
    timeline: int
    """Which line of the database's log is written from now on."""

    @property
    def lost(self) -> int:
        """How many entries were signed, as far as is known, and are not there."""
        return max((self.signed or 0) - self.stored, 0)


def has_own_heads(settings: Settings) -> bool:
    """Return whether the folder still has what its signer kept, and not a copy that an earlier restore brought."""
    folder = settings.keys / keys.HEADS
    return any(folder.glob("*.head")) and not (folder / "restored.json").exists()


def copy_heads(settings: Settings, at: BackupPlace, *, until: str) -> None:
    """Bring the heads as the second place last saw them, behind a mark that stops whoever would sign."""
    folder = settings.keys / keys.HEADS
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    kept = Heads(folder)
    kept.note_restored(RestoredLog(epoch=2**31, ahead=heads.ahead(), until=until, lost=0))
    for each in sorted(at.heads.iterdir()) if at.heads.is_dir() else ():
        if each.is_file() and each.suffix in (".head", ".keys"):
            lasting.put(folder / each.name, files.content(each), owner=folder.stat())


def read(settings: Settings, server: Server, archived: Archived | None) -> ReturnedLog:
    """Return what came back of the log, and what is known of its key to have been signed.

    That is what a head says, or what the platform said as it last noted how far its log had come: who takes the heads
    away takes nothing of what is known to be lost.
    """
    log_files, kept = keys.log_files(settings), Heads(settings.keys / keys.HEADS)
    with as_owner(server) as cur:
        epoch = epochs.current(cur)
        note = kept.read(epoch.number)
        head = None
        if note is not None:
            try:
                head = keychain.of(cur, epoch, keys=log_files, heads=kept).opened(note)
            except Problem:  # its keys are wanting: that is told, and stops the log
                head = None
        ((committed_at, timeline),) = cur.execute(statements.committed)
        noted = archived.log_size if archived and archived.log_epoch == epoch.number else 0
        signed, stored = max(head.size if head else 0, noted), hashes.size(cur, epoch)
        return ReturnedLog(epoch.number, signed or None, noted, stored, committed_at, int(timeline))


def reached(server: Server) -> int:
    """Return how far the database's log was replayed."""
    with as_owner(server) as cur:
        ((position,),) = cur.execute(statements.replayed)
        return place.lsn(position) if position else 0


def keys_wanting(settings: Settings, server: Server) -> tuple[str, ...]:
    """Return the ids of keys under which rows are held, and which the key file does not have."""
    known = Keyring.load(settings.keys / keys.KEYRING).ids
    with as_owner(server) as cur:
        return tuple(key_id for (key_id,) in cur.execute(statements.key_ids) if key_id not in known)


@contextmanager
def as_owner(server: Server) -> Iterator[Cursor]:
    """Yield a cursor of the superuser's in a transaction on the database of a platform that came back."""
    with psycopg.connect(server.superuser_url(LOGIN)) as connection, connection.cursor() as cur:
        yield cur
