from datetime import UTC, datetime

import psycopg
import pytest

from hutong.db import jobs
from hutong.db.database import Database


def test_a_job_exists_only_if_the_callers_transaction_commits(database_url):
    plane = Database(database_url, role="plane")
    with pytest.raises(ZeroDivisionError), plane.transaction() as cur:
        jobs.defer(cur, task="lost", args={})
        raise ZeroDivisionError
    at = datetime(2026, 3, 2, tzinfo=UTC)
    with plane.transaction() as cur:
        number = jobs.defer(
            cur, task="load", args={"资源": ["甲"], "n": 1}, queue="loading", lock="r1", at=at
        )
    with plane.transaction() as cur:
        cur.execute("select id, task_name, args, queue_name, lock, scheduled_at from procrastinate_jobs")

        assert cur.fetchall() == [(number, "load", {"资源": ["甲"], "n": 1}, "loading", "r1", at)]
    plane.close()


def test_only_one_of_a_queueing_lock_waits(cur):
    jobs.defer(cur, task="sweep", args={}, queueing_lock="sweep")

    with pytest.raises(psycopg.errors.UniqueViolation):
        jobs.defer(cur, task="sweep", args={}, queueing_lock="sweep")


def test_the_schema_is_applied_once(empty_url):
    assert jobs.apply_schema(empty_url)
    assert jobs.apply_schema(empty_url) == []


def test_a_newer_procrastinate_brings_only_what_is_missing(empty_url, monkeypatch):
    jobs.apply_schema(empty_url)
    step = jobs.Migration("procrastinate/99.sql", "create table procrastinate_newer ()")
    steps = jobs.migrations()
    monkeypatch.setattr(jobs, "migrations", lambda: [*steps, step])

    assert jobs.apply_schema(empty_url) == [step.name]
    with psycopg.connect(empty_url) as connection:
        assert connection.execute("select to_regclass('procrastinate_newer') is not null").fetchone() == (
            True,
        )
