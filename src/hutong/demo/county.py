"""A living county, made from nothing: units, residents and enterprises with identifiers that check.

Nobody and nothing in it exists. Region codes are real (GB/T 2260), the county's own name is not. The same
seed makes the same county, column by column, so that two million people take seconds. Identifiers never
repeat.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from math import gcd
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv

from hutong.core import identifiers
from hutong.demo import names

COUNTY = "示范县"
REGION = "330523"
"""The region code the county borrows."""

ELSEWHERE = (
    "110105", "120104", "130102", "210102", "220302", "310115", "320106", "330106", "340103", "350102",
    "360727", "370102", "410105", "420106", "430102", "440106", "450102", "460105", "500112", "510104",
    "520423", "530102", "540102", "610113", "620102", "630102", "640104", "650102", "652324", "653101",
)  # fmt: skip
"""Region codes of the numbers of those who moved here: one person in eight."""

_FIRST, _LAST = date(1932, 1, 1), date(2026, 6, 30)
_BLOCK = 100
"""Serial numbers are dealt out in blocks of a hundred, more of them to the years more people were born in."""


@dataclass(frozen=True, slots=True)
class MadeUnit:
    """One organ of the county."""

    code: str
    name: str
    credit_code: str


@dataclass(frozen=True, slots=True)
class County:
    """Everything that is made for one seed."""

    made_units: tuple[MadeUnit, ...]
    residents: pa.Table
    enterprises: pa.Table

    def write(self, folder: Path) -> list[Path]:
        """Write `units.csv`, `residents.csv` and `enterprises.csv` in UTF-8 and return their paths."""
        folder.mkdir(parents=True, exist_ok=True)
        tables = {"units": unit_table(self.made_units), "residents": self.residents}
        tables["enterprises"] = self.enterprises
        return [write_csv(table, folder / f"{name}.csv") for name, table in tables.items()]


def county(*, residents: int = 20_000, enterprises: int = 2_000, seed: int = 1) -> County:
    """Return a county with so many residents and enterprises."""
    people = make_residents(residents, seed=seed)
    return County(made_units(), people, make_enterprises(enterprises, seed=seed))


def made_units(*, region: str = REGION) -> tuple[MadeUnit, ...]:
    """Return the county's organs, each with a credit code of its own."""
    made = []
    for number, (code, name) in enumerate(names.AGENCIES):
        body = f"0026{number:02}1{number % 10}"
        start = f"11{region}{body}{identifiers.organisation_check(body)}"
        made.append(MadeUnit(code, name.format(county=COUNTY), start + identifiers.credit_check(start)))
    return tuple(made)


def unit_table(listed: Sequence[MadeUnit]) -> pa.Table:
    """Return units as a table."""
    columns = ("code", "name", "credit_code")
    return pa.table({column: [getattr(made_unit, column) for made_unit in listed] for column in columns})


def make_residents(count: int, *, seed: int = 1, region: str = REGION) -> pa.Table:
    """Return `count` residents: number, name, sex, ethnicity, birth date, region, street, address, household.

    About one in thirty has a name with a middle dot, one in two hundred a character outside GBK.
    """
    draw = Draw(f"residents {seed}")
    where, day, serial = _people_slots(count, draw, region)
    regions = pa.array((region, *ELSEWHERE))
    days = _days()
    body = pc.binary_join_element_wise(
        regions.take(where), days.digits.take(day), names.three_digits().take(serial), ""
    )
    check = _mod(
        pc.add(
            pc.add(_resident_weights(regions, 0).take(where), days.weight.take(day)),
            _resident_weights(names.three_digits(), 14).take(serial),
        ),
        11,
    )
    male = pc.equal(pc.bit_wise_and(serial, 1), 1)
    name, ethnicity = _person_names(count, draw, male)
    # Households of one to six: a new one begins with every person whose lot falls under a third.
    begins = pc.less(draw.below(1000, count), 370).cast(pa.int64())
    household = pc.cumulative_sum(begins)
    street, address = _addresses(household)
    return pa.table(
        {
            "resident_number": pc.binary_join_element_wise(body, pa.array(list("10X98765432")).take(check), ""),
            "name": name,
            "sex": pc.if_else(male, "男", "女"),
            "ethnicity": ethnicity,
            "birth_date": days.date.take(day),
            "region_code": pa.repeat(pa.scalar(region), count),
            "street": street,
            "address": address,
            "household": pc.binary_join_element_wise(
                region, pc.utf8_lpad(household.cast(pa.string()), width=8, padding="0"), ""
            ),
        }
    )


def make_enterprises(count: int, *, seed: int = 1, region: str = REGION) -> pa.Table:
    """Return `count` enterprises: credit code, name, legal representative, founding date, capital, status,
    industry, region and address."""
    draw = Draw(f"enterprises {seed}")
    slot = draw.distinct(31 * 31 * 10_000, count)
    head, tail = pc.divide(slot, 10_000), _mod(slot, 10_000)
    male = pc.less(draw.below(10, count), 6)
    street, address = _addresses(draw.below(10_000_000, count))
    industry = draw.below(len(names.INDUSTRIES), count)
    opened = pc.add(pa.scalar(date(1992, 1, 1)).cast(pa.int32()), draw.below(12_500, count).cast(pa.int32()))
    syllables = pa.array(names.TRADE_SYLLABLES)
    return pa.table(
        {
            "credit_code": _credit_codes(head, tail, region),
            "name": pc.binary_join_element_wise(
                COUNTY,
                syllables.take(draw.below(len(syllables), count)),
                syllables.take(draw.below(len(syllables), count)),
                pa.array([word for word, _ in names.INDUSTRIES]).take(industry),
                pa.array(names.LEGAL_FORMS).take(draw.below(len(names.LEGAL_FORMS), count)),
                "",
            ),
            "legal_representative": _person_names(count, draw, male)[0],
            "founded_date": opened.cast(pa.date32()),
            "capital": pc.multiply(pc.add(draw.below(500, count), 1), 10_000),
            "status": pa.array(names.STATUSES).take(draw.below(len(names.STATUSES), count)),
            "industry": pa.array([code for _, code in names.INDUSTRIES]).take(industry),
            "region_code": pa.repeat(pa.scalar(region), count),
            "street": street,
            "address": address,
        }
    )


def firms(residents: int) -> pa.Table:
    """Return the enterprises of a county with so many residents: one for ten of them, at least a hundred."""
    return make_enterprises(max(100, residents // 10))


def write_csv(table: pa.Table, path: Path, *, encoding: str = "utf-8") -> Path:
    """Write `table` as CSV and return `path`; GB18030 is what older systems of units deliver."""
    if encoding.lower() in ("utf-8", "utf8"):
        csv.write_csv(table, path, csv.WriteOptions(quoting_style="needed"))
        return path
    buffer = pa.BufferOutputStream()
    csv.write_csv(table, buffer, csv.WriteOptions(quoting_style="needed"))
    path.write_bytes(buffer.getvalue().to_pybytes().decode("utf-8").encode(encoding))
    return path


class Draw:
    """Lots drawn by the column from one seeded source, the same on every machine."""

    def __init__(self, seed: str) -> None:
        self._source = random.Random(seed)  # noqa: S311 - a county, no secret

    def below(self, bound: int, count: int) -> pa.Array:
        """Return `count` whole numbers from 0 to `bound` - 1; `bound` is under 2**31."""
        raw = pa.Array.from_buffers(pa.uint32(), count, [None, pa.py_buffer(self._source.randbytes(4 * count))])
        scaled = pc.multiply(raw.cast(pa.uint64()), pa.scalar(bound, pa.uint64()))
        return pc.shift_right(scaled, pa.scalar(32, pa.uint64())).cast(pa.int64())

    def distinct(self, bound: int, count: int) -> pa.Array:
        """Return `count` whole numbers under `bound`, none twice, as if shuffled."""
        if count > bound:
            raise ValueError(f"only {bound} are different, {count} were asked for")
        step = self._source.randrange(bound // 3, bound // 2) | 1
        while gcd(step, bound) != 1:
            step += 2
        numbers = pa.array(range(count), pa.int64())
        return _mod(pc.add(pc.multiply(numbers, step), self._source.randrange(bound)), bound)


@dataclass(frozen=True, slots=True)
class _Days:
    """Every day of birth: as a date, as eight digits, its part of the check sum, and the blocks it has."""

    date: pa.Array
    digits: pa.Array
    weight: pa.Array
    blocks: pa.Array
    """The index of a day and the hundreds of a serial number, packed: day * 10 + hundreds."""


@cache
def _days() -> _Days:
    every = [_FIRST + timedelta(days=i) for i in range((_LAST - _FIRST).days + 1)]
    digits = pa.array([f"{day:%Y%m%d}" for day in every])
    blocks = [i * 10 + block for i, day in enumerate(every) for block in range(names.births(day.year))]
    return _Days(pa.array(every, pa.date32()), digits, _resident_weights(digits, 6), pa.array(blocks, pa.int64()))


def _people_slots(count: int, draw: Draw, region: str) -> tuple[pa.Array, pa.Array, pa.Array]:
    """Return for each person region (0 is here), day of birth and serial number, no three of them twice."""
    blocks = _days().blocks
    moved = pc.less(draw.below(8, count), 1)
    size = len(blocks) * _BLOCK
    # Who moved here takes from the slots of all other regions together, who did not from those of this one.
    here, there = draw.distinct(size, count), draw.distinct(size * len(ELSEWHERE), count)
    slot = pc.if_else(moved, there, here)
    where = pc.if_else(moved, pc.add(pc.divide(slot, size), 1), 0)
    packed = blocks.take(pc.divide(_mod(slot, size), _BLOCK))
    serial = pc.add(pc.multiply(_mod(packed, 10), _BLOCK), _mod(slot, _BLOCK))
    return where, pc.divide(packed, 10), serial


def _person_names(count: int, draw: Draw, male: pa.Array) -> tuple[pa.Array, pa.Array]:
    surname = pa.array(names.weighted_surnames()).take(draw.below(len(names.weighted_surnames()), count))
    men, women = pa.array(names.MALE), pa.array(names.FEMALE)
    given = [
        pc.if_else(male, men.take(draw.below(len(men), count)), women.take(draw.below(len(women), count)))
        for _ in range(2)
    ]
    rare = pa.array(names.RARE).take(draw.below(len(names.RARE), count))
    lot = draw.below(1000, count)
    last = pc.if_else(pc.less(lot, 180), "", pc.if_else(pc.greater_equal(lot, 995), rare, given[1]))
    han = pc.binary_join_element_wise(surname, given[0], last, "")
    people = draw.below(1000, count)
    dotted = pc.less(people, names.DOTTED_PER_THOUSAND)
    first, second = pa.array(names.DOTTED_GIVEN), pa.array(names.DOTTED_FAMILY)
    own, family = draw.below(len(first), count), draw.below(len(second), count)
    minority = pc.binary_join_element_wise(first.take(own), second.take(family), "·")
    peoples = pa.array(names.peoples())
    return pc.if_else(dotted, minority, han), pc.if_else(dotted, "维吾尔族", peoples.take(people))


def _addresses(number: pa.Array) -> tuple[pa.Array, pa.Array]:
    """Return street and full address; equal numbers live at the same one."""
    mixed = _mod(pc.multiply(number, 7_919), 1_000_003)
    street = pa.array(names.STREETS).take(_mod(mixed, len(names.STREETS)))
    road = pa.array(names.ROADS).take(_mod(pc.divide(mixed, 7), len(names.ROADS)))
    house = pc.add(_mod(pc.divide(mixed, 11), 199), 1).cast(pa.string())
    room = pc.add(pc.add(pc.multiply(_mod(mixed, 9), 100), 101), _mod(number, 4)).cast(pa.string())
    return street, pc.binary_join_element_wise(COUNTY, street, road, house, "号", room, "室", "")


def _credit_codes(head: pa.Array, tail: pa.Array, region: str) -> pa.Array:
    """Return credit codes 91 + region + organisation code MA??0000 with both check characters.

    Both checks are weighted sums, so each half's share is looked up and added, a column at a time.
    """
    letters = identifiers.CREDIT_ALPHABET
    heads = ["MA" + a + b for a in letters for b in letters]
    tails = [f"{i:04}" for i in range(10_000)]
    organisation = _mod(
        pc.add(
            pa.array([_sum(text, (3, 7, 9, 10), 36) for text in heads]).take(head),
            pa.array([_sum(text, (5, 8, 4, 2), 36) for text in tails]).take(tail),
        ),
        11,
    )
    organisation_check = pa.array(["0", *"X987654321"]).take(organisation)
    weights = [pow(3, i, 31) for i in range(17)]
    share = pc.add(
        pa.array([_sum(text, weights[8:12], 31) for text in heads]).take(head),
        pa.array([_sum(text, weights[12:16], 31) for text in tails]).take(tail),
    )
    last = pa.array([_sum(text, weights[16:], 31) for text in ["0", *"X987654321"]]).take(organisation)
    total = pc.add(pc.add(share, last), _sum("91" + region, weights[:8], 31))
    check = pa.array([letters[-i % 31] for i in range(31)]).take(_mod(total, 31))
    parts = ("91" + region, pa.array(heads).take(head), pa.array(tails).take(tail), organisation_check, check)
    return pc.binary_join_element_wise(*parts, "")


def _sum(text: str, weights: Sequence[int], base: int) -> int:
    values = identifiers.CREDIT_ALPHABET if base == 31 else "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    return sum(values.index(c) * weight for c, weight in zip(text, weights, strict=True))


def _resident_weights(digits: pa.Array, start: int) -> pa.Array:
    """Return each text's share of the resident number's check sum, its first digit standing at `start`."""
    weights = [pow(2, 17 - i, 11) for i in range(17)]
    return pa.array(
        [sum(int(d) * weights[start + i] for i, d in enumerate(text)) for text in digits.to_pylist()],
        pa.int64(),
    )


def _mod(numbers: pa.Array, by: int) -> pa.Array:
    return pc.subtract(numbers, pc.multiply(pc.divide(numbers, by), by))
