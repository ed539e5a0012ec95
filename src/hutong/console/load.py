"""A file handed in at the command line by its provider: its manifest is made here, its receipt printed.

Django is set up first (`opening.joined`).
"""

import hashlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from rich.console import Console
from rich.progress import Progress

from hutong.console import reading
from hutong.control.catalog import deliveries
from hutong.control.units.rules import Actor
from hutong.core import segments, text
from hutong.core.beijing import BEIJING
from hutong.core.errors import Conflicting, Refused
from hutong.db.database import Database
from hutong.installation import address
from hutong.installation.opening import Installation
from hutong.plane import tables
from hutong.plane.definition import Definition
from hutong.plane.delivery import expecting, ledger, loading, manifests, merging, rejections
from hutong.plane.delivery.manifests import FileRead
from hutong.plane.delivery.merging import Expected
from hutong.plane.keys import Keyring
from hutong.plane.registers import System
from hutong.terminal import speaking
from hutong.terminal.speaking import language, say

WAITS = 3
"""The exit status of a delivery that is kept and not loaded: a program that runs it does not take it for done."""


class NotTheProviders(Refused):
    """The system {system} is not of the unit that provides {resource}."""

    clause = "SX-06-b"


class SystemApproves(Refused):
    """That a delivery may delete so much is an officer's word, not that of the system {system}."""


def deliver(
    installation: Installation,
    *,
    resource: str,
    file: Path,
    key: str | None,
    changes: bool,
    approve: bool,
    by: Actor | System,
    console: Console,
    confirm: Callable[[FileRead, Console], None] | None = None,
) -> ledger.DeliveryReceipt:
    """Load `file` into `resource` for its provider, show how far it is, print the receipt and return it.

    `key` is the provider's own name for the delivery; without one the file's digest is, so that the same file
    is never loaded twice. `confirm` is told what was read of a file that is new, and of one of few rows what would come
    of it, before it counts, and raises where it shall not; not with `approve`, by which the provider's word is entered
    that what waits may delete much. SX-06-b:
    raises NotYourRole and NotTheProviders, for an approval SystemApproves and what `deliveries.approve` raises, else
    what `plane.loading.load` raises.
    """
    begun, digest = installation.clock(), _digest(file)
    key = key or digest[:32]
    _admit(installation, by, resource=resource)
    if approve:
        _approve(by, resource=resource, key=key, digest=digest, now=begun)
    who = by.officer if isinstance(by, Actor) else by.id
    known = _known(installation, resource=resource, key=key)
    asked = confirm is not None and not approve and known is None
    if confirm is not None and asked:
        found = _look(installation, resource=resource, file=file, key=key, digest=digest, changes=changes)
        confirm(replace(found, expected=_expected(installation, found, file=file, by=who)), console)
    with Progress(console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task(say("console.delivery.progress"), total=None)

        def tell(stage: str, rows: int) -> None:
            bar.update(task, description=_told(_STAGES, stage), completed=rows)

        with _rows_told(installation, resource=resource, key=key, console=console):
            receipt = hand_in(
                installation, resource=resource, file=file, key=key, changes=changes, by=who,
                approved_by=who if approve else None, progress=tell,
            )  # fmt: skip
    if not asked:
        show_read(installation, receipt, console=console)
    show(receipt, console=console, begun=begun)
    if receipt.rejected or receipt.warned:
        _show_rejected(installation, receipt, console=console)
    return receipt


@contextmanager
def _rows_told(installation: Installation, *, resource: str, key: str, console: Console) -> Iterator[None]:
    """Print the first rows of a delivery of which nothing was accepted, with why, before that is raised."""
    try:
        yield
    except loading.NothingAccepted:
        known = _known(installation, resource=resource, key=key)
        if known is not None:
            _show_rejected(installation, known, console=console)
        raise


def _known(installation: Installation, *, resource: str, key: str) -> ledger.DeliveryReceipt | None:
    db = Database(installation.database_url, role="plane", size=1)
    try:
        with db.transaction() as cur:
            return ledger.receipt(cur, code=resource, key=key)
    finally:
        db.close()


def _look(
    installation: Installation, *, resource: str, file: Path, key: str, digest: str, changes: bool
) -> FileRead:
    """Read a file that nothing comes of yet."""
    db = Database(installation.database_url, role="plane", size=1)
    try:
        return manifests.of_file(db, file, code=resource, key=key, digest=digest, changes=changes)
    finally:
        db.close()


def _expected(installation: Installation, found: FileRead, *, file: Path, by: str) -> Expected | None:
    """Return what would come of a file of few rows; None where nothing can, which loading tells."""
    if found.manifest.rows > expecting.COUNTED_ROWS:
        return None
    db = Database(installation.database_url, role="plane", size=2)
    try:
        return expecting.rehearse(
            db, source=file, manifest=found.manifest, keyring=Keyring.load(installation.keyring_path),
            now=installation.clock(), by=by, spool=installation.settings.spool,
        )  # fmt: skip
    except Conflicting:
        return None
    finally:
        db.close()


def status(receipt: ledger.DeliveryReceipt) -> int:
    """Return the exit status of a delivery: 0 where it is loaded, WAITS where it is kept and not loaded yet."""
    return WAITS if receipt.state == "waiting" else 0


def _admit(installation: Installation, by: Actor | System, *, resource: str) -> None:
    """Refuse what is not the officer's or system's to supply."""
    if isinstance(by, Actor):
        deliveries.check(code=resource, actor=by)
        return
    db = Database(installation.database_url, role="plane", size=1)
    try:
        with db.transaction() as cur:
            provider = tables.version(cur, code=resource).definition.provider
    finally:
        db.close()
    if provider != by.unit:
        raise NotTheProviders(system=by.id, resource=resource)


def _approve(by: Actor | System, *, resource: str, key: str, digest: str, now: datetime) -> None:
    if not isinstance(by, Actor):
        raise SystemApproves(system=by.id)
    deliveries.approve(code=resource, key=key, digest=bytes.fromhex(digest), actor=by, now=now)


def _digest(file: Path) -> str:
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def hand_in(
    installation: Installation,
    *,
    resource: str,
    file: Path,
    key: str | None,
    by: str,
    changes: bool = False,
    approved_by: str | None = None,
    progress: loading.Progress | None = None,
) -> ledger.DeliveryReceipt:
    """Make the manifest of `file` from the file itself, load it into `resource` and return the receipt.

    For a file that lies here; a provider elsewhere says itself what it sends. Raises what `plane.loading.load` raises.
    """
    db = Database(installation.database_url, role="plane", size=2)
    try:
        with db.transaction() as cur:
            ledger.admit(cur, code=resource)
        digest = _digest(file)
        manifest = manifests.of_file(db, file, code=resource, key=key or "", digest=digest, changes=changes).manifest
        return loading.load(
            db,
            source=file,
            manifest=manifest,
            keyring=Keyring.load(installation.keyring_path),
            now=installation.clock(),
            by=by,
            progress=progress,
            approved_by=approved_by,
            spool=installation.settings.spool,
        )
    finally:
        db.close()


_STAGES = {
    "read": "console.delivery.phase.read",
    "prepared": "console.delivery.phase.prepared",
    "copied": "console.delivery.phase.copied",
    "merged": "console.delivery.phase.merged",
}


_WAITS = "console.delivery.waits"
_LOADED = "console.delivery.counts"
_FORMER = "console.delivery.former"
_NOW = "console.delivery.loaded"


def show(receipt: ledger.DeliveryReceipt, *, console: Console, begun: datetime) -> None:
    """Print the receipt of a delivery begun at a moment, as an officer reads it."""
    if receipt.state == "waiting":
        waits = merging.waiting(receipt.reason or "", stored=receipt.stored_rows, removed=receipt.removed_rows)
        line = say(_WAITS, key=receipt.key, why=text.say(waits, language=language()).message)
    else:
        before = receipt.loaded_at is not None and receipt.loaded_at < begun
        line = say(
            _LOADED,
            key=receipt.key,
            state=_state(receipt, before=before),
            sent=receipt.sent,
            accepted=receipt.accepted,
            rejected=receipt.rejected,
            inserted=receipt.inserted,
            updated=receipt.updated,
            deleted=receipt.deleted,
            former=say(_FORMER, count=receipt.former_deleted) if receipt.former_deleted else "",
            warned=say("console.delivery.warned", count=receipt.warned) if receipt.warned else "",
        )
    console.print(line, soft_wrap=True, highlight=False, markup=False)


def _state(receipt: ledger.DeliveryReceipt, *, before: bool) -> str:
    at = receipt.loaded_at if before else receipt.same_loaded_at
    if at is None:
        return say(_NOW)
    moment = f"{at.astimezone(BEIJING):%Y-%m-%d %H:%M}"
    return say("console.delivery.loaded_before" if before else "console.delivery.same_before", at=moment)


def show_read(installation: Installation, receipt: ledger.DeliveryReceipt, *, console: Console) -> None:
    """Print how the file of a delivery was read; nothing of one delivered before that was kept."""
    if receipt.what_was_read is None:
        return
    definition = _definition(installation, code=receipt.code, version=receipt.version)
    reading.tell(receipt.what_was_read, {item.code: item.name for item in definition.items}, console=console)


def _definition(installation: Installation, *, code: str, version: int | None = None) -> Definition:
    db = Database(installation.database_url, role="plane", size=1)
    try:
        with db.transaction() as cur:
            return tables.version(cur, code=code, version=version).definition
    finally:
        db.close()


def _told(words: Mapping[str, str], code: str) -> str:
    return say(words[code]) if code in words else code


def _show_rejected(installation: Installation, receipt: ledger.DeliveryReceipt, *, console: Console) -> None:
    """Print the first rejected rows of a delivery as its provider's officers see all of them, and where they do."""
    db = Database(installation.database_url, role="plane")
    try:
        with db.transaction() as cur:
            definition = tables.version(cur, code=receipt.code, version=receipt.version).definition
            found = rejections.rejected(cur, code=receipt.code, key=receipt.key, provider=definition.provider)
    finally:
        db.close()
    reading.tell_faults(found[:_SHOWN], definition, console=console)
    settings = address.where(installation.settings)
    place = f"{language()}/desk/deliveries/{receipt.code}/rejected/{segments.escaped(receipt.key)}/"
    speaking.show(console, _REST, page=f"{address.at(settings, port=settings.port)}/{place}")


_SHOWN = 5
_REST = "console.delivery.rest"
