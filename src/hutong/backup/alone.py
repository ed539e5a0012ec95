"""That one archiver alone writes to a place, also where two of them are one and the same to every file they have.

A machine that was copied whole, with its number, its disks and the platform on them, runs twice: both have one instance
(decision 0085). They meet here. Who begins leaves a number of its own at the place; who finds another's there since
writes nothing more.
"""

from datetime import datetime
from uuid import uuid4

from hutong.backup import files
from hutong.backup.place import BackupPlace, Owner
from hutong.core import beijing
from hutong.core.errors import Conflicting

FILE = "archiver.json"


class PlaceShared(Conflicting):
    """The same instance of this platform runs twice: the other, on {machine}, writes to {folder} since {since}."""


def begin(at: BackupPlace, owner: Owner, *, now: datetime) -> str:
    """Have the place know that this process writes to it from now on, and return the number that says so."""
    number = str(uuid4())
    told = {
        "format": files.ARCHIVER_FORMAT, "archiver": number, "instance": owner.instance, "machine": owner.machine,
        "folder": owner.folder, "since": now.isoformat(timespec="seconds"),
    }  # fmt: skip
    at.put(FILE, told)
    return number


def check(at: BackupPlace, number: str) -> None:
    """See that no other process has begun to write to the place since; raises PlaceShared and PlaceUnreadable."""
    path = at.folder / FILE
    if not path.exists():  # nobody else has said so
        return
    told = at.facts(FILE, files.ArchiverFacts)
    if told["archiver"] != number:
        since = beijing.shown(datetime.fromisoformat(told["since"]))
        raise PlaceShared(folder=str(at.folder), machine=told["machine"], since=since)
