"""Limits on guessing by comparison: how often the same value may not match, and how many claims of a unit (D-25).

Guesses about one record are bounded by `limits`. Here is the other direction, a known value tried on record after
record: only what does not match is remembered, each value by itself, so whatever is claimed beside it changes nothing.
A value of a declared list would be worn out in a day; of those it is the share of all a unit's claims that is limited,
and of all records it claims (`unmatched`). Everything is counted for the unit, over all its grants, systems and
officers, and whether a record is held makes no difference.

A list is kept with its commit and fails there where a limit may be reached (`plane.settle_comparing`). It is then
answered anew in a round that locks and looks first, and goes through its questions in order (`MismatchLedger`). A
question refused by a value says no more than its verdicts would have: up to there its claims count as asked.
"""

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import NamedTuple

from psycopg import Cursor

from hutong.core import beijing, defaults, digest
from hutong.core.errors import Exhausted, Problem
from hutong.db import arrays, sql, trips
from hutong.db.database import Database
from hutong.plane import rulebook
from hutong.plane.answer import unmatched
from hutong.plane.answer.unmatched import ClaimedRecord, ClaimedRecords, KeyPartSpent, RecordLedger, RecordShareSpent
from hutong.plane.definition import Item, Rule, Type
from hutong.plane.keys import Keyring, ResourceKeys

statements = sql.load(__package__, "mismatches.sql")

SHARE = "compare.share_percent"
"""The rulebook's name of the share of claims that may not match."""
KEYS = "compare.value_records"
"""The rulebook's name of the records for which the same value may not match."""
_NAMES = (SHARE, "compare.share_claims", "compare.share_from", KEYS, "compare.value_days")
_DELIVERED = {name.partition(".")[2]: defaults.number(name) for name in _NAMES}

_LISTS = frozenset({Rule.ONE_OF, Rule.REGION_CODE})


class ValueSpent(Exhausted):
    """Claim {claim}: the same {item} did not match for {most} records in {days} days; it is compared for no other."""

    clause = "SX-07-d"


class ShareSpent(Exhausted):
    """Over {percent} in a hundred of the last {claims} claims of this unit did not match; comparing is stopped."""

    clause = "SX-07-d"


class TriedValue(NamedTuple):
    """A value that was claimed of a record: in which claim, of which item, its digest, and whether it did not match."""

    claim: int
    item: str
    value: bytes
    record: bytes
    missed: bool


class Tried(NamedTuple):
    """What one question claimed of a resource whose use is limited."""

    consumer: str
    code: str
    claims: int
    missed: Sequence[int]
    """The places of the claims with a value that does not match, in order."""
    values: Sequence[TriedValue]
    """All values but those of declared lists."""
    records: Sequence[ClaimedRecord]
    """What each claim came to, in order."""

    def first(self, claims: int) -> "Tried":
        """Return what the first so many claims tried."""
        missed = [place for place in self.missed if place < claims]
        values = [each for each in self.values if each.claim < claims]
        return Tried(self.consumer, self.code, claims, missed, values, self.records[:claims])


def listed(item: Item) -> bool:
    """Whether the values of an item are those of a declared list, which everybody knows; what only warns makes none."""
    return item.type is Type.LOGICAL or any(each.rule in _LISTS and not each.warn for each in item.rules)


def values(
    keyring: Keyring, keys: ResourceKeys, *, consumers: Sequence[str], item: str, plain: Sequence[bytes]
) -> list[bytes]:
    """Return the digests by which normalised values of an item are remembered, each for its unit.

    They are the same for every version, whatever root and suite it is sealed with.
    """
    starts = {consumer: b"".join(map(_prefixed, (consumer, keys.code, item))) for consumer in set(consumers)}
    said = [starts[consumer] + each for consumer, each in zip(consumers, plain, strict=True)]
    # One algorithm, whatever suite a version is sealed with.
    return digest.INTERNATIONAL.macs(_key(keyring), said)


@lru_cache(maxsize=16)
def _key(keyring: Keyring) -> bytes:
    return keyring.platform("mismatch", key_id=keyring.ids[0])


def _prefixed(part: str) -> bytes:
    return len(part.encode()).to_bytes(4, "big") + part.encode()


class MissedValue(NamedTuple):
    """A value that does not match, as it is remembered."""

    value: bytes
    record: bytes
    consumer: str
    code: str
    item: str


@dataclass(slots=True)
class Settlement:
    """What a list claims where that is limited, as it is counted and remembered."""

    claims: dict[str, int] = field(default_factory=dict)
    """How many each unit makes."""
    missed_claims: list[tuple[str, int]] = field(default_factory=list)
    """Claims that do not match: the unit, and the claim's number among those of the unit in this list."""
    missed: list[MissedValue] = field(default_factory=list)
    claimed: list[bytes] = field(default_factory=list)
    """All values that are claimed; they are looked at where a limit is to be kept."""
    records: ClaimedRecords = field(default_factory=ClaimedRecords)

    def add(self, consumer: str, claims: int, missed: Iterable[int]) -> None:
        """Count the claims of the next question, of which those at the places `missed` do not match."""
        before = self.claims.get(consumer, 0)
        self.claims[consumer] = before + claims
        self.missed_claims += [(consumer, before + place) for place in missed]

    def add_tried(self, tried: Tried) -> None:
        """Count what a question, or the part of it that was gone through, tried."""
        self.add(tried.consumer, tried.claims, tried.missed)
        self.missed += [
            MissedValue(each.value, each.record, tried.consumer, tried.code, each.item)
            for each in tried.values if each.missed
        ]  # fmt: skip
        self.records.add((tried.consumer, tried.code), tried.records)


def settling(what: Settlement, *, day: date, expect: bool) -> list[trips.Statement]:
    """Return the statement that counts claims and remembers what does not match, and with `expect` fails at a limit.

    Until the transaction ends no other list of these units is counted.
    """
    if not what.claims and not what.missed and not what.records.last:
        return []
    claims = dict(sorted(what.claims.items()))
    missed = {(each.value, each.record): each for each in what.missed}.values()
    values, records, units, codes, items = zip(*missed, strict=True) if missed else ((), (), (), (), ())
    given = {
        "consumers": arrays.texts(list(claims)), "counts": arrays.int4s(list(claims.values())),
        "of": arrays.texts([consumer for consumer, _ in what.missed_claims]),
        "backs": arrays.int4s([claims[consumer] - 1 - number for consumer, number in what.missed_claims]),
        "missed": arrays.blobs(values), "records": arrays.blobs(records), "units": arrays.texts(units),
        "codes": arrays.texts(codes), "items": arrays.texts(items), "claimed": arrays.blobs(what.claimed),
        "day": day, "expect": expect, **what.records.given(), **_DELIVERED,
    }  # fmt: skip
    return [(statements.settle, given)]


@dataclass(slots=True)
class _Unit:
    """What is counted of one unit, and its limits."""

    claims: int
    share_from: int
    share_claims: int
    share_percent: int
    alarmed: bool
    missed: deque[int] = field(default_factory=deque)

    def beyond(self) -> bool:
        """Whether more of its last claims do not match than may."""
        among = min(self.claims, self.share_claims)
        while self.missed and self.missed[0] <= self.claims - self.share_claims:
            self.missed.popleft()
        return self.claims >= self.share_from and len(self.missed) * 100 > self.share_percent * among

    def count(self, tried: Tried) -> None:
        self.missed += [self.claims + place + 1 for place in tried.missed]
        self.claims += tried.claims


@dataclass(slots=True)
class MismatchLedger:
    """What is remembered of the units and values of a list, as its questions are gone through in order."""

    units: dict[str, _Unit]
    keys: dict[tuple[str, str], tuple[int, int]]
    """Of how many records the same value may not match, by unit and resource, and how many days it is remembered."""
    known: dict[bytes, set[bytes]]
    """Of which records each value did not match."""
    records: RecordLedger

    def go_through(self, tried: Tried) -> tuple[Problem | None, int]:
        """Return why a question is refused, if it is, and how many of its claims were gone through; they are counted.

        What was gone through has been asked: from where a question is refused its caller learns what came before.
        """
        unit, pair = self.units[tried.consumer], (tried.consumer, tried.code)
        most, days = self.keys[pair]
        if unit.beyond():
            claims = min(unit.claims, unit.share_claims)
            return ShareSpent(percent=unit.share_percent, claims=claims), 0
        if self._records_beyond(pair):
            return RecordShareSpent(percent=unit.share_percent, code=tried.code, days=days), 0
        values: dict[int, list[TriedValue]] = {}
        for each in sorted(tried.values):
            values.setdefault(each.claim, []).append(each)
        problem: Problem | None = None
        for place, record in enumerate(tried.records):
            problem = self._worn_out(place, values.get(place, ()), record, most=most, days=days)
            if problem is not None:
                unit.count(tried.first(place))
                return problem, place
            for each in values.get(place, ()):
                if each.missed:
                    self.known[each.value].add(each.record)
            self.records.take(pair, record)
        unit.count(tried)
        return None, tried.claims

    def _worn_out(
        self, place: int, values: Sequence[TriedValue], record: ClaimedRecord, *, most: int, days: int
    ) -> Problem | None:
        for each in values:
            known = self.known.setdefault(each.value, set())
            if len(known) >= most and each.record not in known:
                return ValueSpent(claim=place + 1, item=each.item, most=most, days=days)
        if record.part and self.records.worn_out(record, most):
            return KeyPartSpent(claim=place + 1, most=most, days=days)
        return None

    def _records_beyond(self, pair: tuple[str, str]) -> bool:
        unit = self.units[pair[0]]
        return unit.claims >= unit.share_from and self.records.counted[pair].beyond(unit.share_percent)

    def alarming(self) -> Iterator[tuple[str, str, int, int]]:
        """Yield units and resources of which a share came above its limit, with both numbers; no alarm stands open.

        Without a resource it is the share of all claims of the unit.
        """
        for consumer, unit in self.units.items():
            if unit.beyond() and not unit.alarmed:
                share = len(unit.missed) * 100 // min(unit.claims, unit.share_claims)
                yield consumer, "", share, unit.share_percent
        for pair, counted in self.records.counted.items():
            if self._records_beyond(pair) and not counted.alarmed:
                yield *pair, counted.share, self.units[pair[0]].share_percent


def locking(tried: Sequence[str], *, day: date) -> Iterator[trips.Statement]:
    """Yield the statement that locks what is counted of units."""
    if tried:
        yield statements.look_claims, {"consumers": arrays.texts(sorted(set(tried)))}


def look(cur: Cursor, *, tried: Sequence[Tried], day: date) -> MismatchLedger:
    """Return what is remembered of the units and values of a list; `locking` was asked before."""
    if not tried:
        return MismatchLedger({}, {}, {}, RecordLedger({}, {}, {}))
    units = {"consumers": arrays.texts(sorted({each.consumer for each in tried})), "day": day, **_DELIVERED}
    pairs = sorted({(each.consumer, each.code) for each in tried})
    claimed = list({value.value for each in tried for value in each.values})
    keys = [(each.consumer, each.code, one.record) for each in tried for one in each.records]
    parts = [one.part for each in tried for one in each.records if one.part]
    _, counted, missed, remembered, most, *kept = trips.together(
        cur,
        [
            (statements.by_index, {}),
            (statements.look_counted, units),
            (statements.look_missed, units),
            (statements.look_values, {**units, "values": arrays.blobs(claimed)}),
            (
                statements.look_keys,
                {**units, "of": arrays.texts([c for c, _ in pairs]), "codes": arrays.texts([c for _, c in pairs])},
            ),
            *unmatched.looking(keys, parts, units),
        ],
    )
    found = {consumer: _Unit(*rest) for consumer, *rest in counted}
    for consumer, place in missed:
        found[consumer].missed.append(place)
    records: dict[bytes, set[bytes]] = {}
    for value, k in remembered:
        records.setdefault(bytes(value), set()).add(bytes(k))
    limits = {(consumer, code): (keys, days) for consumer, code, keys, days in most}
    return MismatchLedger(found, limits, records, unmatched.ledger(*kept))


def forget(db: Database, *, now: datetime) -> int:
    """Drop what did not match longer ago than the rulebook has it remembered, and return how many rows that were."""
    with db.transaction() as cur:
        today = beijing.day(now)
        day = today - timedelta(days=rulebook.number(cur, "compare.value_days", day=today))
        forgetting = [(statements.forget_values, {"day": day}), *unmatched.forgetting(day)]
        return sum(cur.execute(*each).rowcount for each in forgetting)
