"""What a login answers: where it goes on to, what a refusal tells, and in which headers."""

import pytest
from acting import NOW, PASSWORD
from desks import at
from django.test import Client

from hutong.control.units import operations
from hutong.core import defaults

ATTEMPTS, WITHIN = defaults.number("login.attempts"), defaults.number("login.within_minutes")


def come(username: str = "editor", password: str = PASSWORD, **more: str):
    client = Client(HTTP_HOST="localhost", REMOTE_ADDR="10.0.0.1", raise_request_exception=False)
    return client.post("/zh/login/", {"username": username, "password": password, **more})


@pytest.mark.parametrize(
    "wanted",
    [
        "foo", "admin", "home", "account", "../..", "./", "foo/bar", "foo.html", "?x", "#x", "", " ", "\t/zh/", "\x00",
        "http://localhost/zh/account/", "//elsewhere.example/", "/\\elsewhere.example/", "///elsewhere.example",
        "https:/zh/", "javascript:alert(1)", "/zh/" + "a" * 3000, "/zh/" + "\u4e2d" * 300, "//[", "[",
    ],
)  # fmt: skip
@pytest.mark.usefixtures("county")
def test_what_is_no_path_of_this_host_leads_to_the_desk(wanted):
    answer = come(next=wanted)
    if "\x00" in wanted:  # no field may have it
        assert answer.status_code in (400, 422)
        return
    assert (answer.status_code, answer.headers.get("location")) == (302, "/zh/desk/")


@pytest.mark.parametrize(
    ("wanted", "path"),
    [
        ("/zh/account/", "/zh/account/"),
        ("/zh/desk/grants/?q=a%20b", "/zh/desk/grants/?q=a%20b"),
        ("/zh/nowhere:home/", "/zh/nowhere:home/"),
        ("/zh/\r\nX-A: b", "/zh/%0D%0AX-A:%20b"),
    ],
)
@pytest.mark.usefixtures("county")
def test_a_path_of_this_host_is_gone_on_to(wanted, path):
    answer = come(next=wanted)
    assert (answer.status_code, answer.headers.get("location"), "x-a" in answer.headers) == (302, path, False)


@pytest.mark.usefixtures("county")
def test_a_path_too_long_to_be_gone_on_to_still_leads_to_the_login():
    answer = Client(HTTP_HOST="localhost").get("/zh/desk/grants/?q=" + "a" * 3000)
    assert (answer.status_code, answer.headers["location"]) == (302, "/zh/login/?next=/zh/desk/")


@pytest.mark.clause("SX-11-a")
def test_a_stopped_account_with_the_right_password_is_told_what_one_with_a_wrong_password_is(county):
    wrong = come(password="wrong")
    operations.set_active(username="editor", active=False, now=NOW, by="operator")
    right = come()

    assert (right.status_code, wrong.status_code) == (401, 401)
    assert "LOGIN_REFUSED" in right.content.decode()
    assert told(right) == told(wrong)


def told(answer) -> str:
    page = answer.content.decode()
    return page[page.index("LOGIN_REFUSED") - 400 : page.index("LOGIN_REFUSED") + 100]


@pytest.mark.usefixtures("county")
def test_who_is_not_known_is_told_how_to_say_who_they_are():
    answer = come(password="wrong")
    assert (answer.status_code, answer.headers["www-authenticate"]) == (401, 'Form realm="hutong"')
    assert "www-authenticate" not in come().headers


@pytest.mark.clause("SX-11-a")
@pytest.mark.usefixtures("county")
def test_who_has_to_wait_is_told_in_seconds_for_how_long():
    with at(NOW):
        for _ in range(ATTEMPTS):
            assert "retry-after" not in come(password="wrong").headers
        answer = come()
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "1")


@pytest.mark.clause("SX-11-a")
@pytest.mark.usefixtures("county")
def test_who_proves_the_password_too_often_is_told_how_long_to_wait_too():
    with at(NOW):
        inside = Client(HTTP_HOST="localhost", REMOTE_ADDR="10.0.0.1")
        inside.post("/zh/login/", {"username": "editor", "password": PASSWORD})
        form = {"present": "wrong", "password": "another horse 1", "again": "another horse 1"}
        told = [inside.post("/zh/account/", form) for _ in range(ATTEMPTS + 1)]
    assert [each.status_code for each in told] == [403] * ATTEMPTS + [429]
    assert told[-1].headers["retry-after"] == "1"
