"""Every address, by every method: who has a password to change comes no further, and no form is forgotten."""

import re
from pathlib import Path

import pytest
from acting import NOW
from addresses import OPEN, Address, every
from desks import hire
from django.http import HttpResponse
from django.test import Client
from django.urls import path, reverse

import hutong
from hutong.control.units import officers, queries
from hutong.web.login.entrance import officers as of_officers

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND")
NOT_KEPT = {"second_factor", "records_subject", "calendar", "token-new", "registration-table", "registration-number"}
"""Names of the addresses of whose forms nothing is kept: codes, whom somebody looked up, and people's numbers."""
NEVER = {
    "account": {"present", "password", "again"}, "new_password": {"password", "again"}, "enrolment": {"content"},
}  # fmt: skip
"""And of whose forms some fields are not."""
SOURCE = Path(hutong.__file__).parent
NEVER |= {"service-new": {"secret"}, "binding-new": {"code"}, "own-bindings": {"code", "present"}}


def test_every_address_is_open_to_all_or_of_officers_who_came_in():
    found = every()
    assert len(found) > 60
    assert {each.name for each in found if each.forms is None} == OPEN - {""}


def test_an_address_that_lets_anybody_in_would_be_found():
    def careless(request):
        return HttpResponse()

    assert Address("careless", "/zh/careless/", careless).forms is None
    assert Address("careful", "/zh/careful/", of_officers(careless)).forms is not None
    assert path("x/", careless).name is None


def test_of_every_form_what_was_typed_is_kept_but_of_those_about_secrets():
    """Whoever writes a new page has its forms kept without doing anything; what is kept nowhere stands here."""
    rules = {each.name: each.forms for each in every() if each.forms is not None}
    assert {name for name, each in rules.items() if not each.keeps} == NOT_KEPT
    assert {name: set(each.never) for name, each in rules.items() if each.never} == NEVER


@pytest.fixture
def given(county) -> Client:
    """The browser of an officer who came in by a password that another made."""
    hire(county, "accounts", "管理", unit=county.police, roles=("system_admin",))
    password = officers.renew_password(username="consumer", actor=queries.actor("accounts", now=NOW), now=NOW)
    client = Client(HTTP_HOST="localhost")
    assert client.post("/zh/login/", {"username": "consumer", "password": password}).status_code == 302
    return client


@pytest.mark.clause("SX-11-a", "PS-05-1c")
@pytest.mark.parametrize("language", ["zh", pytest.param("en", marks=pytest.mark.full)])
def test_a_password_that_was_given_out_opens_no_address_by_any_method_but_its_change(county, given, language):
    change = f"/{language}/account/new-password/"
    for each in every(language):
        if each.forms is None or each.name == "new_password":
            continue
        for method in METHODS:
            answer = given.generic(method, each.path)
            led = (answer.status_code, answer.headers.get("Location", "").partition("?")[0])
            assert led == (302, change), (method, each)


@pytest.mark.clause("SX-11-a", "PS-05-1c")
def test_to_who_has_a_password_to_change_public_pages_are_those_of_anybody(county, given):
    for name, parts in (("home", ()), ("catalog", ()), ("resource", (county.code,)), ("help", ()), ("evidence", ())):
        address = reverse(name, args=parts)
        mine, anybodys = (client.get(address).content.decode() for client in (given, Client(HTTP_HOST="localhost")))
        assert "张伟" not in mine
        assert re.sub(r"\s+", "", mine) == re.sub(r"\s+", "", anybodys)


@pytest.mark.clause("SX-11-a", "PS-05-1c")
def test_at_the_command_line_one_place_asks_for_passwords_and_one_command_takes_a_given_one():
    files = {file.relative_to(SOURCE).as_posix(): file.read_text() for file in SOURCE.rglob("*.py")}
    assert {name for name, text in files.items() if "logins.enter(" in text} == {
        "console/officer.py", "web/login/entrance.py",
    }  # fmt: skip
    # its change, an upgrade from tables that know of no such password, and who gives one out
    assert {name for name, text in files.items() if "given_out=True" in text} == {
        "console/people.py", "cli.py", "control/units/officers.py",
    }  # fmt: skip
