import contextlib
import os
import time
from urllib.parse import parse_qs, urlsplit

import psycopg
import pytest

from hutong.db.database import Database, conninfo_as, joined


def test_commits_at_the_end_and_rolls_back_when_it_raises(db):
    with db.transaction() as cur:
        cur.execute("create table t (a int)")
    with pytest.raises(ZeroDivisionError), db.transaction() as cur:
        cur.execute("insert into t values (1)")
        raise ZeroDivisionError
    with db.transaction() as cur:
        cur.execute("insert into t values (2)")
    with db.transaction() as cur:
        assert cur.execute("select a from t").fetchall() == [(2,)]


@pytest.mark.parametrize("role", ["owner", "control", "plane", "logkeeper", "auditor"])
def test_acts_as_its_role(database_url, role):
    acting = Database(database_url, role=role, size=1)
    with acting.transaction() as cur:
        assert cur.execute("select current_user").fetchone() == (f"hutong_{role}",)
    acting.close()


def test_refuses_a_role_there_is_not(database_url):
    with pytest.raises(ValueError, match="no role 'root'"):
        Database(database_url, role="root")


def test_keeps_options_the_address_already_has(database_url):
    conninfo = conninfo_as(f"{database_url}&options=-c%20work_mem%3D5MB", role="plane")
    with psycopg.connect(conninfo) as connection:
        assert connection.execute("select current_user, current_setting('work_mem')").fetchone() == (
            "hutong_plane",
            "5MB",
        )


def test_a_connection_that_was_cut_is_replaced(db, server):
    with db.transaction() as cur:
        pid = cur.execute("select pg_backend_pid()").fetchone()[0]
    with psycopg.connect(server.superuser_url()) as connection:
        connection.execute("select pg_terminate_backend(%s, 5000)", [pid])
    with db.transaction() as cur:
        assert cur.execute("select pg_backend_pid() <> %s", [pid]).fetchone() == (True,)


def test_connections_that_were_cut_together_are_all_replaced_at_once(db, server):
    with contextlib.ExitStack() as stack:
        cursors = [stack.enter_context(db.transaction()) for _ in range(4)]
        pids = [cur.execute("select pg_backend_pid()").fetchone()[0] for cur in cursors]
    with psycopg.connect(server.superuser_url()) as connection:
        connection.execute("select pg_terminate_backend(pid, 5000) from unnest(%s::int[]) as pid", [pids])
    began = time.monotonic()
    with db.transaction() as cur:
        assert cur.execute("select pg_backend_pid() <> all(%s)", [pids]).fetchone() == (True,)
    assert time.monotonic() - began < 0.9


@pytest.fixture
def django_connection(database_url):
    # The settings all tests of a process share: whoever comes first chooses them for the others.
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hutong.web.conf")
    os.environ.setdefault("HUTONG_WEB_SECRET", "only-for-tests-only-for-tests-only-for-tests")
    from django.db.utils import ConnectionHandler

    address = urlsplit(database_url)
    handler = ConnectionHandler(
        {
            "default": {
                "ENGINE": "django.db.backends.postgresql",
                "NAME": address.path.lstrip("/"),
                "USER": address.username,
                "PASSWORD": address.password,
                "HOST": parse_qs(address.query)["host"][0],
                "OPTIONS": {"options": "-c role=hutong_owner"},
            }
        }
    )
    yield handler["default"]
    handler["default"].close()


def test_joins_djangos_transaction_with_plain_adapters(django_connection, db):
    from django.db.transaction import Atomic

    class Undo(Exception):
        pass

    def atomic():
        return _On(django_connection)

    class _On(Atomic):
        def __init__(self, connection):
            super().__init__("default", True, False)
            self.connection_in_use = connection

    query = "select '{\"a\": [1]}'::jsonb, '{1,2}'::int[], timestamptz '2026-03-02 00:00+00'"
    with db.transaction() as cur:
        wanted = cur.execute(query).fetchone()
    import django.db.transaction as module

    before = module.get_connection
    module.get_connection = lambda using=None: django_connection
    try:
        with atomic():
            with django_connection.cursor() as own:
                own.execute("create table joined_t (a int)")
            with joined(django_connection) as cur:
                assert cur.execute(query).fetchone() == wanted
                cur.execute("insert into joined_t values (1)")
        with pytest.raises(Undo), atomic(), joined(django_connection) as cur:
            cur.execute("insert into joined_t values (2)")
            raise Undo
    finally:
        module.get_connection = before
    with db.transaction() as cur:
        assert cur.execute("select a from joined_t").fetchall() == [(1,)]


def test_joins_nothing_outside_atomic(django_connection):
    with pytest.raises(RuntimeError, match="atomic"), joined(django_connection):
        pass


def test_a_lost_server_is_an_operational_error(database_url):
    gone = Database(f"postgresql://u:p@/x?host=/nonexistent-{os.getpid()}", size=1, patience_seconds=1)
    with pytest.raises(psycopg.OperationalError), gone.transaction():
        pass
    gone.close()


@pytest.mark.full
@pytest.mark.slow_on_debian
def test_where_one_waited_in_vain_others_wait_no_longer_than_a_second_until_one_is_had_again(database_url):
    one = Database(database_url, size=1, patience_seconds=2)

    def refused_after() -> float:
        began = time.monotonic()
        with pytest.raises(psycopg.OperationalError), one.transaction():
            pass
        return time.monotonic() - began

    with one.transaction():
        assert refused_after() >= 2
        assert 1 <= refused_after() < 1.8
    with one.transaction():
        assert refused_after() >= 2
    one.hasten()
    with one.transaction():
        assert 1 <= refused_after() < 1.8
    one.close()
