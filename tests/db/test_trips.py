"""Several statements in one trip: the rows of each, one transaction, and a connection that goes on afterwards."""

import threading

import psycopg
import pytest

from hutong.db import trips
from hutong.db.database import Database

ONE = ("select %(n)b::int + 1", {"n": 1})


@pytest.fixture
def table(db):
    with db.transaction() as cur:
        cur.execute("create table t (a int primary key)")
    return db


def put(number):
    return "insert into t values (%(a)b::int)", {"a": number}


def held(db):
    with db.transaction() as cur:
        return [a for (a,) in cur.execute("select a from t order by a").fetchall()]


def test_gives_the_rows_of_each_statement_in_order(db):
    with db.transaction() as cur:
        found = trips.together(
            cur,
            [ONE, ("select 1 where false", {}), ("select %(a)s || '%%', %(b)s, %(a)s", {"a": "甲", "b": None}), ONE],
        )
    assert found == [[(2,)], [], [("甲%", None, "甲")], [(2,)]]


def test_nothing_asked_is_no_trip(db):
    with db.transaction() as cur:
        assert trips.together(cur, []) == []
        assert cur.connection.info.transaction_status == psycopg.pq.TransactionStatus.IDLE


def test_a_statement_sees_what_those_before_it_did_and_all_is_one_transaction(table):
    with pytest.raises(ZeroDivisionError), table.transaction() as cur:
        assert trips.together(cur, [put(1), ("select count(*) from t", {})])[1] == [(1,)]
        assert cur.execute("select count(*) from t").fetchone() == (1,)
        raise ZeroDivisionError
    assert held(table) == []


def test_of_statements_after_one_that_failed_nothing_is_done_and_the_connection_goes_on(table):
    acting = Database(table.url, role="owner", size=1)
    with pytest.raises(psycopg.errors.UniqueViolation, match="t_pkey"), acting.transaction() as cur:
        trips.together(cur, [put(1), put(1), put(2)])
    assert held(table) == []
    for _ in range(2):
        with acting.transaction() as cur:
            assert trips.together(cur, [ONE, ONE]) == [[(2,)], [(2,)]]
    acting.close()


def test_what_does_not_fit_a_parameter_is_refused_before_anything_is_sent(table):
    with table.transaction() as cur:
        with pytest.raises(psycopg.DataError):
            trips.together(cur, [put(1), ("select %(a)s::text", {"a": "a\x00b"})])
        assert trips.together(cur, [ONE]) == [[(2,)]]
    assert held(table) == []


def test_what_is_left_is_done_with_the_commit(table):
    with table.transaction() as cur:
        trips.leave(cur, put(1))
        assert cur.execute("select count(*) from t").fetchone() == (0,)
        trips.leave(cur, put(2))
    assert held(table) == [1, 2]


def test_nothing_is_committed_where_what_was_left_fails(table):
    with pytest.raises(psycopg.errors.UniqueViolation), table.transaction() as cur:
        trips.together(cur, [put(1)])
        trips.leave(cur, put(1))
    assert held(table) == []


def test_what_was_left_is_forgotten_with_a_transaction_that_raised(table):
    acting = Database(table.url, role="owner", size=1)
    with pytest.raises(ZeroDivisionError), acting.transaction() as cur:
        trips.leave(cur, put(1))
        raise ZeroDivisionError
    with acting.transaction() as cur:
        trips.together(cur, [ONE])
    acting.close()
    assert held(table) == []


def test_where_the_commit_is_somebody_elses_it_is_done_at_once(table):
    with psycopg.connect(table.url, options="-c role=hutong_owner") as connection, connection.cursor() as cur:
        trips.leave(cur, put(1))
        assert cur.execute("select count(*) from t").fetchone() == (1,)
    assert held(table) == [1]


def test_an_interrupted_commit_of_a_failed_transaction_is_no_success(table):
    """COMMIT of a transaction that failed before answers ROLLBACK; who left something in it must hear of it."""
    with pytest.raises(psycopg.Error), table.transaction() as cur:
        with pytest.raises(psycopg.errors.UniqueViolation):
            trips.together(cur, [put(1), put(1)])
        trips.leave(cur, put(2))
    assert held(table) == []


def test_what_is_read_last_is_there_before_the_commit_is_done(table):
    with psycopg.connect(table.url, options="-c role=hutong_owner") as other, table.transaction() as cur:
        other.execute("insert into t values (1)")
        trips.leave(cur, put(1))  # waits for the other, and is refused when that commits
        trips.leave(cur, put(2))
        rows = trips.lastly(cur, [ONE, ("select 7", {})])
        assert rows() == [[(2,)], [(7,)]]
        other.rollback()
    assert held(table) == [1, 2]


def test_nothing_is_committed_where_what_goes_with_the_last_rows_fails(table):
    acting = Database(table.url, role="owner", size=1)
    for _ in range(2):
        with pytest.raises(psycopg.errors.UniqueViolation), acting.transaction() as cur:
            trips.together(cur, [put(1)])
            trips.leave(cur, put(1))
            assert trips.lastly(cur, [ONE])() == [[(2,)]]
        with pytest.raises(psycopg.errors.DivisionByZero), acting.transaction() as cur:
            trips.leave(cur, put(1))
            trips.lastly(cur, [ONE, ("select 1 / 0", {})])()
    with pytest.raises(psycopg.errors.DivisionByZero), acting.transaction() as cur:
        trips.leave(cur, put(1))
        trips.lastly(cur, [("select 1 / 0", {})])  # nobody waited for the rows
    acting.close()
    assert held(table) == []


def test_what_is_made_of_the_rows_goes_with_the_commit_and_nothing_without_it(table):
    acting = Database(table.url, role="owner", size=1)
    with acting.transaction() as cur:
        trips.leave(cur, put(1))
        rows = trips.lastly(cur, [ONE], lambda found: [put(found[0][0][0] + 5)])
        assert rows() == [[(2,)]]
    assert held(table) == [1, 7]
    with pytest.raises(psycopg.errors.UniqueViolation), acting.transaction() as cur:
        trips.leave(cur, put(2))
        assert trips.lastly(cur, [ONE], lambda found: [put(1)])() == [[(2,)]]
    with pytest.raises(ZeroDivisionError), acting.transaction() as cur:
        trips.leave(cur, put(2))
        trips.lastly(cur, [ONE], lambda found: [put(found[0][0][0] // 0)])()
    with pytest.raises(psycopg.errors.DivisionByZero), acting.transaction() as cur:
        trips.leave(cur, put(2))
        trips.lastly(cur, [("select 1 / 0", {})], lambda found: [put(3)])()
    with pytest.raises(RuntimeError, match="nobody waited"), acting.transaction() as cur:
        trips.leave(cur, put(2))
        trips.lastly(cur, [ONE], lambda found: [put(3)])
    with acting.transaction() as cur:
        assert trips.together(cur, [ONE]) == [[(2,)]]
    acting.close()
    assert held(table) == [1, 7]


def test_where_nothing_is_read_last_what_is_made_of_it_is_left_all_the_same(table):
    with table.transaction() as cur:
        trips.leave(cur, put(1))
        assert trips.lastly(cur, [], lambda found: [put(2)])() == []
    assert held(table) == [1, 2]


def test_once_the_commit_is_on_its_way_nothing_more_is_asked(table):
    with pytest.raises(RuntimeError, match="on its way"), table.transaction() as cur:
        trips.lastly(cur, [ONE])()
        trips.together(cur, [ONE])
    with table.transaction() as cur:
        assert trips.together(cur, [ONE]) == [[(2,)]]


def test_a_block_that_raises_after_its_commit_was_sent_is_committed_and_its_connection_goes_on(table):
    acting = Database(table.url, role="owner", size=1)
    with pytest.raises(ZeroDivisionError), acting.transaction() as cur:
        trips.leave(cur, put(1))
        trips.lastly(cur, [ONE])
        raise ZeroDivisionError
    with acting.transaction() as cur:
        assert trips.together(cur, [ONE]) == [[(2,)]]
    acting.close()
    assert held(table) == [1]


def test_where_the_commit_is_somebody_elses_the_last_rows_are_rows_like_others(table):
    with psycopg.connect(table.url, options="-c role=hutong_owner") as connection, connection.cursor() as cur:
        assert trips.lastly(cur, [put(1), ONE])() == [[], [(2,)]]
        connection.rollback()
    with table.transaction() as cur:
        trips.leave(cur, put(2))
        assert trips.lastly(cur, [])() == []
    assert held(table) == [2]


def test_a_connection_lost_while_it_commits_is_no_success(table, server):
    with psycopg.connect(table.url, options="-c role=hutong_owner") as other:
        other.execute("insert into t values (1)")
        with pytest.raises(psycopg.OperationalError), table.transaction() as cur:
            trips.leave(cur, put(1))
            ((pid,),) = trips.lastly(cur, [("select pg_backend_pid()", {})])()[0]
            with psycopg.connect(server.superuser_url()) as third:
                third.execute("select pg_terminate_backend(%s, 5000)", [pid])
        other.rollback()
    assert held(table) == []
    with table.transaction() as cur:
        assert trips.together(cur, [ONE]) == [[(2,)]]


def test_a_lost_connection_is_an_operational_error_and_replaced(table, server):
    acting = Database(table.url, role="owner", size=1)
    with pytest.raises(psycopg.OperationalError), acting.transaction() as cur:
        ((pid,),) = trips.together(cur, [("select pg_backend_pid()", {})])[0]
        with psycopg.connect(server.superuser_url()) as other:
            other.execute("select pg_terminate_backend(%s, 5000)", [pid])
        trips.together(cur, [put(1)])
    with acting.transaction() as cur:
        assert trips.together(cur, [ONE]) == [[(2,)]]
    acting.close()
    assert held(table) == []


def test_prepares_no_more_than_it_may(db, monkeypatch):
    monkeypatch.setattr(trips, "MOST_PREPARED", 3)
    with db.transaction() as cur:
        for number in range(6):
            assert trips.together(cur, [(f"select {number}", {})] * 2) == [[(number,)]] * 2
        ((prepared,),) = trips.together(cur, [("select count(*) from pg_prepared_statements", {})])[0]
    assert prepared == 3


def test_a_block_within_a_block_is_refused_and_what_was_left_is_done(table):
    with table.transaction() as cur:
        trips.leave(cur, put(1))
        with pytest.raises(RuntimeError), trips.leaving(cur):
            pass
    assert held(table) == [1]


def test_begins_as_its_connection_was_told_to(table):
    with psycopg.connect(table.url) as connection, connection.cursor() as cur:
        connection.isolation_level = psycopg.IsolationLevel.SERIALIZABLE
        assert trips.together(cur, [("show transaction_isolation", {})]) == [[("serializable",)]]


def test_a_connection_lost_in_silence_is_no_success(table, server):
    with pytest.raises(psycopg.OperationalError, match="lost"), table.transaction() as cur:
        ((pid,),) = trips.together(cur, [put(1), ("select pg_backend_pid()", {})])[1]
        with psycopg.connect(server.superuser_url()) as other:
            other.execute("select pg_terminate_backend(%s, 5000)", [pid])
        with pytest.raises(psycopg.OperationalError):
            cur.execute("select 1")
    assert held(table) == []


def test_what_fails_again_and_again_leaves_nothing_behind(table):
    acting = Database(table.url, role="owner", size=1)
    for number in range(6):
        with pytest.raises(psycopg.errors.DivisionByZero), acting.transaction() as cur:
            trips.together(cur, [ONE, ("select 1 / %(n)b::int", {"n": 0}), (f"select {number}", {})])
    with acting.transaction() as cur:
        ((prepared,),) = trips.together(cur, [("select count(*) from pg_prepared_statements", {})])[0]
    acting.close()
    assert prepared == 4  # begin, the one that held, the one that failed, and the count itself


def test_what_somebody_else_deallocated_is_prepared_anew(table):
    acting = Database(table.url, role="owner", size=1)
    with acting.transaction() as cur:
        trips.together(cur, [ONE])
        cur.execute("deallocate all")
    with pytest.raises(psycopg.errors.InvalidSqlStatementName), acting.transaction() as cur:
        trips.together(cur, [ONE])
    with acting.transaction() as cur:
        assert trips.together(cur, [ONE]) == [[(2,)]]
    acting.close()


def test_a_statement_waits_where_it_must_and_those_after_it_see_what_was_committed_meanwhile(table):
    lock = ("select pg_advisory_xact_lock(7)", {})
    seen = []

    def second():
        with table.transaction() as cur:
            seen.append(trips.together(cur, [lock, ("select count(*) from t", {})])[1])

    with table.transaction() as cur:
        trips.together(cur, [lock, put(1)])
        waiting = threading.Thread(target=second)
        waiting.start()
        waiting.join(0.2)
        assert seen == []
    waiting.join(10)
    assert seen == [[(1,)]]
