"""Examiners' accounts: what appointing one lacks is told at once, and nobody is one where that cannot be entered."""

from datetime import timedelta

import pytest
from acting import NOW, PASSWORD, UNITS
from psycopg.errors import InsufficientPrivilege

from hutong.control.units import examining, operations
from hutong.control.units.models import ExaminerScope
from hutong.core import beijing
from hutong.core.errors import Faults

FACTS = {
    "officer": "looking", "units": [UNITS[2]], "classes": ["usage"], "from_date": None,
    "until_date": beijing.day(NOW) + timedelta(days=9), "reason": "巡察",
}  # fmt: skip


@pytest.fixture
def peopled_county(county):
    for username, unit, roles in (("secrecy", UNITS[0], ["security_admin"]), ("looking", UNITS[4], [])):
        given = {"password": PASSWORD, "name": username, "unit": unit, "roles": roles}
        operations.add_officer(username=username, **given, now=NOW, by="init")
    return county


def appoint(county, **changes) -> None:
    examining.appoint({**FACTS, **changes}, actor=county.actor("secrecy"), now=NOW)


def test_all_that_an_appointment_lacks_is_told_at_once(peopled_county):
    with pytest.raises(Faults) as told:
        appoint(peopled_county, units=[], classes=[], until_date=None, reason=" ")
    assert {each.code for each in told.value.problems} == {"EXAMINER_INCOMPLETE"}
    assert len(told.value.problems) == 4
    with pytest.raises(examining.RecordClassUnknown):
        appoint(peopled_county, classes=["gossip"])


def test_nobody_examines_where_the_appointment_cannot_be_entered(peopled_county, log_down):
    log_down(peopled_county.url)
    with pytest.raises(InsufficientPrivilege):
        appoint(peopled_county)
    assert not ExaminerScope.objects.exists()


def test_the_desk_says_who_examines_what_and_who_could(peopled_county):
    before = examining.desk(actor=peopled_county.actor("secrecy"), now=NOW)
    assert ("looking" in dict(before.officers), before.examiners, before.may) == (True, (), True)
    appoint(peopled_county)
    (found,) = examining.desk(actor=peopled_county.actor("secrecy"), now=NOW).examiners
    assert (found.username, found.counts, found.classes) == ("looking", True, ("usage",))
    assert examining.classes_of("looking") == ["usage"] and examining.classes_of("editor") is None
