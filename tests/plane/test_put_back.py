"""A backup is put back while a gateway goes on: transactions have the numbers of others that are no more."""

import shutil

import psycopg
import pytest
from answering import KEYRING, NOW, a_grant, as_it_is, asked, establish, opened, person, supply

from databases import FOLDERS, make
from hutong.core.errors import Problem
from hutong.db import migrate
from hutong.db.database import Database
from hutong.db.embedded import Server
from hutong.plane import suspensions
from hutong.plane.answer import compare
from hutong.plane.answer.compare import Claim, CompareQuestion
from hutong.plane.suspensions import Suspendable


def answered(db):
    question = CompareQuestion(asked(), (Claim((person(1)["id"],), {"name": "张1"}),))
    (got,) = compare.answer(db, questions=[question], keyring=KEYRING, now=NOW, make=as_it_is)
    return got.code if isinstance(got, Problem) else "OK"


@pytest.mark.full
def test_what_was_remembered_counts_for_nothing_though_its_rows_seem_the_same(tmp_path):
    server = Server(tmp_path / "postgres", durable=False, patience_seconds=120)
    server.start()
    with psycopg.connect(server.superuser_url(), autocommit=True) as connection:
        make(connection, name="county")
    migrate.migrate(server.url("county"), folders=FOLDERS)
    gateway, control = (Database(server.url("county"), role="owner") for _ in range(2))
    try:
        establish(control)
        supply(control, [person(1)])
        opened(control, a_grant())
        control.close()
        server.stop()
        shutil.copytree(server._data(), tmp_path / "backup")
        owner = server._data().stat()

        server.start()
        control = Database(server.url("county"), role="owner")
        for _ in range(50):  # more than starting takes
            with control.transaction() as cur:
                cur.execute("select pg_current_xact_id()")
        with control.transaction() as cur:
            row = cur.execute("update plane.access_grant set quota = quota returning xmin::text::bigint").fetchone()
        assert row is not None
        assert [answered(gateway), answered(gateway)] == ["OK", "OK"]
        control.close()
        server.stop()

        shutil.rmtree(server._data())
        shutil.copytree(tmp_path / "backup", server._data())
        for path in (server._data(), *server._data().rglob("*")):
            shutil.chown(path, owner.st_uid, owner.st_gid)
        server.start()
        control = Database(server.url("county"), role="owner")
        number = 0
        while number < row[0] - 1:
            with control.transaction() as cur:
                number = int(cur.execute("select pg_current_xact_id()::text").fetchone()[0])
        with control.transaction() as cur:
            given = {"reason": "", "clause": "SX-16-a", "now": NOW, "by": "clerk"}
            suspensions.suspend(cur, kind=Suspendable.GRANT, whom="g1", **given)
            assert cur.execute("select xmin::text::bigint from plane.access_grant").fetchone() == row
        assert answered(gateway) == "SERVICE_SUSPENDED"
    finally:
        for each in (gateway, control):
            each.close()
        server.stop()
