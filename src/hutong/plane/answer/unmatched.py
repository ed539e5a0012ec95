"""Limits on claiming records of which nothing matches, whatever is claimed of them (D-25).

A value of a declared list is not worn out, and an item of the key claimed beside itself is another value each time:
both tell that a record is there. So it is kept of which records nothing matched when a unit last claimed something of
them. Their share among all records that it claimed in a year is limited as that of its claims is; a record counts once,
so a few that are true, claimed over and over, hide nothing. And a resident number says a birth date: of numbers that
say the same one as many may not match as records for the same value.

Of the records that matched every sixteenth is kept, by its digest: whoever claims cannot choose it, and it costs
little.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from math import isqrt
from typing import Any, NamedTuple

from hutong.core.errors import Exhausted
from hutong.db import arrays, sql, trips
from hutong.plane.definition import Definition, Rule

statements = sql.load(__package__, "unmatched.sql")

EVERY = 16
BORN = slice(6, -4)
"""Where a resident number says when somebody was born: after the area, before sequence and check digit."""


class RecordShareSpent(Exhausted):
    """Over {percent} in a hundred of the records that were claimed of {code} in {days} days did not match; it stops."""

    clause = "SX-07-d"


class KeyPartSpent(Exhausted):
    """Claim {claim}: {most} numbers of this birth date did not match in {days} days; no other is compared."""

    clause = "SX-07-d"


class ClaimedRecord(NamedTuple):
    """What one claim comes to: its record, the part of its key that is counted, and whether any value matched."""

    record: bytes
    part: bytes
    """Empty where the key has no resident number."""
    matched: bool


Pair = tuple[str, str]
"""A unit and a resource."""


def parts(definition: Definition, columns: Sequence[Sequence[bytes]]) -> list[bytes]:
    """Return of each row its key with birth dates in place of resident numbers; nothing where the key has none.

    `columns` are the normalised columns of the key, in the definition's order.
    """
    numbers = [
        any(each.rule is Rule.RESIDENT_NUMBER for each in definition.item(code).rules) for code in definition.key
    ]
    if not any(numbers):
        return []
    cut = [
        [value[BORN] or value for value in column] if number else column
        for column, number in zip(columns, numbers, strict=True)
    ]
    return list(cut[0]) if len(cut) == 1 else [b"".join(map(_prefixed, row)) for row in zip(*cut, strict=True)]


def _prefixed(part: bytes) -> bytes:
    return len(part).to_bytes(4, "big") + part


@dataclass(slots=True)
class ClaimedRecords:
    """The records a list claims, as they are kept."""

    missed: dict[tuple[str, str, bytes], bytes] = field(default_factory=dict)
    """Records of which a claim did not match, with the parts of their keys."""
    last: dict[tuple[str, str, bytes], bool] = field(default_factory=dict)
    """Whether the last claim about each matched."""
    parts: dict[bytes, None] = field(default_factory=dict)
    """All parts of keys that are claimed."""

    def add(self, pair: Pair, claimed: Sequence[ClaimedRecord]) -> None:
        """Keep what the claims of the next question came to."""
        for record, part, matched in claimed:
            key = (*pair, record)
            self.last[key] = matched
            if part:
                self.parts[part] = None
            if not matched:
                self.missed[key] = part

    def given(self) -> dict[str, Any]:
        """Return the parameters of the statement that keeps them."""
        matched = [key for key, did in self.last.items() if did]
        missed_units, missed_codes, missed_keys = _columns(list(self.missed))
        matched_units, matched_codes, matched_keys = _columns(matched)
        pairs = list(dict.fromkeys(key[:2] for key in self.last))
        return {
            "missed_units": arrays.texts(missed_units), "missed_codes": arrays.texts(missed_codes),
            "missed_keys": arrays.blobs(missed_keys),
            "missed_parts": arrays.blobs([part or None for part in self.missed.values()]),
            "matched_units": arrays.texts(matched_units), "matched_codes": arrays.texts(matched_codes),
            "matched_keys": arrays.blobs(matched_keys), "parts": arrays.blobs(list(self.parts)),
            "part_units": arrays.texts([unit for unit, _ in pairs]),
            "part_codes": arrays.texts([code for _, code in pairs]),
        }  # fmt: skip


def _columns(keys: Sequence[tuple[str, str, bytes]]) -> tuple[Sequence[str], Sequence[str], Sequence[bytes]]:
    return tuple(zip(*keys, strict=True)) if keys else ((), (), ())  # type: ignore[return-value]


@dataclass(slots=True)
class _Counted:
    """How many records of a resource a unit claimed: those that did not match, and every sixteenth that did."""

    missed: int
    matched: int
    alarmed: bool

    def beyond(self, percent: int) -> bool:
        return self.missed * 100 > percent * (self.missed + EVERY * (self.matched + 3 * isqrt(self.matched) + 3))

    @property
    def share(self) -> int:
        return self.missed * 100 // max(1, self.missed + EVERY * self.matched)


@dataclass(slots=True)
class RecordLedger:
    """What is kept of the records of a list, as its questions are gone through in order."""

    counted: dict[Pair, _Counted]
    kept: dict[tuple[str, str, bytes], bool]
    """Whether each record matched, of those that are kept."""
    parts: dict[bytes, set[bytes]]
    """Records that did not match, by the part of their key."""

    def worn_out(self, claimed: ClaimedRecord, most: int) -> bool:
        """Whether no other record with this part of its key is compared; whether it would match makes no difference."""
        known = self.parts.get(claimed.part, ())
        return len(known) >= most and claimed.record not in known

    def take(self, pair: Pair, claimed: ClaimedRecord) -> None:
        """Count a record."""
        key, counted = (*pair, claimed.record), self.counted[pair]
        before = self.kept.pop(key, None)
        counted.missed -= before is False
        counted.matched -= before is True
        if before is False and claimed.part:
            self.parts[claimed.part].discard(claimed.record)
        if not claimed.matched:
            counted.missed += 1
            self.kept[key] = False
            if claimed.part:
                self.parts.setdefault(claimed.part, set()).add(claimed.record)
        elif claimed.record[0] % EVERY == 0:
            counted.matched += 1
            self.kept[key] = True


def looking(
    records: Sequence[tuple[str, str, bytes]], part: Sequence[bytes], given: dict[str, Any]
) -> list[trips.Statement]:
    """Return the statements that read what is kept of records and of parts of keys."""
    pairs = sorted({key[:2] for key in records})
    units, codes, ks = _columns(sorted(set(records)))
    return [
        (
            statements.look_days,
            {**given, "of": arrays.texts([u for u, _ in pairs]), "codes": arrays.texts([c for _, c in pairs])},
        ),
        (
            statements.look_records,
            {**given, "units": arrays.texts(units), "resources": arrays.texts(codes), "records": arrays.blobs(ks)},
        ),
        (statements.look_parts, {**given, "parts": arrays.blobs(sorted(set(part)))}),
    ]


def ledger(days: list[trips.Row], records: list[trips.Row], part: list[trips.Row]) -> RecordLedger:
    """Return what was read by the statements of `looking`."""
    found: dict[bytes, set[bytes]] = {}
    for value, k in part:
        found.setdefault(bytes(value), set()).add(bytes(k))
    return RecordLedger(
        {(unit, code): _Counted(*rest) for unit, code, *rest in days},
        {(unit, code, bytes(k)): matched for unit, code, k, matched in records},
        found,
    )


def forgetting(day: date) -> list[trips.Statement]:
    """Return the statements that drop what counts no longer."""
    return [(statements.forget_records, {"day": day}), (statements.forget_days, {"day": day})]
