"""A change of one of the platform's own keys at the command line: one officer requests it, another approves."""

from hutong.audit import key_changes
from hutong.audit.key_changes import KeyChangeRequest, Kind
from hutong.audit.keyfiles import KeyFiles
from hutong.console import opening
from hutong.control.units.rules import Actor
from hutong.installation.opening import Installation


def request(installation: Installation, *, kind: Kind, days: int, reason: str, by: Actor) -> int:
    """Make the new key, ask that it follow, and return the request's number; raises as `key_changes.request`."""
    with opening.database(installation, role="retention") as db:
        return key_changes.request(
            db, kind=kind, files=_files(installation, kind), days=days, reason=reason, by=by.officer,
            seats=by.platform_seats, now=installation.clock(),
        )  # fmt: skip


def show(installation: Installation, number: int) -> KeyChangeRequest:
    """Return a change as it stands; raises NoSuchKeyChange."""
    with opening.database(installation, role="retention") as db, db.transaction() as cur:
        return key_changes.read(cur, id=number)


def every(installation: Installation) -> list[KeyChangeRequest]:
    """Return every change there was, the newest first."""
    with opening.database(installation, role="retention") as db, db.transaction() as cur:
        return key_changes.every(cur)


def approve(installation: Installation, *, number: int, by: Actor) -> KeyChangeRequest:
    """Approve what another person requested: the new key follows; raises as `key_changes.approve`."""
    files = _files(installation, show(installation, number).kind)
    with opening.database(installation, role="retention") as db:
        return key_changes.approve(
            db, id=number, files=files, by=by.officer, seats=by.platform_seats, now=installation.clock()
        )


def drop(installation: Installation, *, number: int, reason: str, by: Actor) -> None:
    """End a change that was not approved; raises as `key_changes.drop`."""
    files, now = _files(installation, show(installation, number).kind), installation.clock()
    with opening.database(installation, role="retention") as db:
        key_changes.drop(
            db, id=number, files=files, reason=reason, by=by.officer, seats=by.platform_seats, now=now
        )


def _files(installation: Installation, kind: Kind) -> KeyFiles:
    return installation.log_keys if kind == "log" else installation.reply_keys
