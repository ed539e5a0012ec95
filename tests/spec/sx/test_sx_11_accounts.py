"""Article 11: accounts of a unit are looked after by its administrator, and nobody moves an officer alone."""

import re

import handing
import psycopg
import pytest
from acting import NOW, PASSWORD
from desks import at, entered, seen, words
from django.contrib import auth

from hutong.control.handovers import rules, transfers
from hutong.control.handovers.models import Transfer
from hutong.control.procedures.rules import NotYourRole
from hutong.control.units import officers, queries
from hutong.core.errors import Problem

HOME = "/zh/desk/officers/"


def came(county, **changes) -> str:
    """Return the code of what refuses a transfer; nothing where it was asked for."""
    try:
        handing.asked(county, **changes)
    except Problem as problem:
        return problem.code
    return ""


@pytest.mark.clause("SX-11-a", "IS-5.1-a")
def test_a_units_administrator_gives_a_new_password_that_opens_nothing_before_it_is_changed(county):
    handing.staffed(county)
    with at(NOW):
        made = entered("unit_admin").post(f"{HOME}of/consumer/", {"act": "password"})
        password = re.search(r"密码 ?： ?(\S+)", words(made))[1]
        assert auth.authenticate(username="consumer", password=PASSWORD) is None
        browser = entered("heir")
        browser.post("/zh/logout/")
        browser.post("/zh/login/", {"username": "consumer", "password": password})
        led = browser.get("/zh/desk/").headers["Location"]
    assert "password" in led
    assert queries.password_given("consumer")


@pytest.mark.clause("SX-11-a", "IS-3.1")
def test_an_officer_moves_to_another_unit_once_that_unit_accepts_and_no_earlier(county):
    """调动: the one unit asks, the other accepts; neither moves anybody alone."""
    handing.administered(county)
    no = handing.asked(county)
    assert queries.actor("consumer", now=NOW).unit == county.civil
    for by in ("unit_admin", "authority", "operator"):
        with pytest.raises(NotYourRole):
            handing.take_transfer(county, no, "accept", by=by)
    assert no in seen("receiving", "/zh/desk/")
    assert handing.take_transfer(county, no, "accept", by="receiving") == "MOVED"
    moved = queries.actor("consumer", now=NOW)
    assert (moved.unit, moved.roles) == (county.police, frozenset())
    assert "已调入" in seen("receiving", f"{HOME}transfers/{no}/")
    with psycopg.connect(county.url, options="-c role=hutong_owner") as opened:
        told = "select record::jsonb from audit.entry where event = 'handovers.transfer_moved' order by id"
        ((record,),) = opened.execute(told).fetchall()
    assert (record["by"], record["clause"], record["officer"]) == ("receiving", "SX-11-a", "consumer")


@pytest.mark.clause("SX-11-a", "IS-3.1")
def test_whom_the_other_unit_refuses_stays_with_every_role(county):
    handing.administered(county)
    before = queries.actor("consumer", now=NOW)
    no = handing.asked(county)
    with pytest.raises(rules.TransferUnderWay):
        handing.asked(county)
    assert handing.take_transfer(county, no, "refuse", by="receiving", reason="编制已满") == "REFUSED"
    assert queries.actor("consumer", now=NOW) == before


@pytest.mark.clause("IS-3.1", "IS-5.1-a")
def test_no_unit_asks_for_an_officer_of_another_and_no_officer_without_the_role_asks_for_any(county):
    handing.administered(county)
    handing.officer(county, "heir", "李强", "consumer")
    assert came(county, by="heir") == "NOT_YOUR_ROLE"
    assert came(county, officer="editor") == "NOT_OF_YOUR_UNIT_HERE"
    with pytest.raises(NotYourRole):
        officers.move(
            username="consumer", unit=county.police, reason="调动", actor=county.actor("unit_admin"), now=NOW
        )
    assert not Transfer.objects.exists()
    assert {each for each, _ in transfers.new_form(actor=county.actor("unit_admin")).officers} == {"consumer", "heir"}
