"""What an officer is refused at the desk is entered, whichever check refused it, and nothing of what was typed."""

import psycopg
import pytest
from acting import NOW
from desks import at, entered

from hutong.core import canonical


def refusals(url: str, event: str = "desk.refused") -> list[tuple[str, str, str]]:
    with psycopg.connect(url, options="-c role=hutong_owner") as owner:
        rows = owner.execute("select record from audit.entry where event = %s order by id", [event]).fetchall()
    return [(each["by"], each["code"], each["place"]) for each in (canonical.loads(row) for (row,) in rows)]


@pytest.mark.clause("SX-10-b")
def test_each_refusal_of_an_officer_is_entered_in_a_transaction_of_its_own(county):
    no = county.draft()
    case = f"/zh/desk/applications/{no}/"
    with at(NOW):
        editor, authority = entered("editor"), entered("authority")
        tries = [
            (editor, "post", case, {"action": "withdraw"}),
            (authority, "post", case, {"action": "endorse"}),
            (editor, "get", "/zh/desk/officers/", {}),
            (editor, "get", "/zh/desk/applications/GX-none/", {}),
            (authority, "post", "/zh/desk/deputies/", {"role": "competent", "reason": "x" * 5000}),
            (authority, "post", "/zh/desk/deputies/", {"end": "1"}),
        ]
        statuses = [getattr(who, how)(where, sent).status_code for who, how, where, sent in tries]
    told = refusals(county.url)
    assert all(status >= 400 for status in statuses), statuses
    assert [(by, place) for by, _, place in told] == [
        ("editor" if who is editor else "authority", f"{how.upper()} {where}") for who, how, where, _ in tries
    ]
    assert "xxx" not in str(told)


def test_what_is_shown_done_or_asked_by_nobody_known_is_no_refusal(county):
    with at(NOW):
        entered("editor").get("/zh/desk/deliveries/")
        from django.test import Client

        stranger = Client(HTTP_HOST="localhost")
        assert stranger.get("/zh/nowhere/").status_code == 404
        stranger.post("/zh/login/", {"username": "editor", "password": "wrong"})
    assert refusals(county.url) == []


@pytest.mark.clause("SX-10-b")
def test_of_a_flood_of_refusals_twenty_are_entered_and_the_rest_are_counted(county):
    with at(NOW):
        editor = entered("editor")
        for _ in range(30):
            editor.get("/zh/desk/officers/")
    assert len(refusals(county.url)) == 20
    with psycopg.connect(county.url, options="-c role=hutong_owner") as owner:
        assert owner.execute("select code, count from audit.refusal").fetchall() == [("NOT_YOUR_ROLE", 30)]


def test_a_refusal_that_cannot_be_entered_is_no_page(county, log_down):
    with at(NOW):
        editor = entered("editor")
        log_down(county.url)
        with pytest.raises(Exception, match="permission denied"):
            editor.get("/zh/desk/officers/")
