"""No statement of a page runs for ever: one that takes too long is given up, and the page says what to do."""

import re

import httpx
import psycopg
import pytest
from browsing import opened
from desks import entered
from django.db import connection

from hutong.core import statuses
from hutong.web import conf


def words(content: bytes) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", content.decode()))


@pytest.fixture
def bounded(county):
    """A bound so small that a test waits for it; what stands for the pages is in `conf`."""
    with connection.cursor() as cur:
        cur.execute("set statement_timeout = '400ms'")
    yield
    connection.close()


@pytest.mark.clause("SX-10-b")
@pytest.mark.parametrize(
    ("table", "path"),
    [("public.sharing_application", "/zh/desk/applications/"), ("audit.entry", "/zh/desk/records/"),
     ("audit.signing", "/zh/desk/"), ("plane.access_grant", "/zh/desk/grants/")],
)  # fmt: skip
def test_a_page_whose_statement_takes_too_long_says_what_to_do(county, bounded, capsys, table, path):
    client = entered("operator", )
    with psycopg.connect(county.url) as other:
        other.execute("set role hutong_owner")
        other.execute(f"lock table {table} in access exclusive mode")
        answer = client.get(path)
        other.rollback()
    page = words(answer.content)
    assert (answer.status_code, "TAKES_TOO_LONG" in page) == (503, True), page[:500]
    assert answer.headers["Retry-After"] == str(statuses.AGAIN_SECONDS)
    assert "请缩小范围后重试" in page
    said = capsys.readouterr().err
    assert "statement.given_up" in said and "Traceback" not in said
    assert client.get(path).status_code == 200


def test_pages_have_a_bound_and_a_migration_has_none(county):
    told = []
    for seconds in (conf.PAGE_SECONDS, None):
        given = conf.database(county.url, role="control", statement_seconds=seconds)
        with psycopg.connect(county.url, **given["OPTIONS"]) as opened_so:
            told.append(opened_so.execute("show statement_timeout").fetchone()[0])
    assert told == ["30s", "0"]


@pytest.mark.full
def test_the_door_of_the_pages_gives_up_what_takes_too_long(county, tmp_path):
    with opened(county.url, tmp_path, named={"HUTONG_STATEMENT_SECONDS": "1"}) as port:
        place = f"http://127.0.0.1:{port}/zh/catalog/"
        assert httpx.get(place, timeout=60).status_code == 200
        with psycopg.connect(county.url) as other:
            other.execute("lock table public.catalog_entry in access exclusive mode")
            answer = httpx.get(place, timeout=60)
            other.rollback()
        assert (answer.status_code, "TAKES_TOO_LONG" in answer.text) == (503, True)
        assert httpx.get(place, timeout=60).status_code == 200
