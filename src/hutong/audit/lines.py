"""What an export tells by line, read with suspicion: records, public leaves, and the purges that were done.

Whatever has a second reading is refused: a key that stands twice, another spelling, a field too many.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from hutong.audit import subjects
from hutong.audit.events import EVENTS, RecordClass
from hutong.audit.faults import Findings
from hutong.audit.leaves import SALT_LENGTH, commit, moment
from hutong.audit.years import cut_off
from hutong.core import canonical
from hutong.core.errors import Malformed, Problem

PURGE_DONE = EVENTS["audit.purge_done"]
FILE = "records.jsonl"
_TOLD = {"at", "class", "commitment", "event"}
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z", re.ASCII)
_SALT = re.compile(rf"[0-9a-f]{{{2 * SALT_LENGTH}}}")
_SUBJECTS = re.compile(rf"(?:[0-9a-f]{{{2 * subjects.LENGTH}}})*")
_LIKE_A_PURGE = rb"\"certificate\":"  # as it stands in a record within a line


class LineMalformed(Malformed):
    """This is not a line of records as an export writes it."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of `records.jsonl`; `subjects` are those of a use, gathered, and `parties` who may read the record."""

    seq: int
    salt: bytes
    record: str
    subjects: bytes
    parties: tuple[str, ...]

    @classmethod
    def parse(cls, line: bytes) -> "Line":
        """Return what a line says; raises LineMalformed for any other spelling of it."""
        told = _object(line.removesuffix(b"\n"))
        if told is None or told.keys() != {"parties", "record", "salt", "seq", "subjects"}:
            raise LineMalformed
        seq, record, parties = told["seq"], told["record"], told["parties"]
        fits = type(seq) is int and seq >= 0 and isinstance(record, str) and isinstance(parties, list)
        if not fits or not all(isinstance(each, str) and "\n" not in each for each in parties):
            raise LineMalformed
        salt, about = (_bytes(told[name], pattern) for name, pattern in (("salt", _SALT), ("subjects", _SUBJECTS)))
        return cls(seq, salt, record, about, tuple(parties))


@dataclass(frozen=True, slots=True)
class LoggedPurge:
    """A purge as the log tells of it: which class, before which moment, how many, and where its entry stands."""

    seq: int
    record_class: str
    before: str
    removed: int

    def covers(self, *, record_class: str, at: str, seq: int) -> bool:
        """Return whether it let go of such a record; a purge takes only what was placed before it."""
        return record_class == self.record_class and at < self.before and seq < self.seq


class Records:
    """The lines of `records.jsonl`, asked for entry by entry, and the purges that explain what is absent."""

    def __init__(
        self, path: Path, found: Findings, *, purges: Sequence[LoggedPurge], keep_from: dict[str, str]
    ) -> None:
        self._found = found
        self._purges = purges
        self._keep_from = keep_from
        self._lines = self._read(path)
        self._next = next(self._lines, None)

    def check(self, leaves: Sequence[bytes], *, start: int) -> None:
        """Hold the record of every leaf against it, the first leaf being entry `start`."""
        for seq, data in enumerate(leaves, start=start):
            public = told(data)
            if public is None:
                self._found.add("no_leaf", f"entry {seq}")
            elif (kept := self._at(seq)) is not None:
                self._check_kept(kept, public)
            else:
                self._check_absent(public, seq=seq)

    def check_end(self) -> None:
        """Report the lines left over, and more absences than all purges together made."""
        while self._next is not None:
            self._found.add("uncovered", f"{FILE}: entry {self._next.seq}")
            self._next = next(self._lines, None)
        for each, count in self._found.purged.items():
            if count > removed(self._purges, record_class=each):
                self._found.add("missing_too_many", f"{FILE}: class {each}")

    def _check_kept(self, kept: Line, public: dict[str, str]) -> None:
        self._found.records += 1
        if commit(kept.salt, kept.record.encode(), parties=kept.parties).hex() != public["commitment"]:
            other = "other_record"
            self._found.add(other, f"{FILE}: entry {kept.seq}")
        elif (record := _object(kept.record.encode("utf-8", "surrogatepass"))) is None:
            self._found.add("not_canonical", f"{FILE}: entry {kept.seq}")
        elif not named(record, kept.subjects):
            self._found.add("other_subjects", f"{FILE}: entry {kept.seq}")

    def _check_absent(self, public: dict[str, str], *, seq: int) -> None:
        if public["at"] >= self._keep_from.get(public["class"], ""):
            self._found.add("missing_too_soon", f"{FILE}: entry {seq}")
        elif any(each.covers(record_class=public["class"], at=public["at"], seq=seq) for each in self._purges):
            self._found.purged[public["class"]] += 1
        else:
            self._found.add("missing_unpurged", f"{FILE}: entry {seq}")

    def _at(self, seq: int) -> Line | None:
        while self._next is not None and self._next.seq < seq:
            self._found.add("out_of_order", f"{FILE}: entry {self._next.seq}")
            self._next = next(self._lines, None)
        if self._next is None or self._next.seq != seq:
            return None
        kept, self._next = self._next, next(self._lines, None)
        return kept

    def _read(self, path: Path) -> Iterator[Line]:
        with path.open("rb") as file:
            for number, line in enumerate(file, start=1):
                try:
                    yield Line.parse(line)
                except LineMalformed:
                    self._found.add("unreadable", f"{FILE}: line {number}")


def named(record: Mapping[str, object], about: bytes) -> bool:
    """Return whether gathered subjects are those that a record names: each once and in their order."""
    return record.get("subjects") == subjects.root(about) and subjects.gathered([about]) == about


def is_canonical(record: str) -> bool:
    """Return whether a record's text is the one canonical text of an object."""
    return _object(record.encode("utf-8", "surrogatepass")) is not None


def told(leaf: bytes) -> dict[str, str] | None:
    """Return what a public leaf tells, None where it is none of ours."""
    found = _object(leaf)
    if found is None or type(found.pop("v", None)) is not int or found.keys() != _TOLD:
        return None
    texts = {name: value for name, value in found.items() if isinstance(value, str)}
    fits = len(texts) == len(_TOLD) and _MOMENT.fullmatch(texts["at"]) and leaf.endswith(b',"v":1}')
    return texts if fits else None


def candidates(path: Path) -> Iterator[Line]:
    """Yield the lines that may be of a purge that was done; whether they are, `purge` says."""
    with path.open("rb") as file:
        for line in file:
            if _LIKE_A_PURGE in line:
                try:
                    yield Line.parse(line)
                except LineMalformed:
                    continue  # verifying reports this fault elsewhere


def purge(line: Line, *, leaf: bytes) -> LoggedPurge | None:
    """Return the purge a line tells of, if the leaf at its place was made for it and is of such an event.

    What was younger than its years at that moment is not covered, whatever the record says (SX-10-c).
    """
    public = told(leaf)
    if public is None or public["event"] != PURGE_DONE.name or public["class"] != PURGE_DONE.record_class:
        return None
    if public["commitment"] != commit(line.salt, line.record.encode(), parties=line.parties).hex():
        return None
    record = _object(line.record.encode()) or {}
    try:
        record_class, removed = RecordClass(record["record_class"]), int(record["removed"])
        latest = cut_off(datetime.fromisoformat(public["at"]), record_class)
        before = min(datetime.fromisoformat(record["before"]), latest)
    except (KeyError, TypeError, ValueError):
        return None
    return LoggedPurge(line.seq, record_class, moment(before), removed)


def removed(purges: Sequence[LoggedPurge], *, record_class: str) -> int:
    """Return how many records of a class these purges let go of."""
    return sum(each.removed for each in purges if each.record_class == record_class)


def _object(text: bytes) -> dict[str, Any] | None:
    try:
        found: dict[str, Any] = canonical.loads(text)
        fits = isinstance(found, dict) and canonical.dumps(found) == text
    except Problem:
        return None
    return found if fits else None


def _bytes(text: object, pattern: re.Pattern[str]) -> bytes:
    if not isinstance(text, str) or not pattern.fullmatch(text):
        raise LineMalformed
    return bytes.fromhex(text)
