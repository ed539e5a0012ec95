"""While the database is away every page says so, to whoever asks, and no request leaves a line of its own."""

from collections import Counter

import httpx
import pytest
from acting import PASSWORD
from browsing import opened
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict
from test_door_of_the_pages import token

from databases import superuser

PATHS = ("/zh/", "/zh/desk/", "/zh/desk/applications/", "/zh/catalog/?q=x", "/zh/login/", "/zh/nowhere/")


@pytest.mark.clause("SX-04-b")
def test_pages_say_that_the_database_is_away_and_no_request_leaves_a_line_of_its_own(county, server, tmp_path, capfd):
    statuses: Counter[tuple[str, int]] = Counter()
    with opened(county.url, tmp_path, workers=1) as port:
        place = f"http://127.0.0.1:{port}"
        with httpx.Client(base_url=place, timeout=60, headers={"Referer": place}) as client:
            form = {"username": "editor", "password": PASSWORD, "csrfmiddlewaretoken": token(client.get("/zh/login/"))}
            assert client.post("/zh/login/", data=form).status_code == 302
            named = str(conninfo_to_dict(county.url)["dbname"])
            root, name = superuser(server), sql.Identifier(named)
            root.execute(sql.SQL("alter database {} with allow_connections false").format(name))
            root.execute("select pg_terminate_backend(pid) from pg_stat_activity where datname = %s", [named])
            capfd.readouterr()
            for _ in range(20):
                for path in PATHS:
                    answer = client.get(path)
                    statuses[path, answer.status_code] += 1
                    assert answer.headers["Cache-Control"] == "no-store"
                    assert answer.status_code != 503 or answer.headers["Retry-After"].isdigit()
                statuses["post", client.post("/zh/login/", data=form).status_code] += 1
            root.execute(sql.SQL("alter database {} with allow_connections true").format(name))
            said = capfd.readouterr().err.splitlines()
            assert client.get("/zh/desk/").status_code == 200
    assert 500 not in {status for _, status in statuses}
    assert {status for path, status in statuses if "desk" in path} == {503}
    assert [line for line in said if "number=" in line] == []
    assert len(said) < 60
