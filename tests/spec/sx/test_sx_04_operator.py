"""Article 4: the operator builds, runs and maintains the platform; what is there is that it can be watched."""

import re

import httpx
import pytest
from gateway_county import Door, now
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

from databases import superuser
from hutong.audit import tree
from hutong.db.embedded import Server

pytestmark = pytest.mark.clause("SX-04-b")


def test_the_operator_sees_whether_the_gateway_runs_and_what_it_has_answered(own: Door):
    tree.integrate(own.county.db, now=now(), signer=own.county.log)  # what waits long is told
    assert httpx.get(f"{own.url}/health").json()["state"] == "ok"
    assert [own.compare(number=number).status_code for number in (1, 2)] == [200, 200]
    assert own.compare(purpose="other").status_code == 403
    text = httpx.get(f"{own.url}/metrics").text
    counted = dict(re.findall(r'hutong_replies_total\{place="/v1/compare",status="(\d+)"\} (\S+)', text))
    assert counted == {"200": "2.0", "403": "1.0"}
    asked = re.search(r'hutong_questions_total\{kind="compare"\} (\S+)', text)
    assert (asked and asked[1]) == "3.0"


def test_the_operator_sees_that_the_gateway_does_not_answer_while_its_database_is_away(own: Door, server: Server):
    named = str(conninfo_to_dict(own.county.database_url)["dbname"])
    away = "alter database {} with allow_connections {}"
    root, name = superuser(server), sql.Identifier(named)
    root.execute(sql.SQL(away).format(name, sql.SQL("false")))
    root.execute("select pg_terminate_backend(pid) from pg_stat_activity where datname = %s", [named])
    while_away = httpx.get(f"{own.url}/health", timeout=60).status_code
    root.execute(sql.SQL(away).format(name, sql.SQL("true")))
    afterwards = [httpx.get(f"{own.url}/health", timeout=60).status_code for _ in range(3)]
    assert (while_away >= 500, afterwards[-1]) == (True, 200)
