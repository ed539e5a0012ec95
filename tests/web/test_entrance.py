"""Whoever guesses is slowed down, however many at once, and nobody can shut the door to who knows the password."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import psycopg
import pytest
from acting import NOW, PASSWORD
from desks import at, entered, hire
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.db import connection
from django.test import Client

from hutong.control.units import logins
from hutong.control.units import operations as members
from hutong.control.units.models import FailedLogin
from hutong.control.units.rules import LoginBlocked
from hutong.core import canonical, defaults
from hutong.web import clock

ATTEMPTS, STRANGERS = defaults.number("login.attempts"), defaults.number("login.stranger_attempts")
PAUSE = timedelta(minutes=defaults.number("login.pause_minutes"))
ATTEMPTS_WITHIN = timedelta(minutes=defaults.number("login.within_minutes"))
SECOND = timedelta(seconds=1)


def browser(source: str = "10.0.0.1") -> Client:
    return Client(HTTP_HOST="localhost", REMOTE_ADDR=source)


def tried(username: str, password: str = "wrong", source: str = "10.0.0.1", *, client: Client | None = None) -> int:
    client = client or browser(source)
    return client.post("/zh/login/", {"username": username, "password": password}).status_code


def used(username: str = "consumer", source: str = "10.0.0.1") -> Client:
    """Return a browser in which an officer came in and left again."""
    client = browser(source)
    assert tried(username, PASSWORD, client=client) == 302
    client.post("/zh/logout/")
    return client


@pytest.mark.clause("SX-11-a")
@pytest.mark.parametrize("guesses", [300, pytest.param(10_000, marks=[pytest.mark.full, pytest.mark.timeout(1800)])])
@pytest.mark.parametrize("guessed", ["consumer", "editor", "nobody{}", "{}"])
def test_whatever_is_guessed_from_the_clerks_own_address_the_clerk_comes_in(county, guessed, guesses):
    with at(NOW):
        own, now = used(), NOW
    for number in range(guesses):  # as the door counts them: to digest each would be no more than time
        now += timedelta(milliseconds=100)
        try:
            logins.claim_attempt(username=guessed.format(number), source="10.0.0.1", now=now)
        except LoginBlocked:
            continue
    with at(now):
        assert tried("consumer", PASSWORD, client=own) == 302  # at once, in the own browser
    with at(now + PAUSE if guessed == "consumer" else now):
        assert tried("consumer", PASSWORD) == 302  # and in any other, after a pause at the most


@pytest.mark.clause("SX-11-a")
def test_guesses_at_one_account_slow_down_no_other_at_the_same_address(county):
    assert [tried("consumer") for _ in range(ATTEMPTS + 1)] == [401] * ATTEMPTS + [429]

    assert tried("editor", PASSWORD) == 302
    assert tried("consumer", PASSWORD, source="10.0.0.2") == 302
    assert tried("consumer", PASSWORD) == 429


@pytest.mark.clause("SX-11-a")
def test_a_device_is_known_to_its_account_alone_and_who_guesses_there_is_slowed_down_too(county):
    own = used()
    assert [tried("editor", client=own) for _ in range(ATTEMPTS + 1)] == [401] * ATTEMPTS + [429]
    assert [tried("consumer", client=own) for _ in range(ATTEMPTS + 1)] == [401] * ATTEMPTS + [429]
    (name,) = (each for each in own.cookies if each.startswith("device-"))
    forged = browser()
    forged.cookies[name] = own.cookies[name].value[:-1] + "x"
    for _ in range(ATTEMPTS):
        tried("consumer")
    assert tried("consumer", PASSWORD, client=forged) == 429


@pytest.mark.clause("SX-11-a")
def test_pauses_grow_to_the_longest_and_an_attempt_that_comes_too_soon_prolongs_nothing(county):
    now, paused = NOW, []
    for _ in range(ATTEMPTS + 9):
        while True:
            try:
                logins.claim_attempt(username="consumer", source="10.0.0.1", now=now)
                break
            except LoginBlocked as blocked:
                paused.append(blocked.facts["seconds"])
                now += timedelta(seconds=blocked.facts["seconds"])
    assert paused == [1, 2, 4, 8, 16, 32, 60, 60, 60]


@pytest.mark.clause("SX-11-a")
def test_guesses_from_many_places_slow_down_places_where_the_account_was_never_used(county):
    used(source="10.0.0.9")
    for number in range(STRANGERS):
        logins.claim_attempt(username="consumer", source=f"192.0.2.{number}", now=clock.now())
    assert tried("consumer", PASSWORD, source="198.51.100.1") == 429
    assert tried("consumer", PASSWORD, source="10.0.0.9") == 302
    assert tried("editor", PASSWORD, source="198.51.100.1") == 302


@pytest.mark.clause("SX-11-a")
def test_every_address_of_one_subscriber_is_one_place(county):
    for number in range(ATTEMPTS):
        logins.claim_attempt(username="consumer", source=f"2001:db8:0:7::{number}", now=NOW)
    with pytest.raises(LoginBlocked):
        logins.claim_attempt(username="consumer", source="2001:db8:0:7:ffff::1", now=NOW)
    logins.claim_attempt(username="consumer", source="2001:db8:0:8::1", now=NOW)


@pytest.mark.clause("SX-11-a")
def test_guesses_at_the_same_moment_are_not_more_than_are_allowed(county):
    def guess(_: int) -> int:
        try:
            return tried("consumer")
        finally:
            connection.close()

    with ThreadPoolExecutor(32) as together:
        answers = list(together.map(guess, range(32)))

    assert sorted(answers)[:ATTEMPTS] == [401] * ATTEMPTS
    assert answers.count(401) <= ATTEMPTS + 3  # a second or two may go by, and a pause with it
    assert set(answers) == {401, 429}


def test_a_wrong_password_is_digested_once_whether_the_account_is_there_stopped_or_none(county, monkeypatch):
    members.set_active(username="approver", active=False, now=NOW, by="init")
    digested, encode = [], PBKDF2PasswordHasher.encode

    def counted(self, password, salt, iterations=None):
        digested.append(iterations or self.iterations)
        return encode(self, password, salt, iterations)

    monkeypatch.setattr(PBKDF2PasswordHasher, "encode", counted)
    for username in ("consumer", "approver", "nobody", "x" * 150, "张伟"):
        digested.clear()
        assert (tried(username), digested) == (401, [PBKDF2PasswordHasher.iterations])


def blocked(url: str, event: str = "auth.blocked") -> list[dict]:
    with psycopg.connect(url, options="-c role=hutong_owner") as opened:
        rows = opened.execute("select record from audit.entry where event = %s order by id", [event]).fetchall()
    return [canonical.loads(record) for (record,) in rows]


def refused(username: str, *, now: datetime = NOW) -> None:
    with pytest.raises(LoginBlocked):
        logins.claim_attempt(username=username, source="10.0.0.1", now=now)


@pytest.mark.clause("SX-11-a")
def test_that_pauses_began_is_entered_once_for_as_long_as_they_go_on(county):
    for _ in range(ATTEMPTS):
        logins.claim_attempt(username="consumer", source="10.0.0.1", now=NOW)
    assert blocked(county.url) == []
    for _ in range(3):
        refused("consumer")

    told = {"officer": "consumer", "source": "10.0.0.1", "method": "password", "shut": "account", "failures": ATTEMPTS}
    assert blocked(county.url) == [told]
    logins.claim_attempt(username="consumer", source="10.0.0.1", now=NOW + SECOND)
    refused("consumer", now=NOW + SECOND)
    assert blocked(county.url) == [told]

    again = NOW + SECOND + ATTEMPTS_WITHIN  # none of them counts any more
    for _ in range(ATTEMPTS):
        logins.claim_attempt(username="consumer", source="10.0.0.1", now=again)
    refused("consumer", now=again)
    assert blocked(county.url) == [told, told]


def test_what_was_typed_for_an_account_there_is_none_of_is_kept_nowhere(county):
    for _ in range(ATTEMPTS):
        assert tried("my secret horse") == 401
    refused("my secret horse", now=clock.now())

    assert [(entry["officer"], entry["shut"]) for entry in blocked(county.url)] == [(None, "account")]
    assert {entry["officer"] for entry in blocked(county.url, "auth.failed")} == {None}
    assert not FailedLogin.objects.exclude(username__startswith="?").exists()


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


def test_a_password_that_is_the_accounts_own_name_is_refused(county):
    client = come_in()
    for name in ("editor", "EDITOR"):
        answer = client.post("/zh/account/", {"present": PASSWORD, "password": name, "again": name})
        assert (answer.status_code, "密码与账号editor相同" in answer.content.decode()) == (422, True)


@pytest.mark.parametrize(
    "password", ["relief.officer", "Relief.Officer", " relief.officer ", "relief.officer1", "relief_officer"]
)
def test_nor_is_one_that_is_almost_the_accounts_own_name(county, password):
    unit = county.actor("competent").unit
    hire(county, "relief.officer", "吴芳", unit=unit, roles=("unit_head",))
    client = entered("relief.officer")
    answer = client.post("/zh/account/", {"present": PASSWORD, "password": password, "again": password})
    assert answer.status_code == 422
    assert entered("relief.officer")
