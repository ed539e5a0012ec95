"""Verifying an exported log without the platform: no database, no settings, nothing but the folder and a key.

Every entry is hashed anew, every tile compared, the root held against the signed checkpoint, and every record
against the commitment in its leaf. A record that is gone is a fault, unless its years were over and the log has
the entry of a purge that covers it. So is a file that such an export does not have.
"""

import os
import stat
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path

from hutong.audit import lines
from hutong.audit.events import RecordClass
from hutong.audit.faults import Fault, Findings
from hutong.audit.leaves import SALT_LENGTH, commit, moment
from hutong.audit.lines import LoggedPurge
from hutong.audit.years import cut_off
from hutong.core import merkle, signed_note, tiles
from hutong.core.errors import Invalid, Missing, Problem
from hutong.core.merkle import Frontier, Getter

_SINGLE = {"checkpoint", "log.vkey", lines.FILE}


class RecordNotCommitted(Invalid):
    """The record is not the one its leaf was made for, or its parties are not."""


class CheckpointOfAnother(Invalid):
    """The checkpoint is of the log {origin}, the key is of {expected}."""


class ExportHasLink(Invalid):
    """{path} in the export is a symbolic link or no ordinary file; it may show something else to another reader."""


class ExportIncomplete(Missing):
    """The file {path} is not in the export, or is cut short."""


@dataclass(frozen=True, slots=True)
class Report:
    """What was verified. `records` is None where none were looked at; `faults` are the first hundred."""

    origin: str | None
    size: int
    entries: int
    records: int | None
    purged: int
    faults: tuple[Fault, ...]
    faults_found: int

    @property
    def sound(self) -> bool:
        """Whether nothing is wrong."""
        return self.faults_found == 0

    def __str__(self) -> str:
        return (
            f"{self.origin}: {self.size} entries signed, {self.entries} verified, "
            f"{self.records or 0} records, {self.purged} purged, {self.faults_found} faults"
        )


@dataclass(frozen=True, slots=True)
class ProvenRecord:
    """A record that was proven: its place, and its moment and event as the public leaf tells them."""

    origin: str
    index: int
    size: int
    at: str
    event: str


def verify(folder: Path, *, vkey: str | None = None, tree_only: bool = False) -> Report:
    """Return what is wrong with an export, if anything; reads it in order, the records twice.

    Without `vkey` the key in the export is taken: then the export only proves that it fits itself, so compare
    that key with the one the platform publishes. `tree_only` is for an export whose records were withheld: none
    is asked for, and none is looked at.
    """
    found = Findings()
    head = None if _links(folder, found) else _head(folder, vkey, found)
    if head is None:
        return Report(None, 0, 0, None, 0, tuple(found.faults), found.count)
    frontier, inner = Frontier(), _InnerHashes()
    records = None if tree_only else _records(folder, size=head.size, found=found)
    for index in range(-(-head.size // tiles.FULL)):
        tile = tiles.Tile(0, index, tiles.width_in(0, index, head.size))
        leaves, hashes = _bundle(folder, tile, found)
        inner.take(frontier.extend(hashes))
        if records is not None:
            records.check(leaves, start=tile.start)
    if records is not None:
        records.check_end()
    _check_inner(folder, inner, size=head.size, found=found)
    if frontier.size != head.size or frontier.root() != head.root:
        found.add("other_root", "checkpoint")
    _check_strangers(folder, size=head.size, found=found)
    return Report(
        head.origin,
        head.size,
        found.entries,
        None if records is None else found.records,
        found.purged.total(),
        tuple(found.faults),
        found.count,
    )


def verify_record(
    record: str, *, parties: Sequence[str], salt: bytes, leaf: bytes, index: int, proof: Sequence[bytes],
    note: str, vkey: str,
) -> ProvenRecord:  # fmt: skip
    """Return what is proven of one record and its parties by salt, leaf, inclusion proof and signed checkpoint.

    Raises RecordNotCommitted, also for a record that is not canonical and could be read in two ways,
    CheckpointOfAnother, merkle.ProofRejected, or what signed_note.Verifier.open raises.
    """
    head = _signed(note, signed_note.Verifier.parse(vkey))
    told = lines.told(leaf)
    if told is None or len(salt) != SALT_LENGTH or not lines.is_canonical(record):
        raise RecordNotCommitted
    if told["commitment"] != commit(salt, record.encode(), parties=parties).hex():
        raise RecordNotCommitted
    merkle.verify_inclusion(
        leaf=merkle.leaf_hash(leaf), index=index, size=head.size, proof=proof, expected_root=head.root
    )
    return ProvenRecord(head.origin, index, head.size, told["at"], told["event"])


def verify_checkpoints(old: str, new: str, folder: Path, *, vkey: str | None = None) -> None:
    """Return if checkpoint `new` continues checkpoint `old`, by the tiles in `folder`, which reach `new`.

    Raises merkle.ProofRejected where history was rewritten, merkle.OutsideTree where `old` is the larger,
    ExportHasLink, ExportIncomplete, CheckpointOfAnother, or what signed_note.Verifier.open raises.
    """
    links = Findings()
    if _links(folder, links):
        raise ExportHasLink(path=links.faults[0].where)
    if vkey is None and not (folder / "log.vkey").is_file():
        raise ExportIncomplete(path="log.vkey")
    verifier = signed_note.Verifier.parse((vkey or (folder / "log.vkey").read_text(encoding="utf-8")).strip())
    first, second = (_signed(note, verifier) for note in (old, new))
    proof = merkle.consistency_proof(first.size, second.size, _getter(folder, second.size))
    merkle.verify_consistency(
        first=first.size,
        second=second.size,
        first_root=first.root,
        second_root=second.root,
        proof=proof,
    )


class _InnerHashes:
    """The roots of full tiles as computed, by level."""

    def __init__(self) -> None:
        self._levels: dict[int, list[bytes]] = {}

    def take(self, inner: Sequence[merkle.TreeHash]) -> None:
        for each in inner:
            self._levels.setdefault(each.level, []).append(each.hash)

    def of(self, tile: tiles.Tile) -> bytes:
        hashes = self._levels.get(tile.level or 0, [])
        return b"".join(hashes[tile.start : tile.start + tile.width])


def _records(folder: Path, *, size: int, found: Findings) -> lines.Records | None:
    path = folder / lines.FILE
    if not path.is_file():
        found.add("missing_file", lines.FILE)
        return None
    purges: dict[int, LoggedPurge] = {}
    for line in lines.candidates(path):
        leaf = _leaf(folder, line.seq, size=size)
        if leaf is not None and (purge := lines.purge(line, leaf=leaf)):
            purges[line.seq] = purge
    return lines.Records(path, found, purges=list(purges.values()), keep_from=_keep_from(folder, size))


def _links(folder: Path, found: Findings) -> bool:
    """Return whether there is anything in the folder but folders and ordinary files."""
    before = found.count
    for at, folders, files in os.walk(folder):
        for path in (Path(at, name) for name in (*folders, *files)):
            mode = path.lstat().st_mode
            if not (stat.S_ISDIR(mode) or stat.S_ISREG(mode)):
                found.add("link", path.relative_to(folder).as_posix())
    return found.count > before


def _signed(note: str | bytes, verifier: signed_note.Verifier) -> signed_note.Checkpoint:
    head = signed_note.Checkpoint.parse(verifier.open(note))
    if head.origin != verifier.name:
        raise CheckpointOfAnother(origin=head.origin, expected=verifier.name)
    return head


def _head(folder: Path, vkey: str | None, found: Findings) -> signed_note.Checkpoint | None:
    try:
        inside = (folder / "log.vkey").read_text(encoding="utf-8").strip()
        if vkey is not None and inside != vkey.strip():
            found.add("other_key", "log.vkey")
        verifier = signed_note.Verifier.parse((vkey or inside).strip())
        return _signed((folder / "checkpoint").read_bytes(), verifier)
    except (FileNotFoundError, IsADirectoryError) as error:
        found.add("missing_file", Path(error.filename).name)
    except Problem as problem:
        found.add(problem, "checkpoint")
    except UnicodeDecodeError:
        found.add("not_text", "checkpoint")
    return None


def _bundle(folder: Path, tile: tiles.Tile, found: Findings) -> tuple[list[bytes], list[bytes]]:
    """Return the entries of a bundle and their hashes; of a broken one, none and what its tile holds."""
    path = tiles.entries_path(tile.index, tile.width)
    stored = _stored(folder, tile, found)
    try:
        leaves = tiles.decode_bundle((folder / path).read_bytes(), width=tile.width)
    except (FileNotFoundError, IsADirectoryError, NotADirectoryError):
        found.add("missing_file", path)
        return [], stored
    except tiles.BundleMalformed as problem:
        found.add(problem, path)
        return [], stored
    hashes = [merkle.leaf_hash(data) for data in leaves]
    if stored and hashes != stored:
        for place, (computed, kept) in enumerate(zip(hashes, stored, strict=True)):
            if computed != kept:
                found.add("other_entry", f"{path}: entry {tile.start + place}")
    found.entries += len(leaves)
    return leaves, hashes


def _stored(folder: Path, tile: tiles.Tile, found: Findings) -> list[bytes]:
    try:
        data = (folder / tile.path).read_bytes()
    except (FileNotFoundError, IsADirectoryError, NotADirectoryError):
        found.add("missing_file", tile.path)
        return []
    if len(data) != tile.width * merkle.HASH_LENGTH:
        found.add("short_tile", tile.path)
        return []
    return _hashes(data)


def _check_inner(folder: Path, inner: _InnerHashes, *, size: int, found: Findings) -> None:
    for tile in tiles.tiles_of(size):
        if tile.level and (stored := _stored(folder, tile, found)) and b"".join(stored) != inner.of(tile):
            found.add("other_tile", tile.path)


def _check_strangers(folder: Path, *, size: int, found: Findings) -> None:
    for file in sorted(folder.rglob("*")):
        path = file.relative_to(folder).as_posix()
        if file.is_dir() or path in _SINGLE:
            continue
        try:
            tile = tiles.parse(path)
        except tiles.TilePathMalformed:
            stray = "no_tile" if path.startswith("tile/") else "stray"
            found.add(stray, path)
            continue
        width = tiles.width_in(tile.level or 0, tile.index, size)
        if tile.width > width:
            found.add("beyond", path)
        elif tile.width != width:
            found.add("stray", path)


def _keep_from(folder: Path, size: int) -> dict[str, str]:
    """Return by class the moment from which records must be there, seen from the newest entries."""
    try:
        leaves = _leaves(folder, (size - 1) // tiles.FULL, size=size) if size else ()
        newest = datetime.fromisoformat(max(told["at"] for told in map(lines.told, leaves) if told))
    except ValueError:
        return {}  # there is none, or a fault that is reported elsewhere
    return {str(each): moment(cut_off(newest, each)) for each in RecordClass}


def _leaf(folder: Path, seq: int, *, size: int) -> bytes | None:
    leaves = _leaves(folder, seq // tiles.FULL, size=size) if seq < size else ()
    return leaves[seq % tiles.FULL] if leaves else None


def _leaves(folder: Path, index: int, *, size: int) -> Sequence[bytes]:
    """Return the entries of a bundle, none of a broken one, which is reported elsewhere."""
    width = tiles.width_in(0, index, size)
    try:
        return tiles.decode_bundle((folder / tiles.entries_path(index, width)).read_bytes(), width=width)
    except (OSError, tiles.BundleMalformed):
        return ()


def _getter(folder: Path, size: int) -> Getter:
    @lru_cache(maxsize=64)
    def tile(level: int, index: int) -> list[bytes]:
        width = tiles.width_in(level, index, size)
        path = tiles.tile_path(level, index, max(width, 1))
        try:
            data = (folder / path).read_bytes()
        except (FileNotFoundError, IsADirectoryError, NotADirectoryError):
            raise ExportIncomplete(path=path) from None
        if len(data) != width * merkle.HASH_LENGTH:
            raise ExportIncomplete(path=path)
        return _hashes(data)

    def get(level: int, index: int, count: int) -> list[bytes]:
        # What is asked for together never crosses a tile.
        place = index % tiles.FULL
        return tile(level, index // tiles.FULL)[place : place + count]

    return get


def _hashes(data: bytes) -> list[bytes]:
    return [data[i : i + merkle.HASH_LENGTH] for i in range(0, len(data), merkle.HASH_LENGTH)]
