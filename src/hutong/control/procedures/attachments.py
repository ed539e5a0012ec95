"""Attachments of a case: adding a file, reading it, taking it away, and which there are.

The room of the case decides before it calls whether the officer may: a `CaseReference` names a case that this officer
may add to or read. Here it is made sure that an attachment belongs to that very case, and that every reading is
entered. Entries leave out the name of a file: it may tell a person's name, and the log is for good.
"""

import hashlib
import uuid
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction
from django.db.models import Count, QuerySet, Sum
from psycopg import Cursor

from hutong.audit import log
from hutong.audit.events import RecordClass
from hutong.audit.purges import Purge
from hutong.control.procedures import attachment_bounds as rules
from hutong.control.procedures import attachment_pieces, models, since
from hutong.control.procedures.attachment_bounds import AttachmentBounds, Officer
from hutong.control.procedures.kinds import known
from hutong.control.procedures.procedure import installed
from hutong.control.recording import record
from hutong.core import beijing
from hutong.core.lifecycle import ends
from hutong.db import database, sql
from hutong.plane.keys import Keyring

statements = sql.load(__package__, "attachments.sql")


@dataclass(frozen=True, slots=True)
class CaseReference:
    """A case of any room: the name of its lifecycle, and its number."""

    lifecycle: str
    case: str


@dataclass(frozen=True, slots=True)
class Attached:
    """An attachment as a page shows it."""

    id: str
    name: str
    kind: str
    size: int
    sha256: str
    added_at: datetime
    added_by: str
    added_by_name: str
    added_by_unit: str
    settled: bool
    """Whether a step of its case, or a hand to one, has come after it: then it stays."""


@dataclass(frozen=True, slots=True)
class Opened:
    """An attachment that was read: what is known of it, its media type, and its bytes."""

    about: Attached
    media_type: str
    content: bytes


@contextmanager
def unchanging(of: CaseReference) -> Iterator[None]:
    """Lock a case while the block runs, so that a right to add to it does not end meanwhile."""
    with transaction.atomic():
        installed()[of.lifecycle].cases([of.case]).select_for_update().order_by().first()
        yield


def add(
    to: CaseReference, *, name: str, source: Iterable[bytes], by: Officer, record_class: RecordClass,
    keyring: Keyring, now: datetime, bounds: AttachmentBounds | None = None, meant_for: str | None = None,
) -> Attached:  # fmt: skip
    """Add a file to a case and return it. `source` yields its bytes in chunks and is read no further than is allowed.

    The very same file that the same officer added before is not added a second time. `meant_for` is what state of the
    case a page had.

    Where no `bounds` are given those of the rulebook in force hold. Raises AttachmentTooLarge, AttachmentEmpty,
    CaseFilesSpent, CaseTooLarge, what `kinds.known.check` does, and `since.check`.
    """
    known.named(name)
    bounds = bounds or rules.in_force(beijing.day(now))
    content = _taken(source, name=name, bounds=bounds)
    kind = known.check(content, name=name)
    row = models.Attachment(
        lifecycle=to.lifecycle, case=to.case, record_class=record_class, name=name, kind=kind.code,
        size=len(content), sha256=hashlib.sha256(content).hexdigest(), key_id=keyring.current, added_at=now,
        added_by=by.officer, added_by_name=by.name, added_by_unit=by.unit, acts_before=_acts(to),
    )  # fmt: skip
    with transaction.atomic():
        _lock(to)
        same = models.Attachment.objects.filter(
            lifecycle=to.lifecycle, case=to.case, name=name, sha256=row.sha256, added_by=by.officer
        ).first()
        _check(to, meant_for, doing=since.ATTACH, by=by, already=lambda: same is not None)
        if same is not None:
            return _shown(same, acts=_acts(to))
        rules.check_case(amount(to), name=name, size=len(content), bounds=bounds)
        row.save(force_insert=True)
        key = attachment_pieces.key_of(keyring)
        for number, piece in enumerate(attachment_pieces.sealed(content, key=key, place=_place(row))):
            models.AttachmentPiece.objects.create(attachment=row, number=number, sealed=piece)
        _note(row, since.ATTACH, by=by, now=now)
        record("procedures.attachment_added", _fields(row, by=by), now=now, unit=by.unit)
    return _shown(row, acts=row.acts_before)


def read(of: CaseReference, attachment: str, *, by: Officer, keyring: Keyring, now: datetime) -> Opened:
    """Return an attachment of this case, and enter that `by` read it: without the entry nothing is returned.

    Raises NoSuchAttachment, KeyUnknown, and CipherRejected where what is kept is not what was added.
    """
    with transaction.atomic():
        row = _row(of, attachment)
        pieces = row.pieces.order_by("number").values_list("sealed", flat=True)
        key = attachment_pieces.key_of(keyring, key_id=row.key_id)
        content = attachment_pieces.opened(pieces, key=key, place=_place(row))
        record("procedures.attachment_read", _fields(row, by=by), now=now, unit=by.unit, counterpart=_other(row, by))
    return Opened(_shown(row, acts=_acts(of)), known.KINDS[row.kind].media_type, content)


def remove(
    of: CaseReference, attachment: str, *, by: Officer, editable: bool, now: datetime, meant_for: str | None = None
) -> None:
    """Take an attachment away, with all that was kept of it; that it was there stays with the case and in the log.

    `editable` says whether the case is still being prepared. What was added before the case's last step, or before the
    last hand to one, stays: somebody has acted on it. The database removes nothing whose removal is not
    entered. `meant_for` is what state of the case a page had. Raises NoSuchAttachment, AttachmentNotYours,
    AttachmentsClosed, and what `since.check` does.
    """
    with transaction.atomic():
        _lock(of)
        _check(of, meant_for, doing=since.DETACH, by=by, already=lambda: _removed(of, attachment, by=by))
        row = _row(of, attachment)
        rules.check_removing(
            added_by=row.added_by, added_by_name=row.added_by_name, name=row.name, by=by, editable=editable,
            settled=_acts(of) > row.acts_before,
        )  # fmt: skip
        _note(row, since.DETACH, by=by, now=now)
        with database.joined(connection) as cur:
            entry = log.LogEntry("procedures.attachment_removed", now, _fields(row, by=by), by.unit)
            (receipt,) = log.append(cur, [entry])
            cur.execute(statements.remove, {"attachment": row.id, "by": by.officer, "entry": receipt.entry_id})


def purge(cur: Cursor, asked: Purge, now: datetime) -> int:
    """Remove the attachments that are kept as long as the records of a purge, in its transaction; returns how many.

    Their years begin when their case ends: nothing of an open case goes. A function of the owner removes them, as it
    does the records; that was decided by two officers and leaves entry and certificate (SX-10-c).
    """
    ended = [(life, state) for life, each in installed().items() for state in sorted(ends(each.life))]
    facts = {
        "purge": asked.id, "now": now, "lifecycles": [life for life, _ in ended],
        "ends": [state for _, state in ended],
    }  # fmt: skip
    ((removed,),) = cur.execute(statements.purge, facts)
    return int(removed)


def listed(of: CaseReference) -> list[Attached]:
    """Return the attachments of a case in the order they were added: at most as many as a case may have."""
    acts = _acts(of)
    return [_shown(row, acts=acts) for row in _rows(of).order_by("added_at", "id")]


def amount(of: CaseReference) -> rules.Amount:
    """Return how many attachments a case has, and their bytes."""
    found = _rows(of).aggregate(files=Count("id"), bytes=Sum("size", default=0))
    return rules.Amount(found["files"], found["bytes"])


def _taken(source: Iterable[bytes], *, name: str, bounds: AttachmentBounds) -> bytes:
    content = bytearray()
    for chunk in source:
        if len(content) + len(chunk) > bounds.file_bytes:
            raise rules.AttachmentTooLarge(name=name, limit=rules.mib(bounds.file_bytes))
        content += chunk
    if not content:
        raise rules.AttachmentEmpty(name=name)
    return bytes(content)


def _check(
    of: CaseReference, meant_for: str | None, *, doing: str, by: Officer, already: Callable[[], bool]
) -> None:
    """Refuse what was meant for another state than the case is in."""
    if meant_for is None:
        return
    procedure = installed()[of.lifecycle]
    case = procedure.cases([of.case]).get()
    since.check(procedure, case, meant_for, doing=doing, actor=by, already=already)


def _removed(of: CaseReference, attachment: str, *, by: Officer) -> bool:
    """Whether this officer took this very file away."""
    done = models.Handling.objects.filter(lifecycle=of.lifecycle, case=of.case, kind=since.DETACH, by=by.officer)
    return any(str(row.attachment) == attachment for row in done)


def _lock(case: CaseReference) -> None:
    with database.joined(connection) as cur:
        cur.execute(statements.lock, {"lifecycle": case.lifecycle, "case": case.case})


def _rows(of: CaseReference) -> QuerySet[models.Attachment]:
    return models.Attachment.objects.filter(lifecycle=of.lifecycle, case=of.case)


def _row(of: CaseReference, attachment: str) -> models.Attachment:
    try:
        found: models.Attachment | None = _rows(of).filter(id=uuid.UUID(attachment)).first()
    except ValueError:
        found = None
    if found is None:
        raise rules.NoSuchAttachment(attachment=attachment)
    return found


def _acts(of: CaseReference) -> int:
    """Return how many steps of a case there were, and hands to them."""
    kinds = (models.Step, models.HandGiven)
    return sum(kind.objects.filter(lifecycle=of.lifecycle, case=of.case).count() for kind in kinds)


def _note(row: models.Attachment, kind: str, *, by: Officer, now: datetime) -> None:
    """Let whoever reads the case see that a file came or went: of what kind and how large, and not its name."""
    models.Handling.objects.create(
        lifecycle=row.lifecycle, case=row.case, kind=kind, at=now, by=by.officer, by_name=by.name,
        by_unit_name=by.unit_name, words=f"{row.kind.upper()} · {-(-row.size // 1024)} KB", attachment=row.id,
    )  # fmt: skip


def _place(row: models.Attachment) -> attachment_pieces.FileOfCase:
    return attachment_pieces.FileOfCase(
        row.lifecycle, row.case, str(row.id), row.name, row.kind, row.size, row.sha256
    )


def _fields(row: models.Attachment, *, by: Officer) -> dict[str, object]:
    return {
        "lifecycle": row.lifecycle, "case": row.case, "attachment": str(row.id), "kind": row.kind,
        "size": row.size, "digest": row.sha256, "by": by.officer,
    }  # fmt: skip


def _other(row: models.Attachment, by: Officer) -> str | None:
    return row.added_by_unit if row.added_by_unit != by.unit else None


def _shown(row: models.Attachment, *, acts: int) -> Attached:
    return Attached(
        str(row.id), row.name, row.kind, row.size, row.sha256, row.added_at, row.added_by, row.added_by_name,
        row.added_by_unit, settled=acts > row.acts_before,
    )  # fmt: skip
