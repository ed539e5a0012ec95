"""What an export tells by line, read with suspicion: records, what stands beside them, and public leaves.

Whatever has a second reading is refused: a key that stands twice, another spelling, a field too many.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from hutong.audit import columns, subjects
from hutong.audit.events import RecordClass
from hutong.audit.faults import Findings
from hutong.core.errors import Malformed
from hutong.core.leaves import SALT_LENGTH, commit, object_in, told

FILE = "records.jsonl"
CHECKPOINTS = "checkpoints.jsonl"
KEYS = "keys.json"
_SALT = re.compile(rf"[0-9a-f]{{{2 * SALT_LENGTH}}}")
_SUBJECTS = re.compile(rf"(?:[0-9a-f]{{{2 * subjects.LENGTH}}})*")
_KEYS = {"columns", "others", "record", "salt", "seq", "subjects"}
_ALWAYS = {"at", "event", "class"}
_HEADING = (*sorted(_ALWAYS), "unit", "counterpart")


class LineMalformed(Malformed):
    """This is not a line of records as an export writes it."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of `records.jsonl`; `subjects` are those of a use, gathered.

    `columns` are those by which the platform finds and sums it, as they are kept there, without those that have
    nothing; `others` are parties beyond the two that stand there.
    """

    seq: int
    salt: bytes
    record: str
    subjects: bytes
    columns: Mapping[str, str | int]
    others: tuple[str, ...]

    @classmethod
    def parse(cls, line: bytes) -> "Line":
        """Return what a line says; raises LineMalformed for any other spelling of it."""
        told = object_in(line.removesuffix(b"\n"))
        if told is None or told.keys() != _KEYS:
            raise LineMalformed
        seq, record, beside, others = told["seq"], told["record"], told["columns"], told["others"]
        if type(seq) is not int or seq < 0 or not isinstance(record, str) or not _beside(beside):
            raise LineMalformed
        if not isinstance(others, list) or not all(_code(each) and "," not in each for each in others):
            raise LineMalformed
        salt, about = (_bytes(told[name], pattern) for name, pattern in (("salt", _SALT), ("subjects", _SUBJECTS)))
        return cls(seq, salt, record, about, beside, tuple(others))

    def fault(self, public: Mapping[str, str]) -> str | None:
        """Return what is wrong with it beside the leaf that was made for it, None where nothing is."""
        if any(self.columns[name] != public[name] for name in _ALWAYS):
            return "other_leaf"
        if self.commitment != public["commitment"]:
            return "other_record"
        record = object_in(self.record.encode("utf-8", "surrogatepass"))
        if record is None:
            return "not_canonical"
        if not named(record, self.subjects):
            return "other_subjects"
        return None if self._says(record) else "other_columns"

    @property
    def commitment(self) -> str:
        """The commitment to it, as a leaf has it."""
        by = {name: str(self.columns[name]) for name in _HEADING if name in self.columns}
        return commit(
            self.salt, self.record.encode("utf-8", "surrogatepass"), at=by["at"], event=by["event"],
            record_class=by["class"], unit=by.get("unit"), counterpart=by.get("counterpart"), others=self.others,
        ).hex()  # fmt: skip

    def _says(self, record: Mapping[str, object]) -> bool:
        """Return whether the columns say what the record says."""
        typed = {name: value for name, value in self.columns.items() if name not in _HEADING}
        used = self.columns["class"] != RecordClass.USAGE or self.columns.get("unit") == record.get("unit")
        return used and typed == columns.said(record)


class Absent(Protocol):
    """What explains that a record is gone."""

    def explain(self, public: Mapping[str, str], *, seq: int) -> str | None:
        """Return what is wrong with a record that is not there, None where its years were over and it was let go of."""

    def faults(self) -> Iterator[tuple[str, str]]:
        """Yield what is wrong when all are counted, and of what."""


class Records:
    """The lines of `records.jsonl`, asked for entry by entry; of those that are gone, `absent` is asked."""

    def __init__(self, path: Path, found: Findings, *, absent: Absent) -> None:
        self._found = found
        self._absent = absent
        self._lines = self._read(path)
        self._next = next(self._lines, None)

    def check(self, leaves: Sequence[bytes], *, start: int) -> None:
        """Hold the record of every leaf against it, the first leaf being entry `start`."""
        for seq, data in enumerate(leaves, start=start):
            public = told(data)
            if public is None:
                self._found.add("no_leaf", f"entry {seq}")
            elif (kept := self._at(seq)) is not None:
                self._found.records += 1
                if fault := kept.fault(public):
                    self._found.add(fault, f"{FILE}: entry {seq}")
            elif fault := self._absent.explain(public, seq=seq):
                self._found.add(fault, f"{FILE}: entry {seq}")
            else:
                self._found.purged[public["class"]] += 1

    def check_end(self) -> None:
        """Report the lines left over, and what is wrong with those that are gone together."""
        while self._next is not None:
            self._found.add("uncovered", f"{FILE}: entry {self._next.seq}")
            self._next = next(self._lines, None)
        for what, of in self._absent.faults():
            self._found.add(what, f"{FILE}: {of}")

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
    return object_in(record.encode("utf-8", "surrogatepass")) is not None


def _beside(found: object) -> bool:
    """Return whether columns are as an export writes them: none that nobody knows, and a text each but the number."""
    if not isinstance(found, dict) or not _ALWAYS <= found.keys() <= {*columns.FOUND_BY}:
        return False
    if not all(_code(found[name]) for name in _HEADING if name in found):
        return False
    texts = all(isinstance(value, str) for name, value in found.items() if name != "latency_us")
    return texts and type(found.get("latency_us", 0)) is int


def _code(found: object) -> bool:
    return isinstance(found, str) and found != "" and "\n" not in found


def _bytes(text: object, pattern: re.Pattern[str]) -> bytes:
    if not isinstance(text, str) or not pattern.fullmatch(text):
        raise LineMalformed
    return bytes.fromhex(text)
