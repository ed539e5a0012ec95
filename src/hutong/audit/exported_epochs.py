"""The epochs of an export, each held against what the first entry of the next says of it.

An export of an epoch has those before it in folders of their own (`epoch/1`, …), for an entry of one can tell of
another: a purge that was approved in one is done in the next. That a database was set back is no fault where two
officers said so, and whoever verifies is told what is lost; what they did not say is one.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from hutong.audit import exported_keys, lines
from hutong.audit.events import EVENTS
from hutong.audit.faults import Findings
from hutong.audit.succession import EPOCH_BEGUN, ExpectedHead
from hutong.core import log_epochs, tiles
from hutong.core.errors import Problem
from hutong.core.leaves import object_in
from hutong.core.leaves import told as leaf_told
from hutong.core.log_keys import CheckpointOfAnother, KeyChain
from hutong.core.signed_note import Checkpoint, Verifier

FOLDER = "epoch"
KEPT = ("rolled_back", "not_continued")
"""What is said of a checkpoint that somebody kept, which is in no export's folder."""
_NUMBER = re.compile(r"[1-9][0-9]{0,5}", re.ASCII)


@dataclass(frozen=True, slots=True)
class ExportedEpoch:
    """An epoch in a folder of an export, its newest checkpoint, its keys, and what is found wrong with it."""

    number: int
    folder: Path
    head: Checkpoint
    keys: KeyChain
    found: Findings = field(default_factory=Findings)

    @property
    def verifier(self) -> Verifier:
        """Its newest key."""
        return self.keys.newest

    def leaf(self, seq: int) -> bytes | None:
        """Return the leaf at a position; None where there is none, or it cannot be read: that is reported elsewhere."""
        if seq >= self.head.size:
            return None
        index = seq // tiles.FULL
        width = tiles.width_in(0, index, self.head.size)
        try:
            leaves = tiles.decode_bundle((self.folder / tiles.entries_path(index, width)).read_bytes(), width=width)
        except (OSError, tiles.BundleMalformed):
            return None
        return leaves[seq % tiles.FULL]


@dataclass(frozen=True, slots=True)
class EpochBegun:
    """How an epoch began, as its first entry says: by whom, why, and what is lost of the one before.

    `signed` is how many entries were signed there, None where nobody knew, `stored` how many are there still.
    """

    epoch: int
    at: str
    old: int
    old_log: str
    signed: int | None
    signed_root: str | None
    stored: int
    stored_root: str
    lost: int | None
    requested_by: str
    by: str
    reason: str

    def tells_of(self, head: Checkpoint) -> bool:
        """Whether a checkpoint of the epoch before is of what it says was signed, as far as that can be told."""
        if self.signed is None or head.size > self.signed:
            return False
        return head.size < self.signed or head.root.hex() == self.signed_root


def before(own: ExportedEpoch) -> list[ExportedEpoch]:
    """Return the epochs before the one that is exported, the first first; what is none of them is reported."""
    root, found = own.folder / FOLDER, []
    if not root.is_dir():
        return []
    name, _ = log_epochs.told(own.verifier.name)
    for path in sorted(root.iterdir(), key=lambda each: (len(each.name), each.name)):
        where = path.relative_to(own.folder).as_posix()
        if not _NUMBER.fullmatch(path.name) or int(path.name) >= own.number or not path.is_dir():
            own.found.add("stray", where)
            continue
        number = int(path.name)
        pinned = [key.named(log_epochs.origin(name, number)) for key in own.keys.keys]
        try:
            keys = exported_keys.read(path, pinned, own.found)
            head = keys.open((path / "checkpoint").read_bytes())
        except CheckpointOfAnother:
            own.found.add("other_root", f"{where}/checkpoint")
        except OSError:
            own.found.add("missing_file", f"{where}/checkpoint")
        except Problem as problem:
            own.found.add(problem, f"{where}/checkpoint")
        else:
            found.append(ExportedEpoch(number, path, head, keys))
    return found


def begun(every: Sequence[ExportedEpoch], *, tree_only: bool) -> list[EpochBegun]:
    """Return how each epoch but the first began, and report where that is not as it has to be.

    With `tree_only` there are no records: then nothing is told but that the first entry is of such an event.
    """
    told = []
    there = {each.number: each for each in every}
    for each in every:
        if each.number == 1:
            continue
        public = leaf_told(each.leaf(0) or b"")
        if tree_only and public is not None and public["event"] == EPOCH_BEGUN:
            continue
        found = _begun(each, public)
        if found is None:
            each.found.add("epoch_unbegun", "entry 0")
            continue
        told.append(found)
        old = there.get(found.old)
        if old is None and found.stored:
            every[-1].found.add("missing_file", f"{FOLDER}/{found.old}")
        elif old is not None and (old.head.size, old.head.root.hex()) != (found.stored, found.stored_root):
            each.found.add("epoch_other_old", "entry 0")
    return told


def attributed(
    heads: Sequence[ExpectedHead], every: Sequence[ExportedEpoch], told: Sequence[EpochBegun]
) -> tuple[dict[int, list[ExpectedHead]], list[tuple[str, int]]]:
    """Return which checkpoints somebody kept each epoch has to continue, and those of which entries are lost as told.

    Of the second each is where it was read, and how many of its entries are lost. What is of no epoch that is there is
    reported.
    """
    there = {each.number: each for each in every}
    expected: dict[int, list[ExpectedHead]] = {number: [] for number in there}
    lost = []
    for head in heads:
        _, number = log_epochs.told(head.head.origin)
        of = there.get(number)
        if of is None:
            later = number > every[-1].number
            every[-1].found.add("rolled_back" if later else "missing_file", head.where)
        elif head.head.size > of.head.size and any(e.old == number and e.tells_of(head.head) for e in told):
            lost.append((head.where, head.head.size - of.head.size))
        else:
            expected[number].append(head)
    return expected, lost


def gathered(every: Sequence[ExportedEpoch]) -> Findings:
    """Return what was found wrong with all of them, each where it is in the export."""
    *former, own = every
    for each in former:
        own.found.count += each.found.count - len(each.found.faults)
        for fault in each.found.faults:
            outside = fault.what in KEPT
            own.found.add(fault.what, fault.where if outside else f"{FOLDER}/{each.number}/{fault.where}")
    return own.found


def _begun(epoch: ExportedEpoch, public: Mapping[str, str] | None) -> EpochBegun | None:
    """Return what the first entry says, if two officers began the epoch by it and it says what can be."""
    record = _first_record(epoch.folder / lines.FILE, public) if public else None
    if public is None or record is None:
        return None
    name, number = log_epochs.told(epoch.verifier.name)
    old_name, old = log_epochs.told(str(record["old_log"]))
    signed, stored, lost = (record[each] for each in ("old_size", "stored_size", "lost"))
    fits = (
        (record["epoch"], record["log"]) == (number, epoch.verifier.name)
        and old_name == name and old < number and record["by"] != record["requested_by"]
        and all(each is None or type(each) is int for each in (signed, lost)) and type(stored) is int
        and lost == (None if signed is None else max(signed - stored, 0))
    )  # fmt: skip
    if not fits:
        return None
    texts = {name: str(record[name]) for name in ("old_log", "stored_root", "requested_by", "by", "reason")}
    return EpochBegun(
        epoch=number, at=public["at"], old=old, signed=signed, signed_root=record["old_root"], stored=stored, lost=lost,
        **texts,
    )  # fmt: skip


def _first_record(path: Path, public: Mapping[str, str]) -> dict[str, Any] | None:
    """Return the record of an epoch's first entry, which its leaf was made for."""
    if public["event"] != EPOCH_BEGUN:
        return None
    try:
        with path.open("rb") as file:
            line = lines.Line.parse(file.readline())
    except (OSError, lines.LineMalformed):
        return None
    if line.seq != 0 or line.fault(public) is not None:
        return None
    record = object_in(line.record.encode()) or {}
    return record if record.keys() == EVENTS[EPOCH_BEGUN].fields else None


def notes_in(path: Path) -> Iterator[Path]:
    """Yield the checkpoints that somebody kept at a path: one, or those of an export."""
    if not path.is_dir():
        yield path
        return
    yield path / "checkpoint"
    yield from sorted((path / FOLDER).glob("*/checkpoint"))


