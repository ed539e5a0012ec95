"""The county's past: lived through in the order of the training clock, by operations and signed questions only."""

import ast
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from types import SimpleNamespace

import pyarrow as pa
import pytest
from acting import NOW
from django.test import Client, override_settings
from lived import AT_THE_END, faults, idle, log_of, replayed

import hutong.demo
from hutong import settings
from hutong.audit import waiting
from hutong.control.catalog import queries as entries
from hutong.control.sharing.lifecycle import APPLICATION
from hutong.core import beijing
from hutong.demo import description, fill, founding, living, past, player, playing, run, ways
from hutong.demo.columns import Rows
from hutong.demo.county import firms, make_residents
from hutong.installation import opening
from hutong.installation.opening import Installation
from hutong.terminal.screen import Screen

LAST = beijing.day(NOW)
WEEK = past.Size(LAST - timedelta(days=6), LAST, applications=16, deliveries=8, uses=150, resources=6)
"""From a Tuesday to a Sunday."""
SMALL = past.Size(LAST - timedelta(days=4), LAST, applications=10, deliveries=4, uses=60, resources=4)
"""From a Thursday to a Sunday."""
WRITES = frozenset(
    {"save", "create", "bulk_create", "bulk_update", "get_or_create", "update_or_create", "delete", "execute",
     "executemany", "copy", "raw"}
)  # fmt: skip

SQL = ("select", "insert", "update", "delete", "truncate")


@pytest.fixture
def installation(django_db, tmp_path, monkeypatch) -> Installation:
    for name in ("HUTONG_DATABASE_URL", "HUTONG_WEB_SECRET"):
        monkeypatch.setenv(name, "")  # as they were, at the end
    given = replace(settings.read({}), data=tmp_path)
    opening.prepare_folder(given)
    return Installation(settings=given, database_url=django_db, clock=lambda: NOW, training=True)


@pytest.mark.parametrize("size", [SMALL, pytest.param(WEEK, marks=pytest.mark.full)], ids=["small", "week"])
def test_a_few_days_of_the_past_are_lived_through_and_hold_to_every_rule(installation, tmp_path, size):
    told = []
    living.fill_county(
        installation, rows=300, size=size, lanes=1, tell=lambda share, what: told.append(share)
    )

    assert told == sorted(told) and told[-1] == pytest.approx(1)
    assert fill.kept(installation.settings.data)["past"] == fill.PLAYED
    placed, signed = log_of(installation.database_url)
    assert placed[0][1] == "audit.training_clock_begun"
    days = [beijing.day(at) for at in signed]
    assert set(size.days) <= set(days), "a day without a checkpoint"
    assert signed == sorted(signed)
    assert [at for at, _ in placed] == sorted(at for at, _ in placed), "a moment falls back"
    assert sum(event in ("plane.compared", "plane.queried") for _, event in placed) > size.uses // 3
    replayed(size.applications + AT_THE_END)
    assert idle() == []
    assert {entries.entry(each.code).state for each in size.listed} == {"PUBLISHED"}
    assert faults(installation, tmp_path / "export") == []


@pytest.mark.full
@pytest.mark.clause("SX-10-b")
def test_who_comes_to_the_desk_while_the_past_is_played_is_entered_in_the_present_and_moments_never_fall(
    installation, tmp_path
):
    """The pages stand open meanwhile, and live by the present: what they enter waits until the past has come to it."""
    came = []

    def come(share: float, what: str) -> None:
        if share <= living.FOUNDING or len(came) == 9:
            return
        browser = Client(HTTP_HOST="localhost")
        for password in ("wrong", founding.PASSWORD):
            came.append(browser.post("/zh/login/", {"username": "operator", "password": password}).status_code)
        came.append(browser.get("/zh/desk/").status_code)
        browser.post("/zh/logout/")

    with override_settings(CLOCK=installation.clock):
        living.fill_county(installation, rows=300, size=SMALL, lanes=1, tell=come)

    assert came == [401, 302, 200] * 3
    with playing.databases(installation) as (keeper, worker):
        with worker.transaction() as cur:
            (problem,) = waiting.read(cur, now=NOW - timedelta(hours=3)).problems
        assert (problem.code, problem.facts["entries"] >= 3) == ("ENTRIES_AHEAD", True)
        playing.close(installation, keeper, worker, now=NOW)
    placed, signed = log_of(installation.database_url)
    logins = [(at, event) for at, event in placed if event in ("auth.failed", "auth.login")]
    assert logins == [(NOW, "auth.failed"), (NOW, "auth.login")] * 3
    assert [at for at, _ in placed] == sorted(at for at, _ in placed), "a moment falls back"
    assert signed == sorted(signed)
    assert faults(installation, tmp_path / "export") == []


def test_a_county_that_was_broken_off_begins_anew_and_one_of_a_foreign_database_says_so(tmp_path):
    given = replace(settings.read({}), data=tmp_path)
    for name in ("postgres", "demo", "keys"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "file").touch()
    (tmp_path / "training.json").touch()
    with pytest.raises(run.PastBrokenOff):
        run._begin_anew(replace(given, database_url="postgresql:///x"), Screen())
    assert (tmp_path / "postgres" / "file").exists()

    run._begin_anew(given, Screen())

    assert list(tmp_path.iterdir()) == []


def test_three_months_have_their_applications_deliveries_and_uses_on_the_days_of_the_calendar():
    size = past.Size(date(2025, 12, 1), date(2026, 3, 2))
    days = past.plan(size)

    assert sum(len(day.new) for day in days) == 300
    assert sum(len(day.deliveries) for day in days) == 100
    assert sum(day.uses for day in days) >= 22_500
    assert all(day.uses for day in days), "a day on which nothing would be signed"
    assert not any(day.new or day.deliveries for day in days if not day.working)
    assert {case.way for day in days for case in day.new} == {*ways.WAYS, ways.UNSUPPLIED}
    assert past.plan(size) == days


def test_ways_make_a_hundred_and_every_step_of_them_is_one_of_the_lifecycle():
    assert sum(way.share for way in ways.WAYS) == 100
    known = {(move.before, move.action) for move in APPLICATION.moves}
    assert {turn for way in ways.WAYS for turn in way.turns} <= known
    assert {*ways.STRAIGHT.items()} <= known
    assert {way.stays for way in ways.WAYS} - {""} <= {*APPLICATION.states}


def test_resources_have_five_to_twenty_items_and_share_persons_and_enterprises():
    rows = Rows(people=make_residents(2000), firms=firms(2000))
    persons = set(rows.of["person"]["resident_number"].to_pylist())
    codes = set(rows.of["firm"]["credit_code"].to_pylist())
    assert len(description.resources()) >= 28
    assert len({each.code for each in description.resources()}) == len(description.resources())
    for each in description.resources():
        assert 5 <= len(each.columns) <= 20
        table = rows.table(each)
        keys = table[each.key].to_pylist()
        assert keys and len(set(keys)) == len(keys)
        assert table == rows.table(each)
        for column in each.columns:
            if column.source in ("resident_number", "spouse_number"):
                assert set(table[column.item.code].to_pylist()) <= persons
            if column.source == "credit_code":
                assert set(table[column.item.code].to_pylist()) <= codes


def test_who_is_married_is_in_the_register_of_residents_and_only_once():
    people = make_residents(5000)
    pairs = Rows(people=people, firms=firms(5000)).of["couple"]
    numbers = pairs["resident_number"].to_pylist() + pairs["spouse_number"].to_pylist()
    assert pairs.num_rows > 100
    assert len(set(numbers)) == len(numbers)
    assert set(numbers) <= set(people["resident_number"].to_pylist())


def written_past_operations(source: str) -> list[str]:
    """Return what a module does to tables itself: calls that write, and statements of SQL."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in WRITES:
            found.append(node.func.attr)
        if isinstance(node, ast.Constant) and str(node.value).lower().partition(" ")[0] in SQL:
            found.append(str(node.value))
        if isinstance(node, ast.ImportFrom) and "sql" in [each.name for each in node.names]:
            found.append("sql")
    return found


def test_the_demonstration_county_writes_no_table_and_has_no_sql():
    folder = Path(hutong.demo.__file__).parent
    assert list(folder.glob("*.sql")) == []
    for module in folder.glob("*.py"):
        assert written_past_operations(module.read_text(encoding="utf-8")) == [], module.name


@pytest.mark.parametrize(
    "planted",
    ['Entry.objects.create(code="x")', 'cur.execute(q)', 'text = "insert into audit.entry values (1)"',
     "from hutong.db import sql"],
)  # fmt: skip
def test_a_write_past_the_operations_would_be_found(planted):
    assert written_past_operations(planted) != []


@pytest.mark.parametrize("rows", [0, 1, 2, 3, 40])
def test_however_few_records_a_later_snapshot_has_not_all_of_them_are_faulty(rows):
    column = SimpleNamespace(item=SimpleNamespace(code="kind"), source="one:甲|乙")
    table = pa.table({"kind": pa.array(["甲"] * rows, pa.string())})
    made = player._faulty(table, SimpleNamespace(columns=[column]), count=4)["kind"].to_pylist()
    assert (made.count("待核实"), len(made)) == (min(4, max(rows - 1, 0)), rows)
