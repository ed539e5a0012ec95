"""What a head is told of the desks there, and giving a case to an officer."""

import pytest
from acting import NOW, PASSWORD

from hutong.control.procedures.rules import NotOfThisOffice
from hutong.control.sharing.procedure import APPLICATIONS
from hutong.control.units import heads
from hutong.control.units import operations as members


def test_where_nothing_waits_nobody_is_offered(county):
    desk = heads.desk([], actor=county.actor("competent"), now=NOW)
    assert desk == heads.HeadDesk(frozenset(), [], {})


def test_a_case_is_given_to_an_officer_there_is(county):
    no = county.draft()
    county.take(no, "lodge", by="consumer")
    given = {"words": "", "actor": county.actor("competent"), "now": NOW}
    own = county.actor("competent")
    assert heads.give(APPLICATIONS, no, to=own.officer, **given) == own.name


def test_who_asks_by_an_account_is_told_neither_whether_it_is_there_nor_whose_it_is(county):
    no = county.draft()
    county.take(no, "lodge", by="consumer")
    told = {}
    for account in ("nobody", "editor", "authority"):
        with pytest.raises(NotOfThisOffice) as refused:
            heads.give(APPLICATIONS, no, to=account, words="", actor=county.actor("competent"), now=NOW)
        told[account] = refused.value.facts["officer"]
    assert told == {each: each for each in told}


def test_a_colleague_without_a_seat_at_the_desk_is_named(county):
    own = county.actor("competent")
    person = {"username": "clerk", "name": "卫东", "password": PASSWORD}
    members.add_officer(**person, unit=own.unit, roles=["consumer"], now=NOW, by="init")
    no = county.draft()
    county.take(no, "lodge", by="consumer")
    with pytest.raises(NotOfThisOffice) as refused:
        heads.give(APPLICATIONS, no, to="clerk", words="", actor=own, now=NOW)
    assert refused.value.facts["officer"] == "卫东"
