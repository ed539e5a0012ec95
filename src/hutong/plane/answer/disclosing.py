"""How many distinct records queries disclose (D-25): to a unit over all its grants, and under each grant.

A query gives records out, so it is records that are counted, once a year each: what was disclosed before costs nothing.
A question for one record by its key counts that record whether it is held or not, so that being refused does not tell.
Of records about people there are at most as many a year as the application declares, and for the unit a share of all
that is held; of others a machine only takes notice.

A list is counted with its commit and fails there where too much is disclosed. It is then answered anew in a round that
locks and looks first, and goes through its questions in order (`DisclosedLedger`): a page ends where nothing is left,
and then it always says that there may be more, whether there is or not.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from psycopg import Cursor

from hutong.core import beijing, defaults
from hutong.core.errors import Exhausted, Problem
from hutong.db import arrays, sql, trips
from hutong.db.database import Database
from hutong.plane import rulebook
from hutong.plane.grants import Grant
from hutong.plane.tables import Store

statements = sql.load(__package__, "disclosing.sql")

ALARM = "query.alarm_percent"
"""The rulebook's name of the share of a holding at which a machine takes notice."""
LEAST, OF_DAY = "query.records_least", "query.daily_records"
"""The rulebook's names of what may be raised for a unit."""
_NAMES = (LEAST, OF_DAY, ALARM, "query.records_percent", "query.counted_days")
_DELIVERED = {name.partition(".")[2]: defaults.number(name) for name in _NAMES}


class GrantRecordsSpent(Exhausted):
    """Under grant {grant} {most} distinct records a year may be queried, as was applied for; none is left."""

    clause = "SX-07-e"


class UnitRecordsSpent(Exhausted):
    """Of {code} this unit may query {most} distinct records a year; none is left."""

    clause = "SX-07-e"


class DayRecordsSpent(Exhausted):
    """Of {code} this unit may query {most} distinct records a day; none is left today."""

    clause = "SX-07-e"


class Counted(NamedTuple):
    """For whom records count: a unit, or a grant with as many as its application declares."""

    whose: str
    code: str
    declared: int
    personal: bool

    @property
    def key(self) -> tuple[str, str]:
        """What they are counted by."""
        return self.whose, self.code


class Disclosure(NamedTuple):
    """What the answer of a question discloses: for whom it counts, records in order, and whether it goes by pages."""

    counted: tuple[Counted, ...]
    records: Sequence[bytes]
    paging: bool


def counted(grant: Grant, store: Store) -> tuple[Counted, ...]:
    """Return for whom records count that are disclosed under a grant."""
    personal = store.definition.personal
    unit = Counted(grant.consumer, grant.code, 0, personal)
    return (unit, Counted(grant.no, grant.code, grant.yearly_records, personal)) if personal else (unit,)


def settling(disclosed: Sequence[Disclosure], *, day: date, expect: bool = True) -> Iterator[trips.Statement]:
    """Yield the statements that count what is disclosed, and with `expect` fail where that is more than may be."""
    if any(each.records for each in disclosed):
        # Records are locked after those they count for, as by a round that looks: two lists never wait in a circle.
        yield from locking([each.counted for each in disclosed], day=day)
        yield statements.disclose, {**_records(disclosed), "day": day, **_DELIVERED}
    if expect and disclosed:
        yield statements.expect_within, _counted(disclosed, day)


def locking(disclosed: Sequence[tuple[Counted, ...]], *, day: date) -> Iterator[trips.Statement]:
    """Yield the statement that locks what is counted."""
    if keys := sorted({each.key for listed in disclosed for each in listed}):
        of, codes = zip(*keys, strict=True)
        yield statements.lock, {"of": arrays.texts(of), "codes": arrays.texts(codes), "day": day}


@dataclass(slots=True)
class _Count:
    """What was disclosed to one, and the most there may be."""

    year: int
    today: int
    most_year: int | None
    most_today: int | None
    alarm: int | None
    known: set[bytes]

    @property
    def full(self) -> bool:
        return _reached(self.year, self.most_year) or _reached(self.today, self.most_today)

    def take(self, record: bytes) -> None:
        if record not in self.known:
            self.known.add(record)
            self.year += 1
            self.today += 1

    def problem(self, of: Counted) -> Problem:
        if of.declared:
            return GrantRecordsSpent(grant=of.whose, most=self.most_year)
        if _reached(self.year, self.most_year):
            return UnitRecordsSpent(code=of.code, most=self.most_year)
        return DayRecordsSpent(code=of.code, most=self.most_today)


def _reached(number: int, most: int | None) -> bool:
    return most is not None and number >= most


@dataclass(slots=True)
class DisclosedLedger:
    """What was disclosed to those of a list, as its questions are gone through in order."""

    counts: dict[tuple[str, str], _Count]

    def refusal(self, disclosed: Disclosure) -> Problem | None:
        """Return why a question is refused; for one that goes by pages that depends on nothing it would find."""
        for each in disclosed.counted:
            count = self.counts[each.key]
            if count.full and (disclosed.paging or not count.known.issuperset(disclosed.records)):
                return count.problem(each)
        return None

    def take(self, disclosed: Disclosure) -> int:
        """Count the records of a question in order, as far as there may be, and return how many that are."""
        counts = [self.counts[each.key] for each in disclosed.counted]
        for place, record in enumerate(disclosed.records):
            if any(count.full and record not in count.known for count in counts):
                return place
            for count in counts:
                count.take(record)
        return len(disclosed.records)

    def full(self, disclosed: Disclosure) -> bool:
        """Whether nothing is left for those of a question."""
        return any(self.counts[each.key].full for each in disclosed.counted)

    def alarming(self) -> Iterator[tuple[tuple[str, str], int, int]]:
        """Yield the units and resources of which so much was disclosed that an alarm is opened, and both numbers."""
        for key, count in self.counts.items():
            if count.alarm is not None and count.year >= count.alarm:
                yield key, count.year, count.alarm


def look(cur: Cursor, *, disclosed: Sequence[Disclosure], day: date) -> DisclosedLedger:
    """Return what was disclosed to those of a list; `locking` was asked before."""
    if not disclosed:
        return DisclosedLedger({})
    _, found, known = trips.together(
        cur,
        [
            (statements.by_index, {}),
            (statements.look, _counted(disclosed, day)),
            (statements.look_known, {**_records(disclosed), "day": day, **_DELIVERED}),
        ],
    )
    counts = {
        (whose, code): _Count(year, today, most_year, most_today, alarm, set())
        for whose, code, year, today, most_year, most_today, alarm in found
    }
    for whose, code, k in known:
        counts[whose, code].known.add(bytes(k))
    return DisclosedLedger(counts)


def forget(db: Database, *, now: datetime) -> int:
    """Drop what was disclosed longer ago than the rulebook has it count, and return how many rows that were."""
    with db.transaction() as cur:
        today = beijing.day(now)
        before = {"day": today - timedelta(days=rulebook.number(cur, "query.counted_days", day=today))}
        return sum(cur.execute(each, before).rowcount for each in (statements.forget, statements.forget_days))


def _records(disclosed: Sequence[Disclosure]) -> dict[str, Any]:
    rows = {(*who.key, record) for each in disclosed for who in each.counted for record in each.records}
    of, codes, records = zip(*rows, strict=True) if rows else ((), (), ())
    return {"of": arrays.texts(of), "codes": arrays.texts(codes), "records": arrays.blobs(records)}


def _counted(disclosed: Sequence[Disclosure], day: date) -> dict[str, Any]:
    rows: dict[tuple[str, str], tuple[Counted, bool]] = {}
    for each in disclosed:
        for one in each.counted:
            rows[one.key] = one, each.paging or (one.key in rows and rows[one.key][1])
    who, paging = zip(*rows.values(), strict=True)
    return {
        "of": arrays.texts([each.whose for each in who]),
        "codes": arrays.texts([each.code for each in who]),
        "declared": arrays.int4s([each.declared for each in who]),
        "personal": arrays.int4s([int(each.personal) for each in who]),
        "paging": arrays.int4s([int(each) for each in paging]),
        "day": day,
        **_DELIVERED,
    }
