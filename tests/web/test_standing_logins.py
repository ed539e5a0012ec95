"""Logins that stand: their officer sees and ends them, an administrator ends them, and so does want of use."""

import re
from datetime import timedelta

import pytest
from acting import NOW, PASSWORD
from desks import at, entered
from django.test import Client

from hutong.control.units import operations as members
from hutong.control.units import sessions


def is_in(client) -> bool:
    return client.get("/zh/desk/").status_code == 200


@pytest.fixture
def administered(county):
    given = {"password": PASSWORD, "unit": county.police, "now": NOW, "by": "init"}
    members.add_officer(username="accounts", name="钱进", roles=["system_admin"], **given)
    return county


@pytest.mark.clause("SX-11-a")
def test_an_officer_sees_where_the_account_is_in_and_ends_one_of_the_logins(county):
    with at(NOW):
        here, elsewhere = entered("editor"), entered("editor")
        page = here.get("/zh/account/").content.decode()
        (other,) = re.findall(r'name="end" value="([^"]+)"', page)
        assert here.post("/zh/account/", {"end": other}).status_code == 302
        assert (is_in(here), is_in(elsewhere)) == (True, False)
        assert here.post("/zh/account/", {"end": other}).status_code == 404


def test_nobody_ends_a_login_of_somebody_else(county):
    with at(NOW):
        theirs, other = entered("editor"), entered("consumer")
        (standing,) = sessions.standing("editor", now=NOW)
        for number in (standing.id, "none", ""):
            assert other.post("/zh/account/", {"end": number}).status_code == 404
        assert is_in(theirs)


@pytest.mark.clause("SX-11-a")
def test_the_system_administrator_ends_every_login_of_an_officer_and_nobody_else_does(administered):
    with at(NOW):
        editor, admin = entered("editor"), entered("accounts")
        assert "127.0.0.1" in admin.get("/zh/desk/officers/of/editor/").content.decode()
        assert entered("consumer").post("/zh/desk/officers/of/editor/", {"act": "end_sessions"}).status_code == 403
        assert is_in(editor)
        assert admin.post("/zh/desk/officers/of/editor/", {"act": "end_sessions"}).status_code == 302
        assert (is_in(editor), is_in(admin)) == (False, True)


@pytest.mark.clause("SX-11-a")
def test_a_login_that_nobody_uses_ends_by_itself(county):
    with at(NOW):
        client = entered("editor")
    for minutes, stands in ((29, True), (58, True), (89, False), (90, False)):
        with at(NOW + timedelta(minutes=minutes)):
            assert is_in(client) == stands


@pytest.mark.clause("SX-11-a")
@pytest.mark.parametrize("who", ["editor", "consumer"])
def test_who_logs_in_where_a_login_stands_ends_that_one_and_has_a_new_key(county, who):
    with at(NOW):
        client, before = entered("editor"), Client()
        before.cookies["sessionid"] = client.cookies["sessionid"].value
        assert is_in(before)

        client.post("/zh/login/", {"username": who, "password": PASSWORD})

        assert (is_in(client), is_in(before)) == (True, False)
        assert client.cookies["sessionid"].value != before.cookies["sessionid"].value
        assert len(sessions.standing(who, now=NOW)) == 1
        assert who == "editor" or not sessions.standing("editor", now=NOW)


def test_a_login_ends_with_leaving_and_with_another_password(county):
    with at(NOW):
        one, two = entered("editor"), entered("editor")
        one.post("/zh/logout/")
        assert len(sessions.standing("editor", now=NOW)) == 1
        entered("editor")
        two.post("/zh/account/", {"present": PASSWORD, "password": "another horse 互通", "again": "another horse 互通"})
        (left,) = sessions.standing("editor", now=NOW)
        assert is_in(two)
        assert left.browser == ""
