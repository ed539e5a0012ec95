"""Whoever guesses is stopped, however many at once, and nobody else."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import psycopg
import pytest
from acting import NOW, PASSWORD
from django.db import connection
from django.test import Client

from hutong.control.orgs import logins
from hutong.control.orgs.models import FailedLogin
from hutong.control.orgs.rules import LoginBlocked
from hutong.core import canonical, defaults

ATTEMPTS, SOURCE_ATTEMPTS = defaults.number("login.attempts"), defaults.number("login.source_attempts")
ATTEMPTS_WITHIN = timedelta(minutes=defaults.number("login.within_minutes"))


def tried(username: str, password: str = "wrong", source: str = "10.0.0.1") -> int:
    client = Client(HTTP_HOST="localhost", REMOTE_ADDR=source)
    return client.post("/zh/login/", {"username": username, "password": password}).status_code


@pytest.mark.clause("SX-11-a")
def test_guesses_at_one_account_shut_out_no_other_behind_the_same_proxy(county):
    assert [tried("consumer") for _ in range(ATTEMPTS + 1)] == [401] * ATTEMPTS + [429]

    assert tried("editor", PASSWORD) == 302
    assert tried("consumer", PASSWORD, source="10.0.0.2") == 302
    assert tried("consumer", PASSWORD) == 429


@pytest.mark.clause("SX-11-a")
def test_guesses_at_the_same_moment_are_not_more_than_are_allowed(county):
    def guess(_: int) -> int:
        try:
            return tried("consumer")
        finally:
            connection.close()

    with ThreadPoolExecutor(32) as together:
        answers = list(together.map(guess, range(32)))

    assert sorted(answers) == [401] * ATTEMPTS + [429] * (32 - ATTEMPTS)


@pytest.mark.clause("SX-11-a")
def test_a_source_that_tries_account_after_account_is_stopped_too(county):
    for number in range(SOURCE_ATTEMPTS):
        logins.claim_attempt(username=f"guessed{number}", source="10.0.0.1", now=NOW)

    with pytest.raises(LoginBlocked):
        logins.claim_attempt(username="consumer", source="10.0.0.1", now=NOW)


def blocked(url: str) -> list[dict]:
    with psycopg.connect(url, options="-c role=hutong_owner") as opened:
        rows = opened.execute("select record from audit.entry where event = 'auth.blocked' order by id").fetchall()
    return [canonical.loads(record) for (record,) in rows]


def refused(username: str, *, now: datetime = NOW) -> None:
    with pytest.raises(LoginBlocked):
        logins.claim_attempt(username=username, source="10.0.0.1", now=now)


@pytest.mark.clause("SX-11-a")
def test_that_the_door_is_shut_is_entered_once_for_as_long_as_it_is(county):
    for second in range(ATTEMPTS):
        at = NOW + timedelta(seconds=second)
        logins.claim_attempt(username="consumer", source="10.0.0.1", now=at)
    assert blocked(county.url) == []
    for _ in range(3):
        refused("consumer", now=NOW + timedelta(minutes=1))

    told = {"officer": "consumer", "source": "10.0.0.1", "method": "password", "shut": "account", "failures": ATTEMPTS}
    assert blocked(county.url) == [told]

    again = NOW + ATTEMPTS_WITHIN  # the first of them counts no more
    logins.claim_attempt(username="consumer", source="10.0.0.1", now=again)
    for _ in range(2):
        refused("consumer", now=again)
    assert blocked(county.url) == [told, told]


def test_what_was_typed_for_an_account_there_is_none_of_is_not_entered_with_it(county):
    for _ in range(ATTEMPTS):
        logins.claim_attempt(username="my secret horse", source="10.0.0.1", now=NOW)
    refused("my secret horse")

    assert [(entry["officer"], entry["shut"]) for entry in blocked(county.url)] == [(None, "account")]


def test_a_source_that_is_shut_is_entered_once_whatever_accounts_it_tries(county):
    for number in range(SOURCE_ATTEMPTS):
        logins.claim_attempt(username=f"guessed{number}", source="10.0.0.1", now=NOW)
    for username in ("consumer", "editor", "consumer"):
        refused(username)

    assert blocked(county.url) == [
        {"officer": None, "source": "10.0.0.1", "method": "password", "shut": "source", "failures": SOURCE_ATTEMPTS}
    ]


def test_without_its_entry_nothing_says_that_it_is_entered(county, log_down):
    for _ in range(ATTEMPTS):
        logins.claim_attempt(username="consumer", source="10.0.0.1", now=NOW)
    log_down(county.url)
    with pytest.raises(Exception, match="permission denied"):
        logins.claim_attempt(username="consumer", source="10.0.0.1", now=NOW)

    assert set(FailedLogin.objects.values_list("shut", flat=True)) == {""}


def test_who_comes_in_is_no_failure_from_there(county):
    assert (tried("consumer"), tried("consumer", PASSWORD)) == (401, 302)

    assert FailedLogin.objects.count() == 0


def come_in(password: str = PASSWORD) -> Client:
    client = Client(HTTP_HOST="localhost", REMOTE_ADDR="10.0.0.1")
    assert client.post("/zh/login/", {"username": "editor", "password": password}).status_code == 302
    return client


NEW = "another horse 互通"


def test_an_officer_changes_the_password_and_other_logins_end(county):
    here, elsewhere = come_in(), come_in()
    answer = here.post("/zh/account/", {"present": PASSWORD, "password": NEW, "again": NEW})

    assert (answer.status_code, answer.headers["location"]) == (302, "/zh/account/?changed")
    assert "密码已修改" in here.get("/zh/account/?changed").content.decode()
    assert elsewhere.get("/zh/desk/").headers["location"].startswith("/zh/login/")
    come_in(NEW)


@pytest.mark.parametrize(
    ("given", "status", "told"),
    [
        ({"present": "wrong", "password": NEW, "again": NEW}, 403, "当前密码不正确"),
        ({"present": PASSWORD, "password": NEW, "again": NEW + "x"}, 422, "两次输入的新密码不一致"),
        ({"present": PASSWORD, "password": "1234567890", "again": "1234567890"}, 422, "密码过于简单"),
    ],
)
def test_a_password_that_cannot_be_changed_stays_and_the_page_says_why(county, given, status, told):
    client = come_in()
    answer = client.post("/zh/account/", given)

    assert (answer.status_code, told in answer.content.decode()) == (status, True)
    assert given["password"] not in answer.content.decode()
    come_in()


def test_nobody_else_sees_the_account_page(county):
    assert Client(HTTP_HOST="localhost").get("/zh/account/").headers["location"] == "/zh/login/?next=/zh/account/"
