"""A login is judged and remembered in one place, whichever door an officer comes to."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

import psycopg
import pytest
from acting import NOW, PASSWORD
from django.test import Client

from hutong import settings
from hutong.console import officer
from hutong.control.units import factors, logins, operations, queries
from hutong.control.units.models import FailedLogin
from hutong.core import canonical
from hutong.core.errors import Problem
from hutong.installation import opening
from hutong.installation.opening import Installation
from hutong.plane.keys import Keyring

OPERATOR = {"username": "operator", "source": "10.0.0.1", "now": NOW}


@pytest.fixture
def opened(county, tmp_path, monkeypatch) -> Installation:
    """The county's platform, as the command line opens it."""
    for name in ("HUTONG_DATABASE_URL", "HUTONG_WEB_SECRET"):
        monkeypatch.setenv(name, "")  # as they were, at the end
    given = replace(settings.read({}), data=tmp_path)
    opening.prepare_folder(given)
    return Installation(settings=given, database_url=county.url, clock=lambda: NOW, training=True)


def remembered(url: str) -> list[tuple[str, str | None, str | None]]:
    """Return event, officer and reason of what the log has of logins."""
    with psycopg.connect(url, options="-c role=hutong_owner") as owner:
        rows = owner.execute("select event, record from audit.entry where event like 'auth.%' order by id").fetchall()
    told = [(event, canonical.loads(record)) for event, record in rows]
    return [(event, record["officer"], record.get("reason")) for event, record in told if event != "auth.changed"]


def put_factor(keyring: Keyring) -> None:
    at = datetime.fromtimestamp(1111111111, UTC)
    shown = factors.ShownCode("operator", "050471", "10.0.0.1", keyring, at, NOW)  # RFC 6238, appendix B
    factors.put(shown, present=PASSWORD, secret=b"12345678901234567890")


class Asked(Exception):
    """A code was asked for."""


def at_the_pages(opened: Installation, username: str, password: str) -> str:
    answer = Client(HTTP_HOST="localhost").post("/zh/login/", {"username": username, "password": password})
    if answer.status_code == 302:
        return "halfway" if answer.headers["location"].startswith("/zh/login/code/") else "in"
    return re.search(r"错误代码：\s*(?:<[^>]+>)*(\w+)", answer.content.decode())[1]


def at_the_command_line(opened: Installation, username: str, password: str) -> str:
    def ask() -> str:
        raise Asked

    try:
        assert officer.login(opened, username=username, password=password, ask=ask).officer == username
    except Asked:
        return "halfway"
    except Problem as refusal:
        return refusal.code
    return "in"


CASES: dict[str, tuple[str, str, str, list]] = {
    "right": ("operator", PASSWORD, "in", [("auth.login", "operator", None)]),
    "wrong": ("operator", "wrong", "LOGIN_REFUSED", [("auth.failed", "operator", "LOGIN_REFUSED")]),
    "nobody": ("nobody", PASSWORD, "LOGIN_REFUSED", [("auth.failed", None, "LOGIN_REFUSED")]),
    "stopped": ("operator", PASSWORD, "LOGIN_REFUSED", [("auth.failed", "operator", "NO_SUCH_OFFICER")]),
    "factor": ("operator", PASSWORD, "halfway", []),
}


@pytest.mark.clause("SX-11-a")
@pytest.mark.parametrize("door", [at_the_pages, at_the_command_line])
@pytest.mark.parametrize("case", CASES)
def test_every_door_judges_a_login_alike_and_the_same_is_remembered(
    opened, case: str, door: Callable[[Installation, str, str], str]
):
    username, password, outcome, entries = CASES[case]
    if case == "stopped":
        operations.set_active(username="operator", active=False, now=NOW, by="authority")
    if case == "factor":
        put_factor(Keyring.load(opened.keyring_path))

    assert door(opened, username, password) == outcome
    assert remembered(opened.database_url) == entries


@pytest.mark.parametrize("door", [at_the_pages, at_the_command_line])
def test_every_door_is_shut_after_as_many_guesses(opened, door):
    told = [door(opened, "operator", "wrong") for _ in range(9)]
    assert told == ["LOGIN_REFUSED"] * 8 + ["LOGIN_BLOCKED"]


def test_who_comes_in_is_told_with_the_account_and_what_failed_before_counts_no_more(county):
    with pytest.raises(logins.LoginRefused):
        logins.enter(**OPERATOR, password="wrong")
    login = logins.enter(**OPERATOR, password=PASSWORD)

    operator = queries.actor("operator", now=NOW)
    assert (login.actor, login.user.get_username(), login.halfway) == (operator, "operator", False)
    assert FailedLogin.objects.count() == 0


def test_halfway_the_attempt_still_counts_until_the_code_is_shown(county, tmp_path):
    put_factor(Keyring.create(tmp_path / "keys"))
    assert logins.enter(**OPERATOR, password=PASSWORD).halfway
    assert FailedLogin.objects.count() == 1


@pytest.mark.clause("SX-11-a")
def test_a_role_that_needs_a_second_factor_does_not_come_in_without_one(county):
    with pytest.raises(logins.FactorNeeded) as refused:
        logins.enter(**OPERATOR, password=PASSWORD, factor_roles={"operator"})
    assert refused.value.facts == {"username": "operator"}
    assert remembered(county.url) == [("auth.failed", "operator", "FACTOR_NEEDED")]
    assert not logins.enter(**OPERATOR, password=PASSWORD, factor_roles={"auditor"}).halfway


@pytest.mark.clause("SX-11-a")
def test_without_its_entry_nobody_comes_in_and_the_attempt_counts(county, log_down):
    log_down(county.url)
    with pytest.raises(Exception, match="permission denied"):
        logins.enter(**OPERATOR, password=PASSWORD)

    assert FailedLogin.objects.count() == 1
