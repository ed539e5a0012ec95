"""The checkpoints of an export, held against the tree as it grows, against the leaves' moments and against a clock.

The moment of a checkpoint is under its signature, and so is the size of the one before it: none can be left out, none
put in. What was entered before a checkpoint, and the longest transaction before it, is under that one at the latest.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from hutong.audit.clock_corrections import CLOCKS_APART, LONGEST_TRANSACTION, SET_BACK, ClockCorrections, shifted
from hutong.audit.faults import Findings
from hutong.audit.lines import CHECKPOINTS
from hutong.core import defaults
from hutong.core.cosignature import WitnessKey
from hutong.core.errors import Problem
from hutong.core.leaves import moment, told
from hutong.core.log_keys import CHANGED, KeyChain
from hutong.core.merkle import Frontier, TreeHash
from hutong.core.signed_note import Checkpoint, NoteUnsigned

LONGEST_BEHIND = timedelta(hours=defaults.number("audit.witness_hours"))
LONGEST_WAIT = timedelta(days=defaults.number("audit.placing_days"))
TRAINING = "audit.training_clock_begun"
EPOCH_BEGUN = "audit.epoch_begun"
_NONE: tuple[None, str] = (None, "")


@dataclass(frozen=True, slots=True)
class ExpectedHead:
    """A checkpoint somebody kept, which the log has to continue, and where it was read."""

    head: Checkpoint
    where: str


@dataclass(frozen=True, slots=True)
class Before:
    """What the epochs before leave to the next: the latest moment of a checkpoint, and from when entries may be.

    Both are empty texts before the first.
    """

    signed_at: str = ""
    floor: str = ""


@dataclass(slots=True)
class Witnessed:
    """A witness whose cosignatures are asked for: the largest checkpoint it cosigned, and when."""

    key: WitnessKey
    size: int = 0
    at: datetime | None = None
    head_at: str | None = None


class Succession:
    """The checkpoints of an export in their order; `take` is given the leaves as they stand in the tree.

    With `now` nothing may be later than that moment; a log on a training clock has None. Moments rise on from those of
    the epochs `before`, whatever clock they lived on; `left` is what this one leaves to the next. What an entry of a
    `clock` that was set back may still cover is reported at that clock's end.
    """

    def __init__(
        self, path: Path, found: Findings, *, keys: KeyChain, now: datetime | None,
        expected: Sequence[ExpectedHead] = (), witnesses: Sequence[WitnessKey] = (), before: Before | None = None,
        clock: ClockCorrections | None = None, epoch: int = 1,
    ) -> None:  # fmt: skip
        self.longest_wait = timedelta()
        self.witnessed = [Witnessed(each) for each in witnesses]
        self._found = found
        self._now = None if now is None else moment(now + CLOCKS_APART)
        self._expected = sorted(expected, key=lambda each: each.head.size)
        self._clock, self._epoch = clock or ClockCorrections(), epoch
        self._clock.begin(trains=now is None)
        self._frontier = Frontier()
        self._before = before or Before()
        self._floor, self._signed_at, self._other = self._before.floor, self._before.signed_at, False
        self._earliest = shifted(self._signed_at, -CLOCKS_APART) if self._signed_at else ""
        self._last: Checkpoint | None = None
        self._keys = {change.index for change in keys.changes}
        self._heads = _read(path, found, keys)
        self._next: Checkpoint | None
        self._next, self._note = next(self._heads, _NONE)
        self._meet()

    @property
    def left(self) -> Before:
        """What this epoch and those before leave to the next, once it is at its end."""
        return Before(self._signed_at, max(self._floor, self._before.floor))

    def take(self, leaves: Sequence[bytes], hashes: Sequence[bytes]) -> list[TreeHash]:
        """Let the tree grow by leaves, and hold every checkpoint on the way against it; returns what became full."""
        full, at = [], 0
        while at < len(hashes):
            sizes = [each.head.size for each in self._expected] + ([self._next.size] if self._next else [])
            ahead = [size - self._frontier.size for size in sizes if size > self._frontier.size]
            until = min([len(hashes), *(at + each for each in ahead)])
            self._look_at(leaves[at:until])
            full += self._frontier.extend(hashes[at:until])
            at = until
            self._meet()
        return full

    def end(self, head: Checkpoint) -> None:
        """Report what is left when all leaves were given, and a newest checkpoint that is not the last of these."""
        if self._frontier.size != head.size or self._frontier.root() != head.root:
            self._found.add("other_root", "checkpoint")
        if self._last != head:
            self._found.add("other_last", CHECKPOINTS)
        while self._next is not None:
            self._found.add("beyond", f"{CHECKPOINTS}: {self._next.size}")
            self._next, self._note = next(self._heads, _NONE)
        for each in self._expected:
            self._found.add("rolled_back", each.where)
        for witness in self.witnessed:
            self._judge_witness(witness, head)

    def _meet(self) -> None:
        """Hold those checkpoints against the tree that are of its size by now."""
        size = self._frontier.size
        while self._expected and self._expected[0].head.size <= size:
            each = self._expected.pop(0)
            if each.head.root != self._frontier.root():
                self._found.add("not_continued", each.where)
        while self._next is not None and self._next.size <= size:
            head, note = self._next, self._note
            self._next, self._note = next(self._heads, _NONE)
            self._judge(head)
            for witness in self.witnessed:
                self._ask(witness, head, note)

    def _judge(self, head: Checkpoint) -> None:
        where, last = f"{CHECKPOINTS}: {head.size}", self._last
        if head.size != self._frontier.size or head.after != (None if last is None else last.size):
            self._found.add("chain_broken", where)
        elif head.root != self._frontier.root() and not self._other:
            self._other = True  # those that follow it are other ones for the same reason
            self._found.add("other_root", where)
        if head.at is None:
            self._found.add("no_moment", where)
        elif (last is not None and last.at is not None and head.at < last.at) or head.at < self._earliest:
            self._found.add("moments_fall", where)
        elif self._now is not None and head.at > self._now and not self._clock.holds(head.at):
            self._clock.doubt(self._found, "in_future", where, ahead=self._clock.jumps_to(head.at))
        if head.at is not None:
            self._clock.signed(head.at)
            self._signed_at = max(self._signed_at, head.at)
            if not head.waiting:
                self._floor = max(shifted(head.at, -LONGEST_TRANSACTION), self._before.floor)
        self._last = head

    def _ask(self, witness: Witnessed, head: Checkpoint, note: str) -> None:
        """Note whether a witness cosigned a checkpoint, and when."""
        where = f"{CHECKPOINTS}: {head.size}"
        try:
            at = datetime.fromtimestamp(witness.key.cosigned_at(note), UTC)
        except NoteUnsigned:
            return
        except Problem as problem:
            self._found.add(problem, where)
            return
        except (ValueError, OverflowError, OSError):  # a moment of no calendar
            self._found.add("in_future", where)
            return
        if self._now is not None and moment(at) > self._now:
            self._found.add("in_future", where)
        elif self._now and head.at and head.at > moment(at + CLOCKS_APART) and not self._clock.holds(head.at):
            self._clock.doubt(self._found, "seen_before", where)
        self._clock.seen(moment(at))
        witness.size, witness.at, witness.head_at = head.size, at, head.at

    def _judge_witness(self, witness: Witnessed, head: Checkpoint) -> None:
        """Report a witness that cosigned nothing, or nothing of late."""
        if witness.at is None:
            self._found.add("not_witnessed", witness.key.name)
        elif head.at and witness.head_at and _moment(head.at) - _moment(witness.head_at) > LONGEST_BEHIND:
            self._found.add("witnessed_long_ago", witness.key.name)

    def _look_at(self, leaves: Sequence[bytes]) -> None:
        """Hold the moments of leaves against the checkpoint they come under and the one before."""
        signed_at, soon = (self._next.at, self._clock.jumps_to(self._next.at)) if self._next else (None, False)
        latest = signed_at and shifted(signed_at, CLOCKS_APART)
        waited = signed_at and self._now and shifted(signed_at, -LONGEST_WAIT)
        first = None
        for seq, data in enumerate(leaves, start=self._frontier.size):
            public = told(data)
            if public is None:
                continue  # reported with the records
            at = public["at"]
            if public["event"] == SET_BACK and (self._now is None or at <= self._now):
                self._clock.set_back(at, epoch=self._epoch, entry=seq)
            floor = self._clock.floor(self._floor)
            if public["event"] == CHANGED and seq not in self._keys:
                self._found.add("key_unlisted", f"entry {seq}")
            if public["event"] == EPOCH_BEGUN and at < self._earliest and not self._clock.covers(at):
                self._clock.doubt(self._found, "begun_before", f"entry {seq}", at=at)
            elif at < floor:
                self._clock.early(self._found, "out_of_time", f"entry {seq}", at=at)
            elif self._now is not None and at > self._now:
                if latest and at > latest:  # the clock that signed it was not ahead by as much
                    self._found.add("in_future", f"entry {seq}")
                else:
                    self._clock.doubt(self._found, "in_future", f"entry {seq}", ahead=soon)
            elif latest and at > latest:
                self._found.add("out_of_time", f"entry {seq}")
            elif waited and at < waited and not self._clock.covers(at):
                self._clock.doubt(self._found, "signed_late", f"entry {seq}", ahead=soon)
            elif not (signed_at and self._clock.holds(signed_at)):
                first = at if first is None else min(first, at)
        if first and signed_at:
            self.longest_wait = max(self.longest_wait, _moment(signed_at) - _moment(first))


def on_training_clock(leaves: Sequence[bytes | None]) -> bool:
    """Return whether the first of a log's entries says that it lives on a training clock.

    Of a later epoch the first says that it began, and the second may say so.
    """
    events = [public["event"] for public in (told(leaf) for leaf in leaves if leaf) if public is not None]
    return (events[1:] if events[:1] == [EPOCH_BEGUN] else events)[:1] == [TRAINING]


def _read(path: Path, found: Findings, keys: KeyChain) -> Iterator[tuple[Checkpoint, str]]:
    """Yield the checkpoints of an export, those that were signed, each with its note."""
    try:
        with path.open("rb") as file:
            for number, line in enumerate(file, start=1):
                try:
                    note = json.loads(line)
                    head = keys.open(note) if isinstance(note, str) else None
                except Problem as problem:
                    found.add(problem, f"{CHECKPOINTS}: line {number}")
                except ValueError:
                    found.add("unreadable", f"{CHECKPOINTS}: line {number}")
                else:
                    if head is None or not _is_moment(head.at):
                        found.add("unreadable", f"{CHECKPOINTS}: line {number}")
                    else:
                        yield head, note
    except OSError:
        found.add("missing_file", CHECKPOINTS)


def _is_moment(at: str | None) -> bool:
    try:
        return at is None or _moment(at).year > 1
    except ValueError:
        return False


def _moment(at: str) -> datetime:
    return datetime.fromisoformat(at)
