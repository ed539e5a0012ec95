"""A password that another made and gave out is changed before anything else is done."""

import pytest
from acting import NOW, PASSWORD
from desks import entered, hire, words
from django.test import Client

from hutong.control.units import officers, queries
from hutong.control.units import operations as members
from hutong.control.units.models import GivenPassword

CHOSEN = "quite another 口令"
PAGE = "/zh/account/new-password/"


def came_in(username: str, password: str) -> Client:
    client = Client(HTTP_HOST="localhost")
    assert client.post("/zh/login/", {"username": username, "password": password}).status_code == 302
    return client


@pytest.fixture
def made(county) -> str:
    """The password that the system administrator makes for the consumer's officer."""
    hire(county, "accounts", "管理", unit=county.police, roles=("system_admin",))
    actor = queries.actor("accounts", now=NOW)
    return officers.renew_password(username="consumer", actor=actor, now=NOW)


@pytest.mark.clause("SX-11-a", "PS-05-1c")
def test_who_came_in_by_a_password_that_was_given_out_does_nothing_before_it_is_changed(county, made):
    client = came_in("consumer", made)
    for path in ("/zh/desk/", "/zh/desk/applications/", "/zh/account/", "/zh/account/second-factor/"):
        answer = client.get(path)
        assert (answer.status_code, answer.get("location")) == (302, f"{PAGE}?next={path.replace('/', '%2F')}"), path
        assert client.post(path, {"present": made}).status_code == 302
    for password, again, status in (
        (made, made, 422), ("short", "short", 422), (CHOSEN, "another one", 422), ("consumer", "consumer", 422),
        ("12345678901234", "12345678901234", 422),
    ):  # fmt: skip
        answer = client.post(PAGE, {"password": password, "again": again})
        assert 400 <= answer.status_code < 500, (password, status)
    assert GivenPassword.objects.count() == 1

    answer = client.post(PAGE, {"password": CHOSEN, "again": CHOSEN, "next": "/zh/desk/grants/"})
    assert (answer.status_code, answer.get("location")) == (302, "/zh/desk/grants/")
    told = words(client.get("/zh/desk/grants/"))
    assert ("密码已修改，以后用新密码登录。" in told, CHOSEN in told) == (True, False)
    assert "密码已修改" not in words(client.get("/zh/desk/grants/"))
    assert client.get(PAGE).get("location") == "/zh/account/"
    assert GivenPassword.objects.count() == 0
    assert came_in("consumer", CHOSEN).get("/zh/desk/").status_code == 200


def test_who_chose_the_password_goes_on_and_a_password_renewed_by_another_ends_the_login(county):
    client = entered("consumer")
    assert client.get("/zh/desk/").status_code == 200
    assert client.get(PAGE).status_code == 302
    hire(county, "accounts", "管理", unit=county.police, roles=("system_admin",))
    officers.renew_password(username="consumer", actor=queries.actor("accounts", now=NOW), now=NOW)
    assert client.get("/zh/desk/").url.startswith("/zh/login/")


@pytest.mark.clause("SX-11-a")
def test_every_way_in_which_another_makes_a_password_counts_and_no_choice_of_ones_own(county):
    hire(county, "accounts", "管理", unit=county.police, roles=("system_admin",))
    actor = queries.actor("accounts", now=NOW)
    officers.add(username="new.one", name="周敏", unit=county.police, actor=actor, now=NOW)
    assert queries.password_given("new.one")
    with pytest.raises(members.PasswordSame):
        members.choose_password(username="consumer", password=PASSWORD, now=NOW)
    members.set_password(username="new.one", password=CHOSEN, now=NOW, by="new.one")
    assert not queries.password_given("new.one")
    assert not queries.password_given("consumer")
