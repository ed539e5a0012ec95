"""Verifying an exported log without the platform: no database, no settings, nothing but the folder and a key.

Every entry is hashed anew, every tile compared, the root held against every checkpoint that was signed, moments against
each other and against the clock of whoever verifies, and every record with what finds it against the commitment in its
leaf. A record that is gone is a fault, unless its years are over and the log has the entries of a purge that two
officers agreed to. So is a file that such an export does not have. Of a log in a later epoch the epochs before are
verified with it.
"""

import os
import stat
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

from hutong.audit import exported_epochs, exported_keys, lines, purged
from hutong.audit.clock_corrections import ClockCorrection, ClockCorrections
from hutong.audit.exported_epochs import EpochBegun, ExportedEpoch
from hutong.audit.faults import Fault, Findings
from hutong.audit.purged import Purges
from hutong.audit.succession import Before, ExpectedHead, Succession, on_training_clock
from hutong.core import log_epochs, merkle, signed_note, tiles
from hutong.core.cosignature import WitnessKey
from hutong.core.errors import Invalid, Problem
from hutong.core.leaves import SALT_LENGTH, commit, told
from hutong.core.log_keys import CheckpointOfAnother, KeyChain

_SINGLE = {"checkpoint", "log.vkey", lines.FILE, lines.CHECKPOINTS, lines.KEYS}


class RecordNotCommitted(Invalid):
    """The record is not the one its leaf was made for, or its parties are not."""


@dataclass(frozen=True, slots=True)
class Report:
    """What was verified. `records` is None where none were looked at; `faults` are the first hundred.

    `training` says that the log lives on a training clock, so that its moments prove nothing; `longest_wait` is the
    longest time from an entry to the checkpoint it came under; `witnessed` are the witnesses asked for, each with the
    size of the largest checkpoint it cosigned, and when. `earlier` are the reports of the epochs before, their faults
    among these too, `begun` how each later epoch began, `lost` the checkpoints kept from before of which entries are
    lost as that says, each with how many. `clock_corrections` are the entries of a clock that was set back.
    """

    origin: str | None
    size: int
    entries: int
    records: int | None
    purged: int
    faults: tuple[Fault, ...]
    faults_found: int
    training: bool = False
    longest_wait: timedelta = timedelta()
    witnessed: tuple[tuple[str, int, datetime], ...] = ()
    earlier: "tuple[Report, ...]" = ()
    begun: tuple[EpochBegun, ...] = ()
    lost: tuple[tuple[str, int], ...] = ()
    clock_corrections: tuple[ClockCorrection, ...] = ()

    @property
    def number(self) -> int:
        """Which epoch of the log it is of."""
        return log_epochs.told(self.origin or "")[1]

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


def verify(
    folder: Path, *, now: datetime, vkey: str | None = None, tree_only: bool = False, after: Sequence[Path] = (),
    witnesses: Sequence[str] = (),
) -> Report:  # fmt: skip
    """Return what is wrong with an export, if anything, at the moment `now`; reads it in order, the records twice.

    Without `vkey` the key in the export is taken: then the export only proves that it fits itself, so compare
    that key with the one the platform publishes. `tree_only` is for an export whose records were withheld: none
    is asked for, and none is looked at. `after` are checkpoints, or exports with one, that the log has to continue,
    `witnesses` the keys of those who have to have cosigned it. Raises VerifierMalformed for a key that is none.
    """
    found = Findings()
    signed = None if _links(folder, found) else _head(folder, vkey, found)
    if signed is None:
        return Report(None, 0, 0, None, 0, tuple(found.faults), found.count)
    head, keys = signed
    own = ExportedEpoch(log_epochs.told(keys.first.name)[1], folder, head, keys, found)
    every = [*exported_epochs.before(own), own]
    begun = exported_epochs.begun(every, tree_only=tree_only)
    expected, lost = exported_epochs.attributed(_kept(after, keys, found), every, begun)
    purges = None if tree_only else _purges(every, now=now)
    asked = [WitnessKey.parse(key) for key in witnesses]
    reports, before, clock = [], Before(), ClockCorrections()
    for each in every:
        told, before = _verify_epoch(
            each, now=now, purges=purges, last=each is own, expected=expected[each.number],
            witnesses=asked if each is own else (), before=before, clock=clock,
        )  # fmt: skip
        reports.append(told)
    clock.end()
    *earlier, report = [_with_faults(*each) for each in zip(reports, every, strict=True)]
    faults = exported_epochs.gathered(every)
    return replace(
        report, faults=tuple(faults.faults), faults_found=faults.count, earlier=tuple(earlier), begun=tuple(begun),
        lost=tuple(lost), clock_corrections=tuple(clock.corrections),
    )  # fmt: skip


def _with_faults(report: Report, epoch: ExportedEpoch) -> Report:
    found = epoch.found
    return replace(report, faults=tuple(found.faults), faults_found=found.count)


def _verify_epoch(
    epoch: ExportedEpoch, *, now: datetime, purges: Purges | None, last: bool, expected: Sequence[ExpectedHead],
    witnesses: Sequence[WitnessKey], before: Before, clock: ClockCorrections,
) -> tuple[Report, Before]:  # fmt: skip
    """Return what is wrong with one epoch, in its own folder, and what it leaves to the next."""
    folder, head, found, training = epoch.folder, epoch.head, epoch.found, _trains(epoch)
    succession = Succession(
        folder / lines.CHECKPOINTS, found, keys=epoch.keys, now=None if training else now, expected=expected,
        witnesses=witnesses, before=before, clock=clock, epoch=epoch.number,
    )  # fmt: skip
    inner = _InnerHashes()
    records = None if purges is None else _records(folder, found=found, purges=purges.of(epoch.number, last=last))
    for index in range(-(-head.size // tiles.FULL)):
        tile = tiles.Tile(0, index, tiles.width_in(0, index, head.size))
        leaves, hashes = _bundle(folder, tile, found)
        inner.take(succession.take(leaves, hashes))
        if records is not None:
            records.check(leaves, start=tile.start)
    succession.end(head)
    if records is not None:
        records.check_end()
    _check_inner(folder, inner, size=head.size, found=found)
    _check_strangers(folder, size=head.size, found=found, last=last)
    report = Report(
        head.origin,
        head.size,
        found.entries,
        None if records is None else found.records,
        found.purged.total(),
        tuple(found.faults),
        found.count,
        training,
        succession.longest_wait,
        tuple((each.key.name, each.size, each.at) for each in succession.witnessed if each.at is not None),
    )
    return report, succession.left


def verify_record(
    record: str, *, unit: str | None, counterpart: str | None, others: Sequence[str], salt: bytes, leaf: bytes,
    index: int, proof: Sequence[bytes], note: str, vkey: str,
) -> ProvenRecord:  # fmt: skip
    """Return what is proven of one record and its parties by salt, leaf, inclusion proof and signed checkpoint.

    Raises RecordNotCommitted, also for a record that is not canonical and could be read in two ways,
    CheckpointOfAnother, merkle.ProofRejected, or what signed_note.Verifier.open raises.
    """
    head = _signed(note, signed_note.Verifier.parse(vkey))
    public = told(leaf)
    if public is None or len(salt) != SALT_LENGTH or not lines.is_canonical(record):
        raise RecordNotCommitted
    if public["commitment"] != commit(
        salt, record.encode(), at=public["at"], event=public["event"], record_class=public["class"],
        unit=unit, counterpart=counterpart, others=others,
    ).hex():  # fmt: skip
        raise RecordNotCommitted
    merkle.verify_inclusion(
        leaf=merkle.leaf_hash(leaf), index=index, size=head.size, proof=proof, expected_root=head.root
    )
    return ProvenRecord(head.origin, index, head.size, public["at"], public["event"])


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


def _records(folder: Path, *, found: Findings, purges: lines.Absent) -> lines.Records | None:
    path = folder / lines.FILE
    if not path.is_file():
        found.add("missing_file", lines.FILE)
        return None
    return lines.Records(path, found, absent=purges)


def _purges(every: Sequence[ExportedEpoch], *, now: datetime) -> Purges:
    """Return the purges of all epochs: what was agreed to in one is done in the next.

    Years are counted by the clock of whoever verifies, those of an epoch on a training clock by that one: what it
    purged of an epoch on the real clock is gone too soon.
    """
    found: list[purged.PurgeEntry] = []
    for each in every:
        path = each.folder / lines.FILE
        if path.is_file():
            found += purged.entries(path, each.leaf, epoch=each.number)
    return Purges(found, clocks={each.number: _clock(each, last=every[-1], now=now) for each in every})


def _clock(epoch: ExportedEpoch, *, last: ExportedEpoch, now: datetime) -> datetime:
    """Return the moment by which the years of an epoch's records are counted."""
    if not _trains(epoch):
        return now
    return _own_clock(last.head, now) if _trains(last) else max(now, _own_clock(epoch.head, now))


def _trains(epoch: ExportedEpoch) -> bool:
    """Return whether an epoch says that it lives on a training clock."""
    return on_training_clock([epoch.leaf(seq) for seq in (0, 1)])


def _own_clock(head: signed_note.Checkpoint, now: datetime) -> datetime:
    """Return the moment it is on the clock of a log that lives on a training clock: that of its newest checkpoint."""
    try:
        return datetime.fromisoformat(head.at) if head.at else now
    except ValueError:
        return now


def _kept(after: Sequence[Path], keys: KeyChain, found: Findings) -> list[ExpectedHead]:
    """Return the checkpoints somebody kept, of any epoch; one that cannot be read, or is another log's, is a fault."""
    name, _ = log_epochs.told(keys.first.name)
    kept = []
    for path in after:
        for file in exported_epochs.notes_in(path):
            try:
                note = file.read_bytes()
                origin = signed_note.split(note)[0].partition("\n")[0]
                other = origin != keys.first.name and log_epochs.told(origin)[0] == name
                kept.append(ExpectedHead(_of_other(note, origin, keys) if other else keys.open(note), str(path)))
            except OSError:
                found.add("missing_file", str(file))
            except Problem as problem:
                found.add(problem, str(path))
    return kept


def _of_other(note: bytes, origin: str, keys: KeyChain) -> signed_note.Checkpoint:
    """Return the checkpoint in a note of another epoch, which one of the keys has signed; raises as a note does."""
    named = [key.named(origin) for key in keys.keys]
    return KeyChain(next((key for key in named if signed_note.carries(note, key)), named[0])).open(note)


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


def _head(
    folder: Path, vkey: str | None, found: Findings
) -> tuple[signed_note.Checkpoint, KeyChain] | None:
    try:
        inside = (folder / "log.vkey").read_text(encoding="utf-8").strip()
        verifier = signed_note.Verifier.parse((vkey or inside).strip())
        keys = exported_keys.read(folder, [verifier], found)
        if inside not in map(str, keys.keys):
            found.add("other_key", "log.vkey")
        note = (folder / "checkpoint").read_bytes()
        named = signed_note.split(note)[0].partition("\n")[0]
        if named != verifier.name and log_epochs.told(named)[0] == log_epochs.told(verifier.name)[0]:
            found.add("other_epoch", "checkpoint")
            return None
        return keys.open(note), keys
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


def _check_strangers(folder: Path, *, size: int, found: Findings, last: bool) -> None:
    for file in sorted(folder.rglob("*")):
        path = file.relative_to(folder).as_posix()
        if file.is_dir() or path in _SINGLE or (last and path.startswith(f"{exported_epochs.FOLDER}/")):
            continue  # those of an epoch before are looked at with it
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


def _hashes(data: bytes) -> list[bytes]:
    return [data[i : i + merkle.HASH_LENGTH] for i in range(0, len(data), merkle.HASH_LENGTH)]
