"""Two versions side by side, a row filter and suspensions: whatever comes first, each answers as if it were alone."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest
from answering import CONSUMER, NEED, NOW, PROVIDER, a_grant, asked, establish, opened
from counties import County, Row, follow
from hypothesis import given, settings
from hypothesis import strategies as st

from databases import fresh_database
from examples import examples
from hutong.core import beijing
from hutong.core.errors import Problem
from hutong.db.database import Database
from hutong.plane import raising, suspensions
from hutong.plane.answer import compare, query, subscribe
from hutong.plane.answer.changes import ChangesQuestion, FeedChanges
from hutong.plane.answer.compare import Claim, CompareQuestion
from hutong.plane.answer.query import Condition, QueryQuestion
from hutong.plane.answer.snapshot import SnapshotQuestion
from hutong.plane.definition import Definition, Item, Mode
from hutong.plane.raising import Raised
from hutong.plane.suspensions import Suspendable

pytestmark = [pytest.mark.clause("SX-11-b", "SX-16-a", "P-6"), pytest.mark.slow_on_debian]

OLDER = Definition(
    code="residents", version=1, name="居民", provider=PROVIDER, key=("id",),
    items=(
        Item("id", "编号", length=9, required=True, offered=Mode.SUBSCRIBE),
        Item("name", "姓名", length=9, sensitive=True, offered=Mode.SUBSCRIBE),
        Item("town", "乡镇", length=9, offered=Mode.SUBSCRIBE, filter=True),
        Item("rank", "档次", length=9, sensitive=True, offered=Mode.SUBSCRIBE, filter=True),
    ),
)  # fmt: skip
NEWER = replace(OLDER, version=2, items=(*OLDER.items, Item("phone", "电话", offered=Mode.SUBSCRIBE)))
IDS = tuple("1234")
TOWN, RANK = {"town": ["a", "b"]}, {"town": ["a"], "rank": ["1"]}


@dataclass(frozen=True)
class Served:
    """A grant as the model knows it."""

    mode: Mode
    version: int
    limited: Mapping[str, Sequence[str]]
    system: str = "sys-a"


GRANTS = {
    "g1": Served(Mode.COMPARE, 1, TOWN), "g2": Served(Mode.QUERY, 1, {}, "sys-b"),
    "g3": Served(Mode.SUBSCRIBE, 1, RANK),
    "g4": Served(Mode.COMPARE, 2, RANK, "sys-b"), "g5": Served(Mode.QUERY, 2, TOWN),
    "g6": Served(Mode.SUBSCRIBE, 2, TOWN, "sys-b"),
}  # fmt: skip
TARGETS = [
    (Suspendable.UNIT, CONSUMER), (Suspendable.SYSTEM, "sys-a"), (Suspendable.SYSTEM, "sys-b"), *((Suspendable.GRANT,
    no) for no in GRANTS)
]  # fmt: skip


class Model:
    """All there is to it: the records held, and what stands of whom."""

    def __init__(self) -> None:
        self.held: dict[str, Row] = {}
        self.standing: dict[int, tuple[Suspendable, str]] = {}

    def answer(self, no: str) -> str | dict[str, Row]:
        served = GRANTS[no]
        of = {Suspendable.UNIT: CONSUMER, Suspendable.SYSTEM: served.system, Suspendable.GRANT: no}
        if kinds := [str(kind) for kind in Suspendable if (kind, of[kind]) in self.standing.values()]:
            return ", ".join(kinds)
        return {
            one: row for one, row in self.held.items()
            if all(row[code] in values for code, values in served.limited.items())
        }  # fmt: skip


class Suspending(County):
    """A county with an authority that suspends, and subscribers that follow when they are served."""

    def __init__(self, owner: Database, plane: Database, folder: Path) -> None:
        super().__init__(owner, plane, folder)
        self.copies: dict[str, tuple[dict[str, Row], int]] = {}

    def suspend(self, kind: Suspendable, whom: str) -> int:
        with self.owner.transaction() as cur:
            given = {"reason": "未整改", "clause": "SX-16-(三)", "now": NOW, "by": "chief"}
            return suspensions.suspend(cur, kind=kind, whom=whom, **given)

    def lift(self, id_: int) -> None:
        with self.owner.transaction() as cur:
            suspensions.lift(cur, id=id_, verified="已核查", now=NOW, by="chief")

    def answer(self, no: str, *, held: Mapping[str, Row], limit: int) -> str | dict[str, str]:
        """Return the names told under a grant, by record; of what a suspension stands where nothing is told."""
        served = GRANTS[no]
        try:
            if served.mode is Mode.COMPARE:
                claims = tuple(Claim((one,), {"name": held[one]["name"] if one in held else "无"}) for one in IDS)
                got = self.ask(compare, CompareQuestion(self._by(no), claims))
                return {one: held[one]["name"] for one, said in zip(IDS, got.verdicts, strict=True)
                        if said["name"] == "match"}  # fmt: skip
            if served.mode is Mode.QUERY:
                pages = [self.ask(query, QueryQuestion(self._by(no), (Condition("id", one),))) for one in IDS]
                return {row["id"]: row["name"] for page in pages for row in page.rows}
            return {row["id"]: row["name"] for row in self._follow(no, served, limit=limit).values()}
        except Problem as problem:
            assert problem.code == "SERVICE_SUSPENDED", problem
            return str(problem.facts["suspended"])

    def _follow(self, no: str, served: Served, *, limit: int) -> dict[str, Row]:
        if no not in self.copies:
            page = self.ask(subscribe, SnapshotQuestion(self._by(no)))
            self.copies[no] = {row.id: row.values for row in page.rows}, page.change
        rows, after = self.copies[no]

        def read(place: int) -> FeedChanges:
            return self.ask(subscribe, ChangesQuestion(self._by(no), place, limit, served.version))

        self.copies[no] = rows, follow(read, rows, after)[0]
        return rows

    def _by(self, no: str):
        return asked(no, system=GRANTS[no].system)


@pytest.fixture
def county(server, template, tmp_path) -> Iterator[Suspending]:
    """Both versions hold data, and grants of each are open."""
    with fresh_database(server, template=template) as url:
        owner, plane = Database(url, role="owner"), Database(url, role="plane")
        establish(owner, definition=OLDER)
        made = Suspending(owner, plane, tmp_path)
        for definition in (OLDER, NEWER):
            made.publish(definition)
            made.deliver(definition, [person("1", "a", "1", "张")], whole=True)
            opened(owner, *(grant(no) for no, each in GRANTS.items() if each.version == definition.version))
        with owner.transaction() as cur:  # it claims of who is not held as often as of who is
            share = Raised("compare.share_percent", CONSUMER, 100, beijing.day(NOW) + timedelta(days=30), "演算")
            raising.raise_limit(cur, raised=share, definition=None, now=NOW, by="chief")
        yield made
        owner.close()
        plane.close()


def grant(no: str):
    served = GRANTS[no]
    items = ("name",) if served.mode is Mode.COMPARE else ("id", "name")
    return a_grant(no, mode=served.mode, code="residents", items=items, need=NEED[served.mode], system=served.system,
                   row_filter=served.limited, quota=10**6, guesses=10**6)  # fmt: skip


def person(number: str, town: str, rank: str, name: str) -> Row:
    return {"id": number, "name": name, "town": town, "rank": rank, "phone": "1"}


ROWS = st.builds(person, st.sampled_from(IDS), st.sampled_from("abc"), st.sampled_from("12"), st.sampled_from("张李"))
STEPS = st.lists(
    st.tuples(st.lists(ROWS, max_size=3, unique_by=lambda row: row["id"]), st.sets(st.sampled_from(IDS)), st.booleans())
    | st.sampled_from(TARGETS) | st.integers(0, 2),
    min_size=2, max_size=7,
)  # fmt: skip
"""Each delivers, or suspends a target where not three stand already, or lifts one of those that stand."""


@settings(max_examples=examples(40))
@given(steps=STEPS, limit=st.integers(1, 3))
def test_whatever_is_delivered_suspended_and_lifted_each_grant_is_answered_as_the_model_has_it(county, steps, limit):
    model = Model()
    county.deliver(NEWER, [], whole=True)
    try:
        for step in steps:
            if isinstance(step, int):
                for id_ in sorted(model.standing)[step : step + 1]:
                    county.lift(id_)
                    del model.standing[id_]
            elif len(step) == 3:
                puts, gone, whole = step
                gone = set() if whole else gone - {row["id"] for row in puts}
                county.deliver(NEWER, puts, gone=sorted(gone), whole=whole)
                kept = {} if whole else {one: row for one, row in model.held.items() if one not in gone}
                model.held = {**kept, **{row["id"]: row for row in puts}}
            elif len(model.standing) < 3:
                model.standing[county.suspend(*step)] = step
            for no in GRANTS:
                expected = model.answer(no)
                if not isinstance(expected, str):
                    expected = {one: row["name"] for one, row in expected.items()}
                assert county.answer(no, held=model.held, limit=limit) == expected, no
    finally:
        for id_ in model.standing:  # the next example begins anew
            county.lift(id_)
