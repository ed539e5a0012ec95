"""Logins that stand, as rows: who may use one, and what is entered when it ends."""

from datetime import timedelta

import psycopg
import pytest
from acting import NOW

from hutong.control.units import operations, sessions
from hutong.core import canonical

MINUTE = timedelta(minutes=1)


def begun(username: str = "editor", *, now=NOW) -> str:
    return str(sessions.begin(username=username, source="10.0.0.1", browser="x" * 500, now=now))


def ended(url: str) -> list[tuple[str, str, str]]:
    with psycopg.connect(url, options="-c role=hutong_owner") as owner:
        rows = owner.execute("select record from audit.entry where event = 'auth.session_ended' order by id").fetchall()
    return [(each["officer"], each["reason"], each["by"]) for each in (canonical.loads(row) for (row,) in rows)]


def test_a_login_is_used_by_whose_it_is_alone(county):
    number = begun()
    uses = [sessions.use(each, username=who, now=NOW) for each, who in ((number, "editor"), (number, "consumer"))]
    assert [*uses, sessions.use("", username="editor", now=NOW)] == [True, False, False]


@pytest.mark.clause("SX-11-a")
def test_a_login_that_ends_is_entered_once_with_why_and_by_whom(county):
    one, two, three = begun(), begun(), begun()
    sessions.end(one, username="editor", now=NOW)
    with pytest.raises(sessions.SessionEnded):
        sessions.end(one, username="editor", now=NOW)
    assert not sessions.use(two, username="editor", now=NOW + 31 * MINUTE)
    assert sessions.end_all(username="editor", now=NOW, by="accounts") == 1
    assert not sessions.use(three, username="editor", now=NOW)
    told = [("asked", "editor"), ("idle", "hutong"), ("asked", "accounts")]
    assert ended(county.url) == [("editor", reason, by) for reason, by in told]


def test_a_stopped_account_and_another_password_end_every_login(county):
    begun()
    operations.set_password(username="editor", password="another horse 互通", now=NOW, by="accounts")
    assert sessions.standing("editor", now=NOW) == []
    begun()
    operations.set_active(username="editor", active=False, now=NOW, by="accounts")
    assert sessions.standing("editor", now=NOW) == []


def test_without_its_entry_no_login_ends(county, log_down):
    number = begun()
    log_down(county.url)
    with pytest.raises(Exception, match="permission denied"):
        sessions.end(number, username="editor", now=NOW)
    assert sessions.use(number, username="editor", now=NOW)
