"""What is done again and again: every pass of the table runs, and one that fails keeps no other from its turn."""

import threading
from collections import Counter
from contextlib import ExitStack, closing
from datetime import UTC, datetime, timedelta

import psycopg
import pytest

from hutong.core import labels
from hutong.db.database import Database
from hutong.worker import app, nightly
from hutong.worker.schedule import SCHEDULE, Pass

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
UNKEPT = """
create function public.unkept() returns trigger language plpgsql as $$ begin raise 'the disk is full'; end $$;
create trigger unkept before insert on audit.run for each row when (new.task = 'unkept')
    execute function public.unkept()
"""


def runs(url: str) -> dict[str, tuple[str, str]]:
    """Return how every pass went the last time, and what it told."""
    with psycopg.connect(url) as opened:
        rows = opened.execute("select task, result, told from audit.run order by from_at").fetchall()
    return {task: (result, told) for task, result, told in rows}


def work(url: str, *passes: Pass) -> Counter[str]:
    """Let a worker look at these passes until the last of them was looked at, and return how often each ran."""
    counted: Counter[str] = Counter()
    stop = threading.Event()

    def seen(item: Pass) -> Pass:
        def run(db: Database, now: datetime) -> object:
            counted[item.name] += 1
            return item.run(db, now)

        return Pass(item.name, item.every, run)

    last = Pass(f"the last, after {len(runs(url))} others", timedelta(hours=1), lambda db, now: stop.set())
    with ExitStack() as stack:
        db, locks, record = (stack.enter_context(closing(Database(url, role="worker", size=1))) for _ in range(3))
        given = {"clock": lambda: NOW, "stop": stop, "schedule": (*map(seen, passes), last)}
        thread = threading.Thread(target=app.passes, args=(db, locks, record), kwargs=given)
        thread.start()
        stopped = stop.wait(timeout=15)
        stop.set()
        thread.join(timeout=15)
    assert stopped, "the last pass never had its turn"
    return counted


@pytest.mark.parametrize("item", SCHEDULE, ids=lambda item: item.name)
def test_every_pass_of_the_table_runs_as_the_worker_runs_it(database_url, item):
    assert work(database_url, item) == {item.name: 1}
    assert runs(database_url)[item.name][0] == "done"


def test_no_two_passes_have_one_name():
    assert len({item.name for item in SCHEDULE}) == len(SCHEDULE)


def test_a_pass_that_fails_is_noted_and_the_others_have_their_turn(database_url):
    def fails(db, now):
        with db.transaction() as cur:
            cur.execute("select 1 / 0")

    counted = work(database_url, Pass("broken", timedelta(hours=1), fails), SCHEDULE[0])

    assert counted == {"broken": 1, SCHEDULE[0].name: 1}
    found = runs(database_url)
    assert found["broken"] == ("failed", "DivisionByZero")
    assert found[SCHEDULE[0].name][0] == "done"


def test_a_pass_of_this_period_is_not_run_again(database_url):
    assert work(database_url, SCHEDULE[0]) == {SCHEDULE[0].name: 1}
    assert work(database_url, SCHEDULE[0], Pass("another", timedelta(hours=1), lambda db, now: 0)) == {"another": 1}


def test_a_pass_whose_run_cannot_be_noted_is_not_run_and_the_others_have_their_turn(database_url):
    with psycopg.connect(database_url) as opened:
        opened.execute(UNKEPT)

    counted = work(database_url, Pass("unkept", timedelta(hours=1), lambda db, now: 1), SCHEDULE[0])

    assert counted == {SCHEDULE[0].name: 1}
    assert "unkept" not in runs(database_url)


def test_every_task_has_a_name_in_both_languages_and_every_name_a_task():
    tasks = {item.name for item in (*SCHEDULE, *nightly.NIGHTLY)}
    assert tasks == set(labels.subject_of("tasks"))
