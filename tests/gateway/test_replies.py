"""A fault of ours has a number; that the database is away or slow has none, and no flood of it fills a disk."""

import threading
from collections import Counter
from collections.abc import Callable

import httpx
import psycopg
import pytest
from gateway_county import County
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict
from psycopg_pool import PoolTimeout

from databases import superuser
from hutong.db.embedded import Server
from hutong.gateway import replies


@pytest.mark.parametrize(
    ("fault", "code"),
    [(PoolTimeout("none in time"), "ANSWER_FAILED"), (psycopg.OperationalError("gone"), "ANSWER_FAILED"),
     (psycopg.errors.QueryCanceled("statement timeout"), "TAKES_TOO_LONG"), (KeyError("x"), "WENT_WRONG")],
)  # fmt: skip
def test_a_database_that_is_away_is_told_alike_to_everybody_and_a_fault_by_its_number(capsys, fault, code):
    told = [replies.unexpected(fault) for _ in range(100)]
    assert {each.code for each in told} == {code}
    said = [line for line in capsys.readouterr().err.splitlines() if "[error" in line or "[warning" in line]
    if code == "WENT_WRONG":
        assert all(each.facts["incident"] in line for each, line in zip(told, said, strict=True))
    else:
        assert len(said) <= 5


@pytest.mark.full
@pytest.mark.timeout(300)
def test_what_is_asked_while_the_database_is_away_leaves_no_line_a_request(county_apart: County, server: Server, capfd):
    door = county_apart.start()
    assert door.compare().status_code == 200
    place = "/v1/deliveries/d1"
    ways: dict[str, Callable[[], httpx.Response]] = {
        "compare": door.compare,
        "changes": lambda: door.get("/v1/changes", "grant=g3&after=0"),
        "delivery": lambda: httpx.put(
            f"{door.url}{place}", content=b"x", headers=door.signed("PUT", place, b"x"), timeout=60
        ),
        "cosignature": lambda: httpx.post(f"{door.url}/log/cosignatures", content=b"x", timeout=60),
        "nobody": lambda: httpx.post(f"{door.url}/v1/compare", content=b"{}", timeout=60),
        **{each: lambda path=each: httpx.get(f"{door.url}{path}", timeout=60)
           for each in ("/health", "/metrics", "/log/checkpoint")},
    }  # fmt: skip
    statuses: dict[str, Counter[int]] = {way: Counter() for way in ways}

    def ask(way: str) -> None:
        for _ in range(40):
            statuses[way][ways[way]().status_code] += 1

    named = str(conninfo_to_dict(county_apart.database_url)["dbname"])
    root, name = superuser(server), sql.Identifier(named)
    root.execute(sql.SQL("alter database {} with allow_connections false").format(name))
    root.execute("select pg_terminate_backend(pid) from pg_stat_activity where datname = %s", [named])
    capfd.readouterr()
    threads = [threading.Thread(target=ask, args=(way,)) for way in ways]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    root.execute(sql.SQL("alter database {} with allow_connections true").format(name))
    said = capfd.readouterr().err
    assert {status for found in statuses.values() for status in found} <= {200, 401, 403, 503}
    messages = [line for line in said.splitlines() if "[error" in line or "[warning" in line]
    assert messages
    assert len(messages) < 150 and "incident" not in said, "\n".join(messages)
    assert all("library.said" in line for line in said.splitlines() if "error connecting" in line)
