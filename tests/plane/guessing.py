"""Someone who looks for the number of a resident, with what he knows of him and any number of true claims beside it."""

import itertools
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from answering import KEYRING, NOW, PROVIDER, a_grant, as_it_is, asked, establish, opened, supply

from hutong.core.errors import Problem
from hutong.db.database import Database
from hutong.plane.answer import compare, facts
from hutong.plane.answer.compare import Claim, CompareQuestion
from hutong.plane.definition import Definition, Item, Mode, QualityRule, Rule, Type

REGISTER = Definition(
    code="register",
    version=1,
    name="人口登记",
    provider=PROVIDER,
    key=("number",),
    items=(
        Item("number", "身份证号", required=True, sensitive=True, rules=(QualityRule(Rule.RESIDENT_NUMBER),)),
        Item("name", "姓名", sensitive=True),
        Item("born", "出生日期", Type.DATE, sensitive=True),
        Item("sex", "性别", rules=(QualityRule(Rule.ONE_OF, "男|女"),)),
        Item("insured", "是否参保", Type.LOGICAL),
        Item("phone", "电话", sensitive=True),
    ),
)
ITEMS = ("name", "born", "sex", "insured", "phone")
GRANTS = tuple(f"g{number}" for number in range(1, 6))
SURNAMES, GIVEN = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗", "伟芳娜敏静强磊洋勇艳杰涛明超秀霞平刚桂英华玉建文"


@dataclass(frozen=True, slots=True)
class Resident:
    """An invented resident."""

    number: str
    name: str
    born: str
    sex: str
    insured: str
    phone: str

    def said(self, *items: str, **otherwise: str) -> Claim:
        """Return a true claim about items, but for what is said otherwise."""
        return Claim((self.number,), {item: getattr(self, item) for item in items} | otherwise)


def numbered(first: str) -> str:
    """Return a resident number whose first 17 digits are `first`."""
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    return first + "10X98765432"[sum(int(d) * w for d, w in zip(first, weights, strict=True)) % 11]


def resident(place: int) -> Resident:
    """Return the resident of a place; of two no number, name and birth date are alike."""
    born = date(1950, 1, 1) + timedelta(days=place * 3 % 20_000)
    sequence = 100 + place * 7 % 900  # never among the first hundred that are tried
    number = numbered(f"330523{born:%Y%m%d}{sequence:03}")
    name = SURNAMES[place % 20] + GIVEN[place // 20 % 24] + GIVEN[place // 480 % 24]
    sex, insured = "女男"[sequence % 2], ("true", "false")[place % 2]
    return Resident(number, name, f"{born:%Y-%m-%d}", sex, insured, f"139{place:08}")


def candidates(sought: Resident, *, seed: int | None = None) -> list[str]:
    """Return the thousand numbers a resident may have, of whose first 17 digits the sequence is not known.

    Without a seed they come in order; the right one is never among the first hundred.
    """
    found = [numbered(f"{sought.number[:14]}{sequence:03}") for sequence in range(1000)]
    if seed is not None:
        lot = random.Random(f"{seed} {sought.number}")
        lot.shuffle(found)
        found.remove(sought.number)
        found.insert(lot.randrange(100, 1000), sought.number)
    return found


def county(db: Database, count: int) -> list[Resident]:
    """Establish a register of `count` residents, with five grants to compare them; returns the residents."""
    people = [resident(place) for place in range(count)]
    establish(db, definition=REGISTER)
    rows = [{item.code: getattr(each, item.code) for item in REGISTER.items} for each in people]
    supply(db, rows, definition=REGISTER)
    with db.transaction() as cur:
        cur.execute("update plane.system set mlps_until = '2036-01-01'")
    opened(db, *(grant(no) for no in GRANTS))
    return people


def elsewhere(place):
    """Return a number that nobody has, of a birth date of its own."""
    return numbered(f"330524{date(1930, 1, 1) + timedelta(days=place):%Y%m%d}001")


def each_time_at_once(db: Database) -> None:
    """Let no list be answered in a round that looks because one shortly before it was."""
    facts.memory(db).clock = itertools.count(step=2).__next__


def grant(no: str, **changes):
    """Return a grant to compare residents for years, as often as one likes."""
    given = {
        "code": "register", "items": ITEMS, "mode": Mode.COMPARE, "quota": 2**31 - 1, "guesses": 2**31 - 1,
        "until_at": NOW + timedelta(days=1500), "fold_absent": True,
    }  # fmt: skip
    return a_grant(no, **given | changes)


def ask(
    db: Database, asks: Sequence[tuple[str, Sequence[Claim]]], *, now=NOW, asked_as=lambda no: {}
) -> list[compare.Answer | Problem]:
    """Ask a list of questions, each under a grant; `asked_as` tells who asks under it."""
    questions = [
        CompareQuestion(asked(no, nonce_until=now + timedelta(minutes=5), **asked_as(no)), tuple(claims))
        for no, claims in asks
    ]
    return compare.answer(db, questions=questions, keyring=KEYRING, now=now, make=as_it_is)


@dataclass(slots=True)
class Found:
    """What an attack came to about one resident."""

    number: str | None = None
    tries: int = 0
    """Guesses that were answered."""


def attack(
    db: Database,
    sought: Resident,
    *,
    known: Sequence[str],
    true: Iterator[Claim],
    beside: int,
    filler: bool,
    at_once: int,
    seed: int | None = None,
) -> Found:
    """Try the numbers of a resident until it is found, over five grants and a year.

    With each guess go `beside` true claims.

    Questions go in lists of `at_once`. With `filler` each guess has an item beside that is never the same.
    """
    found = Found()
    tried = candidates(sought, seed=seed)
    for start in range(0, len(tried), at_once):
        now = NOW + timedelta(days=start * 365 // len(tried))
        asks = []
        for place, number in enumerate(tried[start : start + at_once], start):
            more = {"phone": f"138{place:08}"} if filler else {}
            guess = sought.said(*known, **more)._replace(key=(number,))
            claims = [guess, *(next(true) for _ in range(beside))]
            asks.append((GRANTS[place % len(GRANTS)], claims))
        for (_, claims), got in zip(asks, ask(db, asks, now=now), strict=True):
            if isinstance(got, Problem):
                assert got.code in ("VALUE_SPENT", "KEY_PART_SPENT", "SHARE_SPENT", "RECORD_SHARE_SPENT")
                continue
            found.tries += 1
            if all(got.verdicts[0][item] == "match" for item in known):
                found.number = claims[0].key[0]
        if found.number:
            break
    return found
