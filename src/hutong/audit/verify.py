"""Verifying an exported log without the platform: no database, no settings, nothing but the folder and a key.

Every entry is hashed anew, every tile compared, the root held against the signed checkpoint, and every record
against the commitment in its leaf. A record that is gone although its years are not over is a fault.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Literal

from hutong.audit.events import RecordClass
from hutong.audit.leaves import commit, moment
from hutong.audit.years import KEPT_YEARS, cut_off
from hutong.core import merkle, notes, tiles
from hutong.core.errors import Invalid, Missing, Problem
from hutong.core.merkle import Frontier, Getter

FAULTS_SHOWN = 100
_TOLD = {"at", "class", "commitment", "event"}


class RecordNotCommitted(Invalid):
    """The record is not the one its leaf was made for."""


class ExportIncomplete(Missing):
    """The file {path} is not in the export, or is cut short."""


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that is not as it was signed: what, and where (a path of the export, and the entry)."""

    what: str
    where: str

    def __str__(self) -> str:
        return f"{self.where}: {self.what}"

    def say(self, *, language: Literal["zh", "en"]) -> str:
        """Return the fault in words; what only a library could tell stays as it was told."""
        return f"{self.where}：{_ZH.get(self.what, self.what)}" if language == "zh" else str(self)


_ZH = {
    "the entries do not make the root that was signed": "各条目算出的树根与签名检查点不符",
    "stands out of order, or twice": "次序错乱或重复",
    "is of an entry the checkpoint does not cover": "所属条目不在检查点范围内",
    "cannot be read": "无法读取",
    "is not the key that was asked for": "不是所要求的验证公钥",
    "is not there": "文件缺失",
    "is not the entry its tile was made of": "条目与生成其哈希瓦片时的内容不符",
    "is no leaf of this log": "不是本日志的叶子",
    "is not the record its leaf was made for": "记录与其叶子中的承诺值不符",
    "is missing although its years are not over": "记录缺失，而保存期尚未届满",
    "is not made of the tiles below it": "与下层瓦片算出的结果不符",
    "is no tile": "不是瓦片文件",
    "lies beyond the checkpoint": "超出检查点范围",
}


@dataclass(frozen=True, slots=True)
class Report:
    """What was verified. `records` is None where the export holds none; `faults` are the first hundred."""

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
class Proven:
    """A record that was proven: its place, and its moment and event as the public leaf tells them."""

    origin: str
    index: int
    size: int
    at: str
    event: str


@dataclass(slots=True)
class _Found:
    """What has been found so far."""

    faults: list[Fault] = field(default_factory=list)
    count: int = 0
    entries: int = 0
    records: int = 0
    purged: int = 0

    def add(self, what: str, where: str) -> None:
        self.count += 1
        if len(self.faults) < FAULTS_SHOWN:
            self.faults.append(Fault(what, where))


def verify(folder: Path, *, vkey: str | None = None) -> Report:
    """Return what is wrong with an export, if anything; reads it once, in order.

    Without `vkey` the key in the export is taken: then the export only proves that it fits itself, so compare
    that key with the one the platform publishes.
    """
    found = _Found()
    head = _head(folder, vkey, found)
    if head is None:
        return Report(None, 0, 0, None, 0, tuple(found.faults), found.count)
    with_records = (folder / "records.jsonl").exists()
    frontier, nodes = Frontier(), _Nodes()
    records = _Records(folder, found) if with_records else None
    keep_from = _keep_from(folder, head.size)
    for index in range(-(-head.size // tiles.FULL)):
        tile = tiles.Tile(0, index, tiles.width_in(0, index, head.size))
        leaves, hashes = _bundle(folder, tile, found)
        nodes.take(frontier.extend(hashes))
        if records is not None:
            _check_records(leaves, records, start=tile.start, keep_from=keep_from, found=found)
    if records is not None:
        records.check_end()
    _check_nodes(folder, nodes, size=head.size, found=found)
    if frontier.size != head.size or frontier.root() != head.root:
        found.add("the entries do not make the root that was signed", "checkpoint")
    _check_strangers(folder, size=head.size, found=found)
    return Report(
        head.origin,
        head.size,
        found.entries,
        found.records if with_records else None,
        found.purged,
        tuple(found.faults),
        found.count,
    )


def verify_record(
    record: str, *, salt: bytes, leaf: bytes, index: int, proof: Sequence[bytes], note: str, vkey: str
) -> Proven:
    """Return what is proven of one record by its salt, its leaf, an inclusion proof and a signed checkpoint.

    Raises RecordNotCommitted, merkle.ProofRejected, or what notes.Verifier.open raises.
    """
    verifier = notes.Verifier.parse(vkey)
    head = notes.Checkpoint.parse(verifier.open(note))
    told = _told(leaf)
    if told is None or told["commitment"] != commit(salt, record.encode()).hex():
        raise RecordNotCommitted
    merkle.verify_inclusion(
        leaf=merkle.leaf_hash(leaf), index=index, size=head.size, proof=proof, expected_root=head.root
    )
    return Proven(head.origin, index, head.size, told["at"], told["event"])


def verify_checkpoints(old: str, new: str, folder: Path, *, vkey: str | None = None) -> None:
    """Return if checkpoint `new` continues checkpoint `old`, by the tiles in `folder`, which reach `new`.

    Raises merkle.ProofRejected where history was rewritten, merkle.OutsideTree where `old` is the larger,
    ExportIncomplete, or what notes.Verifier.open raises.
    """
    verifier = notes.Verifier.parse(vkey or (folder / "log.vkey").read_text(encoding="utf-8").strip())
    first, second = (notes.Checkpoint.parse(verifier.open(note)) for note in (old, new))
    proof = merkle.consistency_proof(first.size, second.size, _getter(folder, second.size))
    merkle.verify_consistency(
        first=first.size,
        second=second.size,
        first_root=first.root,
        second_root=second.root,
        proof=proof,
    )


class _Nodes:
    """The roots of full tiles as computed, by level."""

    def __init__(self) -> None:
        self._levels: dict[int, list[bytes]] = {}

    def take(self, nodes: Sequence[merkle.Node]) -> None:
        for node in nodes:
            self._levels.setdefault(node.level, []).append(node.hash)

    def of(self, tile: tiles.Tile) -> bytes:
        hashes = self._levels.get(tile.level or 0, [])
        return b"".join(hashes[tile.start : tile.start + tile.width])


class _Records:
    """The lines of `records.jsonl`, asked for entry by entry."""

    def __init__(self, folder: Path, found: _Found) -> None:
        self._found = found
        self._lines = self._read(folder / "records.jsonl")
        self._next = next(self._lines, None)

    def at(self, seq: int) -> tuple[bytes, bytes] | None:
        """Return salt and record of entry `seq`, None where there is none."""
        while self._next is not None and self._next[0] < seq:
            self._found.add("stands out of order, or twice", f"records.jsonl: entry {self._next[0]}")
            self._next = next(self._lines, None)
        if self._next is None or self._next[0] != seq:
            return None
        _, salt, record = self._next
        self._next = next(self._lines, None)
        return salt, record

    def check_end(self) -> None:
        while self._next is not None:
            self._found.add("is of an entry the checkpoint does not cover", f"records.jsonl: entry {self._next[0]}")
            self._next = next(self._lines, None)

    def _read(self, path: Path) -> Iterator[tuple[int, bytes, bytes]]:
        with path.open("rb") as file:
            for number, line in enumerate(file, start=1):
                try:
                    told = json.loads(line)
                    yield int(told["seq"]), bytes.fromhex(told["salt"]), told["record"].encode()
                except (ValueError, TypeError, KeyError, AttributeError):
                    self._found.add("cannot be read", f"records.jsonl: line {number}")


def _head(folder: Path, vkey: str | None, found: _Found) -> notes.Checkpoint | None:
    try:
        inside = (folder / "log.vkey").read_text(encoding="utf-8").strip()
        if vkey is not None and inside != vkey.strip():
            found.add("is not the key that was asked for", "log.vkey")
        verifier = notes.Verifier.parse((vkey or inside).strip())
        head = notes.Checkpoint.parse(verifier.open((folder / "checkpoint").read_bytes()))
    except FileNotFoundError as error:
        found.add("is not there", Path(error.filename).name)
        return None
    except (Problem, UnicodeDecodeError) as problem:
        found.add(str(problem), "checkpoint")
        return None
    if head.origin != verifier.name:
        found.add(f"is of the log {head.origin}, the key is of {verifier.name}", "checkpoint")
    return head


def _bundle(folder: Path, tile: tiles.Tile, found: _Found) -> tuple[list[bytes], list[bytes]]:
    """Return the entries of a bundle and their hashes; of a broken one, none and what its tile holds."""
    path = tiles.entries_path(tile.index, tile.width)
    stored = _stored(folder, tile, found)
    try:
        leaves = tiles.decode_bundle((folder / path).read_bytes(), width=tile.width)
    except FileNotFoundError:
        found.add("is not there", path)
        return [], stored
    except tiles.BundleMalformed as problem:
        found.add(str(problem), path)
        return [], stored
    hashes = [merkle.leaf_hash(data) for data in leaves]
    if stored and hashes != stored:
        for place, (computed, kept) in enumerate(zip(hashes, stored, strict=True)):
            if computed != kept:
                found.add("is not the entry its tile was made of", f"{path}: entry {tile.start + place}")
    found.entries += len(leaves)
    return leaves, hashes


def _stored(folder: Path, tile: tiles.Tile, found: _Found) -> list[bytes]:
    try:
        data = (folder / tile.path).read_bytes()
    except FileNotFoundError:
        found.add("is not there", tile.path)
        return []
    if len(data) != tile.width * merkle.HASH_LENGTH:
        found.add(f"does not hold {tile.width} hashes", tile.path)
        return []
    return _hashes(data)


def _check_records(
    leaves: list[bytes], records: _Records, *, start: int, keep_from: dict[str, str], found: _Found
) -> None:
    for seq, data in enumerate(leaves, start=start):
        told = _told(data)
        if told is None:
            found.add("is no leaf of this log", f"entry {seq}")
            continue
        kept = records.at(seq)
        if kept is not None:
            found.records += 1
            if commit(*kept).hex() != told["commitment"]:
                found.add("is not the record its leaf was made for", f"records.jsonl: entry {seq}")
        elif told["at"] >= keep_from.get(told["class"], ""):
            found.add("is missing although its years are not over", f"records.jsonl: entry {seq}")
        else:
            found.purged += 1


def _check_nodes(folder: Path, nodes: _Nodes, *, size: int, found: _Found) -> None:
    for tile in tiles.tiles_of(size):
        if tile.level and (stored := _stored(folder, tile, found)) and b"".join(stored) != nodes.of(tile):
            found.add("is not made of the tiles below it", tile.path)


def _check_strangers(folder: Path, *, size: int, found: _Found) -> None:
    for file in sorted((folder / "tile").rglob("*")):
        if file.is_dir():
            continue
        path = file.relative_to(folder).as_posix()
        try:
            tile = tiles.parse(path)
        except tiles.TilePathMalformed:
            found.add("is no tile", path)
            continue
        if tile.width > tiles.width_in(tile.level or 0, tile.index, size):
            found.add("lies beyond the checkpoint", path)


def _keep_from(folder: Path, size: int) -> dict[str, str]:
    """Return by class the moment from which records must be there, seen from the newest entries."""
    if not size:
        return {}
    index = (size - 1) // tiles.FULL
    path = tiles.entries_path(index, tiles.width_in(0, index, size))
    try:
        leaves = tiles.decode_bundle((folder / path).read_bytes(), width=tiles.width_in(0, index, size))
        newest = datetime.fromisoformat(max(told["at"] for told in map(_told, leaves) if told))
    except (FileNotFoundError, tiles.BundleMalformed, ValueError):
        return {}  # a fault that the walk reports by itself
    return {str(each): moment(cut_off(newest, RecordClass(each))) for each in KEPT_YEARS}


def _told(leaf: bytes) -> dict[str, str] | None:
    try:
        told = json.loads(leaf)
    except ValueError:
        return None
    if not isinstance(told, dict) or told.pop("v", None) != 1:
        return None
    fits = told.keys() == _TOLD and all(isinstance(value, str) for value in told.values())
    return told if fits else None


def _getter(folder: Path, size: int) -> Getter:
    @lru_cache(maxsize=64)
    def tile(level: int, index: int) -> list[bytes]:
        width = tiles.width_in(level, index, size)
        path = tiles.tile_path(level, index, max(width, 1))
        try:
            data = (folder / path).read_bytes()
        except FileNotFoundError:
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
