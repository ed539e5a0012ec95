"""The whole log in a folder, so that it can be verified without the platform: C2SP paths and the records."""

import json
import os
import shutil
from collections.abc import Iterator, Sequence, Set
from datetime import datetime
from pathlib import Path
from typing import Any

from psycopg import Cursor

from hutong.audit import checkpoint, columns, epochs, hashes, keychain, lines, log, publishing, witnesses
from hutong.audit.epochs import Epoch
from hutong.audit.exported_epochs import FOLDER
from hutong.core import tiles
from hutong.core.errors import Conflicting, Refused, Unavailable
from hutong.core.leaves import moment, told_at
from hutong.core.lifecycle import Seat
from hutong.db import sql
from hutong.db.database import Database

statements = sql.load(__package__, "export.sql")

_CHUNK = 64 * tiles.FULL
"""How many leaves one statement reads: the whole log is read in many, none of which takes long."""
_BATCH = 20_000
"""How many checkpoints or entries one statement looks through."""
_BEFORE_ALL = -(1 << 63)
STATEMENT_SECONDS = 60.0
"""Longest one statement of an export may take."""
ENTITLED = ("auditor", "operator", "authority")
"""Roles that may take the whole log along."""


class NotEntitledToExport(Refused):
    """The whole log is exported by {role}; {by} holds none of these roles."""

    clause = "SX-11-a"


class FolderNotEmpty(Conflicting):
    """The folder {folder} holds something already; nothing was exported."""


class PurgedSince(Conflicting):
    """Records were purged after epoch {epoch} of the log ended; nothing was exported."""


class PurgeNotPlaced(Unavailable):
    """A purge was done whose entry no checkpoint covers yet; nothing was exported."""


def export(
    db: Database, folder: Path, *, now: datetime, by: str, seats: Set[Seat], vkey: str,
    later_vkeys: Sequence[str] = (), epoch: int | None = None,
) -> checkpoint.Head:  # fmt: skip
    """Write an epoch of the log under its newest checkpoint into `folder`, new or empty; returns that checkpoint.

    It is the epoch that is written where no other is named; `vkey` is the first key the log had, under the name of the
    first epoch, `later_vkeys` are those that followed it. The epochs before are written into `epoch/1` and so on, each
    as a whole log is.

    Written are `checkpoint`, `log.vkey`, `tile/...`, `tile/entries/...`, of a log whose key was changed `keys.json`
    (`publishing.keys`), `checkpoints.jsonl`, every checkpoint that was signed, with its cosignatures, as a JSON text a
    line, and `records.jsonl`: by line `seq`, `salt` (hex), `record`, `subjects` (hex, digests one behind the other),
    whose root the record names, `columns`, by which the platform finds and sums the entry, as they are kept, and
    `others`, parties beyond those. The commitment is over all of it
    (`leaves.commit`). The folder appears whole, after the export itself is entered in the log under `by`, who sits at
    `seats`; it and the records can be read by who exported alone. Raises NotEntitledToExport, FolderNotEmpty,
    epochs.NoSuchEpoch, checkpoint.LogEmpty, and PurgeNotPlaced and PurgedSince where records would be missing without
    the entry that says why.
    """
    if not any(seat.role in ENTITLED for seat in seats):
        raise NotEntitledToExport(role=", ".join(ENTITLED), by=by)
    if folder.exists() and any(folder.iterdir()):
        raise FolderNotEmpty(folder=folder)
    part = folder.with_name(f"{folder.name}.part")
    shutil.rmtree(part, ignore_errors=True)
    folder.parent.mkdir(parents=True, exist_ok=True)
    part.mkdir(mode=0o700)
    try:
        with db.transaction() as cur:
            of = epochs.of(cur, epoch)
            head = checkpoint.latest(cur, epoch=of.number)
            records = _write(cur, part, of, head=head, vkeys=[vkey, *later_vkeys], strays=True)
            for each in epochs.every(cur):
                ended = checkpoint.newest(cur, epoch=each.number, within=hashes.size(cur, each))
                if each.number < of.number and ended is not None:
                    inside = part / FOLDER / str(each.number)
                    inside.mkdir(parents=True)
                    records += _write(cur, inside, each, head=ended, vkeys=[vkey, *later_vkeys], strays=False)
            facts = {"by": by, "size": head.size, "root": head.root.hex(), "records": records}
            log.append(cur, [log.LogEntry("audit.exported", now, facts)])
        part.rename(folder)
    finally:
        shutil.rmtree(part, ignore_errors=True)
    return head


def _write(
    cur: Cursor, folder: Path, epoch: Epoch, *, head: checkpoint.Head, vkeys: Sequence[str], strays: bool
) -> int:
    """Write one epoch and return how many records it has.

    With `strays` the records that no leaf of any epoch covers are among them, and what a purge took that it does not
    tell of is seen to.
    """
    chain = keychain.published(cur, epoch, vkeys=vkeys)
    (folder / "log.vkey").write_text(f"{chain.newest}\n", encoding="utf-8")
    if chain.changes:
        told = publishing.keys(cur, epoch, chain=chain, size=head.size)
        (folder / lines.KEYS).write_text(json.dumps(told, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    (folder / "checkpoint").write_text(witnesses.with_cosignatures(cur, head, epoch=epoch.number), encoding="utf-8")
    with (folder / lines.CHECKPOINTS).open("w", encoding="utf-8", newline="\n") as file:
        for note in _checkpoints(cur, epoch, size=head.size):
            file.write(json.dumps(note, ensure_ascii=False) + "\n")
    _write_tiles(cur, folder, epoch, size=head.size)
    records = 0
    own = os.open(folder / lines.FILE, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)  # it tells of people
    with open(own, "w", encoding="utf-8", newline="\n") as file:
        for first in range(0, head.size, _CHUNK):
            start = epoch.first_seq
            facts = {"first": start + first, "until": start + min(first + _CHUNK, head.size)}
            placed = cur.execute(statements.leaves, facts).fetchall()
            _write_bundles(folder, first=first, leaves=[data for _, data in placed])
            for line in _records(cur, first=first, placed=placed):
                file.write(line)
                records += 1
        if strays:
            file.writelines(_strays(cur, size=head.size))
    # Looked at last: whatever purge took a record before it was read is seen here.
    ((unplaced,),) = cur.execute(statements.purge_unplaced, {"size": epoch.first_seq + head.size})
    if unplaced and strays:  # of what went after an epoch, that which follows it tells
        raise PurgeNotPlaced if epoch.until_seq is None else PurgedSince(epoch=epoch.number)
    return records


def _checkpoints(cur: Cursor, epoch: Epoch, *, size: int) -> Iterator[str]:
    """Yield every checkpoint up to a size, in the order in which they were signed."""
    after = -1
    while True:
        facts = {"epoch": epoch.number, "after": after, "size": size, "many": _BATCH}
        found = cur.execute(statements.checkpoints, facts).fetchall()
        yield from (note for _, note in found)
        if len(found) < _BATCH:
            return
        after = found[-1][0]


def _write_tiles(cur: Cursor, folder: Path, epoch: Epoch, *, size: int) -> None:
    get = hashes.getter(cur, epoch)
    for tile in tiles.tiles_of(size):
        assert tile.level is not None
        _put(folder / tile.path, b"".join(get(tile.level, tile.start, tile.width)))


def _write_bundles(folder: Path, *, first: int, leaves: list[bytes]) -> None:
    for start in range(0, len(leaves), tiles.FULL):
        part = leaves[start : start + tiles.FULL]
        path = tiles.entries_path((first + start) // tiles.FULL, len(part))
        _put(folder / path, tiles.encode_bundle(part))


def _records(cur: Cursor, *, first: int, placed: list[tuple[int, bytes]]) -> Iterator[str]:
    # Bounds of the moment let PostgreSQL leave out the months without any of these; what is no leaf of ours has none.
    moments = [told_at(data) for _, data in placed]
    known = [at for at in moments if at is not None]
    from_at, to_at = (min(known), max(known)) if known and len(known) == len(moments) else (None, None)
    facts = {"ids": [entry_id for entry_id, _ in placed], "from_at": from_at, "to_at": to_at}
    found: dict[int, list[Sequence[Any]]] = {}
    for entry_id, *kept in cur.execute(statements.records, facts):
        found.setdefault(entry_id, []).append(kept)
    for seq, (entry_id, _) in enumerate(placed, start=first):
        yield from (_line(each, seq=seq) for each in found.get(entry_id, ()))


def _strays(cur: Cursor, *, size: int) -> Iterator[str]:
    """Yield a line of every record that no leaf covers, behind all others: verifying finds that it is not covered."""
    seq, after = size, _BEFORE_ALL
    while True:
        ((until,),) = cur.execute(statements.batch, {"after": after, "many": _BATCH}).fetchall()
        if until is None:
            return
        for _, *kept in cur.execute(statements.strays, {"after": after, "until": until}).fetchall():
            yield _line(kept, seq=seq)
            seq += 1
        after = until


def _line(kept: Sequence[Any], *, seq: int) -> str:
    salt, record, about, others, at, *rest = kept
    beside = sorted(zip(columns.FOUND_BY, (moment(at), *rest), strict=True))
    line = {
        "columns": {name: value for name, value in beside if value is not None},
        "others": sorted(others), "record": record, "salt": salt.hex(), "seq": seq,
        "subjects": b"".join(sorted(each.bytes for each in about or ())).hex(),
    }  # fmt: skip
    return json.dumps(line, ensure_ascii=False, separators=(",", ":")) + "\n"


def _put(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
