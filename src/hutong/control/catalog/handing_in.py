"""An officer of the provider hands in a file, looks at what was read of it, and says whether it counts.

With the same file they let a delivery go on that waits.
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path

from hutong.control import recording
from hutong.control.catalog import deliveries, queries
from hutong.control.catalog.deliveries import DeliveryShown
from hutong.control.catalog.models import Entry
from hutong.control.units import meanwhile
from hutong.control.units.rules import Actor
from hutong.core import beijing
from hutong.core.errors import Conflicting, Invalid, Judging
from hutong.db.database import Database
from hutong.plane import rulebook
from hutong.plane.delivery import expecting, ledger, loading, manifests, rejections, spool_folder, underway
from hutong.plane.delivery.expecting import COUNTED_ROWS
from hutong.plane.delivery.ledger import DeliveryReceipt, Manifest
from hutong.plane.delivery.manifests import Progress
from hutong.plane.delivery.merging import Expected
from hutong.plane.delivery.reading.report import WhatWasRead
from hutong.plane.delivery.rejections import RejectedRow
from hutong.plane.delivery.underway import Stage
from hutong.plane.delivery.uploads import UploadBounds, UploadGone, Uploads
from hutong.plane.keys import Keyring


class FileMissing(Invalid):
    """No file was chosen."""


@dataclass(frozen=True, slots=True)
class SentFile:
    """A file as it is sent: its name, and its bytes piece by piece."""

    name: str
    chunks: Iterable[bytes] = field(repr=False)


@dataclass(frozen=True, slots=True)
class HandIn:
    """What an officer hands in: a file, if one was chosen, and for which resource it is meant.

    `key` is the provider's own name for the delivery, or empty. A file of `changes` is no whole snapshot; one that
    `approves` is the one that waits under the key.
    """

    code: str
    key: str
    changes: bool
    approves: bool
    file: SentFile | None
    meant_for: str | None = None
    """Of one that approves: the state in which a page showed what waits."""


@dataclass(frozen=True, slots=True)
class Desk:
    """Who hands in, and what that needs of the plane; the keys are opened when they are used, files lie in `folder`."""

    actor: Actor
    db: Database
    keyring: Callable[[], Keyring]
    folder: Path
    now: datetime


@dataclass(frozen=True, slots=True)
class Looked:
    """An upload as its officer looks at it: for which delivery it is, what was read, and what would come of it."""

    token: str
    entry: Entry
    name: str
    """What the file is called."""
    manifest: Manifest
    what_was_read: WhatWasRead
    expected: Expected | None
    """None where that was not counted: too many rows for a look, nothing can come of it, or other data came since."""
    before: DeliveryShown | None
    """What came of a delivery under the same key, if there was one."""
    at: str
    """For which data of the resource it is shown (`meanwhile.shown`)."""


def look(given: HandIn, *, desk: Desk, judging: Judging | None = None) -> str:
    """Read a file that nothing comes of yet, keep it for an answer, and return the token by which it is found.

    SX-06-b. What is wrong with what was typed is told at once, with what reading it found (`judging`). Raises
    FileMissing, UploadNotKept, and what `deliveries.check` and `manifests.of_file` do.
    """
    file = _file(given, desk=desk, judging=judging or Judging())
    with _working(desk) as (folder, tell):
        path = folder / spool_folder.called(file.name)
        digest = _write(path, file.chunks)
        found = manifests.of_file(
            desk.db, path, code=given.code, key=given.key, digest=digest, changes=given.changes, progress=tell
        )  # fmt: skip
        about = {
            "newest": deliveries.newest_loaded(given.code),
            "name": path.name,
            "manifest": asdict(found.manifest),
            "read": found.what_was_read.to_json(),
            "expected": _expected(path, found, desk=desk, tell=tell),
        }
        return _uploads(desk).keep(path, about)


def looked(token: str, *, desk: Desk) -> Looked:
    """Return an upload as its officer looks at it; raises UploadGone."""
    about = _uploads(desk).about(token)
    manifest = Manifest(**about["manifest"])
    newest = deliveries.newest_loaded(manifest.code)
    counted = about["expected"] if about.get("newest") == newest else None
    expected = counted and Expected.from_json(counted)
    entry, read = queries.entry(manifest.code), WhatWasRead.from_json(about["read"])
    before = deliveries.one([entry.provider_id], code=manifest.code, key=manifest.key)
    at = meanwhile.shown(newest, now=desk.now)
    return Looked(token, entry, about["name"], manifest, read, expected, before, at)


def deliver(
    token: str, *, desk: Desk, code: str, key: str, meant_for: str | None = None
) -> DeliveryReceipt:
    """Load an upload its officer has looked at, and return its receipt; whatever comes of it, it is kept no longer.

    Confirmed once more it is loaded no more: the receipt of the delivery `key` of `code` is returned, which it was.
    `meant_for` is for which data of the resource a page showed what would come of it: where others came since, nothing
    is loaded and the upload is kept. Raises UploadGone, UploadBeingLoaded while another click loads it, and what
    `deliveries.check`, `deliveries.check_newest` and `loading.load` do.
    """
    uploads = _uploads(desk)
    with spool_folder.working(desk.folder) as folder, ExitStack() as until:
        path = folder / "delivery"
        try:
            manifest = Manifest(**uploads.about(token)["manifest"])
            deliveries.check(code=manifest.code, actor=desk.actor)
            entry = queries.entry(manifest.code)
            deliveries.check_newest(entry, meant_for, key=manifest.key, actor=desk.actor, now=desk.now)
            about = until.enter_context(uploads.taken(token, path))
        except (UploadGone, meanwhile.DoneAlready):
            if (done := _done(desk, code=code, key=key)) is not None:
                return done
            raise
        tell = until.enter_context(underway.told(desk.folder, officer=desk.actor.officer))
        path = path.rename(folder / about["name"])
        return loading.load(
            desk.db, source=path, manifest=manifest, keyring=desk.keyring(), now=desk.now, by=desk.actor.officer,
            spool=desk.folder, progress=tell,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class UploadFaults:
    """Every fault of an upload, as it would be delivered now, and of which entry and delivery it is."""

    entry: Entry
    key: str
    number: int
    rows: Iterator[RejectedRow]
    """Read once, from a file that goes with it."""


def faults(token: str, *, desk: Desk) -> UploadFaults:
    """Return every fault of an upload, to be handed out, which is entered; none of one of which nothing can come.

    It is read once more: of what was only looked at nothing is kept but the file. Raises UploadGone and
    UploadBeingLoaded.
    """
    with _working(desk) as (folder, tell):
        path = folder / "delivery"
        about = _uploads(desk).copied(token, path)
        path = path.rename(folder / about["name"])
        manifest = Manifest(**about["manifest"])
        deliveries.check(code=manifest.code, actor=desk.actor)
        lines = folder / "faults"
        lines.touch(mode=0o600)
        _rehearsed(path, manifest, desk=desk, tell=tell, every=lines)
        with lines.open("rb") as written:
            number = sum(1 for _ in written)
        rows = rejections.read_all(lines.open(encoding="utf-8"))  # what is open stays when the folder goes
    recording.list_exported(
        "rejected", filters={"resource": manifest.code, "delivery": manifest.key}, rows=number,
        by=desk.actor.officer, unit=desk.actor.unit, now=desk.now,
    )  # fmt: skip
    return UploadFaults(queries.entry(manifest.code), manifest.key, number, rows)


def cancel(token: str, *, desk: Desk) -> None:
    """Forget an upload: nothing comes of it."""
    _uploads(desk).forget(token)


def approve(given: HandIn, *, desk: Desk, judging: Judging | None = None) -> DeliveryReceipt:
    """Let a delivery go on that waits, by the same file, and return its receipt.

    Of a delivery that waits the platform keeps no row, only the digest. While it is loaded the file lies in the spool,
    and nowhere afterwards. SX-06-b. Raises what `deliveries.check`, `deliveries.approve` and `loading.load` do, and
    FileMissing; `judging` is that of `look`.
    """
    file = _file(given, desk=desk, judging=judging or Judging())
    with _working(desk) as (folder, tell):
        path = folder / spool_folder.called(file.name)
        digest = _write(path, file.chunks)
        deliveries.approve(
            code=given.code, key=given.key, digest=bytes.fromhex(digest), actor=desk.actor, now=desk.now,
            meant_for=given.meant_for,
        )  # fmt: skip
        manifest = manifests.of_file(
            desk.db, path, code=given.code, key=given.key, digest=digest, changes=given.changes
        ).manifest  # fmt: skip
        return loading.load(
            desk.db, source=path, manifest=manifest, keyring=desk.keyring(), now=desk.now, by=desk.actor.officer,
            approved_by=desk.actor.officer, spool=desk.folder, progress=tell,
        )  # fmt: skip


def under_way(desk: Desk) -> Stage | None:
    """Return how far the file is that the officer handed in; None where none of theirs is being read or loaded."""
    return underway.of(desk.folder, officer=desk.actor.officer)


@contextmanager
def _working(desk: Desk) -> Iterator[tuple[Path, Progress]]:
    """Yield a folder of one's own in the spool, and what tells the officer how far their file is."""
    with spool_folder.working(desk.folder) as folder, underway.told(desk.folder, officer=desk.actor.officer) as tell:
        yield folder, tell


def _file(given: HandIn, *, desk: Desk, judging: Judging) -> SentFile:
    """Return the file that is handed in, where the officer may hand it in."""
    if judging.spared("code"):
        try:
            deliveries.check(code=given.code, actor=desk.actor)
        except queries.NoSuchEntry as unknown:
            judging.add(unknown, "code")
    if given.file is None:
        judging.add(FileMissing(), "file")
    judging.end()
    assert given.file is not None
    return given.file


def _done(desk: Desk, *, code: str, key: str) -> DeliveryReceipt | None:
    deliveries.check(code=code, actor=desk.actor)
    with desk.db.transaction() as cur:
        known = ledger.receipt(cur, code=code, key=key)
    return known if known is not None and known.state in ("loaded", "waiting") else None


def _expected(path: Path, found: manifests.FileRead, *, desk: Desk, tell: Progress) -> dict[str, object] | None:
    """Return what would come of a file of few rows, as JSON has it; None where nothing can, which loading tells."""
    expected = _rehearsed(path, found.manifest, desk=desk, tell=tell)
    return None if expected is None else asdict(expected)


def _rehearsed(
    path: Path, manifest: Manifest, *, desk: Desk, tell: Progress, every: Path | None = None
) -> Expected | None:
    if manifest.rows > COUNTED_ROWS:
        return None
    try:
        return expecting.rehearse(
            desk.db, source=path, manifest=manifest, keyring=desk.keyring(), now=desk.now, by=desk.actor.officer,
            spool=desk.folder, progress=tell, every=every,
        )  # fmt: skip
    except Conflicting:
        return None


def _uploads(desk: Desk) -> Uploads:
    day = beijing.day(desk.now)
    with desk.db.transaction() as cur:
        files, most, minutes = (
            rulebook.number(cur, f"delivery.{name}", day=day) for name in ("uploads", "upload_bytes", "upload_minutes")
        )
    return Uploads(desk.folder, desk.actor.officer, desk.keyring(), UploadBounds(files, most, 60.0 * minutes))


def _write(path: Path, chunks: Iterable[bytes]) -> str:
    """Write what is sent into a file, and return its digest."""
    digest = hashlib.sha256()
    with path.open("wb") as file:
        for chunk in chunks:
            digest.update(chunk)
            file.write(chunk)
    return digest.hexdigest()
