"""Hand-overs: what is open in a name, what a hand-over must say, and that nothing goes where its entry cannot."""

import handing
import pytest
from acting import NOW
from psycopg.errors import InsufficientPrivilege

from hutong.control.handovers import belongings, offices_to_come, passing, queries, rules, transfers
from hutong.control.handovers.models import Handover, PlannedOffice, Transfer
from hutong.control.units.models import Officer
from hutong.core.errors import Faults


def open_of(county, username: str) -> dict[str, frozenset[str]]:
    officer = Officer.objects.get(user__username=username)
    return {each.key: each.able for each in belongings.of(officer, unit=county.civil, now=NOW)}


def test_what_an_officer_wrote_and_took_is_open_once_with_who_may_have_it(county):
    draft = handing.staffed(county)
    key = f"sharing.application|{draft}"
    assert open_of(county, "consumer") == {f"draft|{key}": frozenset({"heir"})}
    handing.taken(county, draft)
    assert open_of(county, "consumer") == {f"case|{key}": frozenset({"heir"})}
    handing.taken(county, county.draft(), by="heir")
    assert len(open_of(county, "consumer")) == 1


def test_a_role_that_a_colleague_has_too_is_not_open(county):
    handing.staffed(county)
    assert "role|consumer|" not in "".join(open_of(county, "heir"))
    assert f"role|unit_head|{county.civil}" in open_of(county, "guest")


def test_all_that_a_hand_over_lacks_is_told_at_once(county):
    handing.staffed(county)
    with pytest.raises(Faults) as told:
        handing.handed(county, to="", reason=" ", effective_date=None)
    assert {each.code for each in told.value.problems} == {"HANDOVER_INCOMPLETE"}
    assert len(told.value.problems) == 3


def test_a_day_that_is_over_nothing_that_is_open_and_a_second_one_are_refused(county):
    handing.staffed(county)
    with pytest.raises(rules.HandoverDayPast):
        handing.handed(county, effective_date=NOW.date().replace(day=1))
    with pytest.raises(rules.NothingToHandOver):
        handing.handed(county, officer="heir", to="consumer")
    handing.handed(county, effective_date=handing.LATER)
    with pytest.raises(rules.HandoverUnderWay):
        handing.handed(county)


def test_where_everything_goes_is_said_before_and_a_part_may_go_elsewhere(county):
    draft = handing.staffed(county)
    handing.officer(county, "third", "吴芳", "consumer")
    no = handing.handed(county, chosen={f"draft|sharing.application|{draft}": "third"}, effective_date=handing.LATER)
    page = queries.page(no, actor=county.actor("consumer"), now=NOW)
    assert [passing.receiver(page.handover, each) for each in page.open] == ["third"]


def test_nothing_is_handed_over_where_its_entry_cannot_be_written(county, log_down):
    handing.staffed(county)
    log_down(county.url)
    with pytest.raises(InsufficientPrivilege):
        handing.handed(county)
    assert not Handover.objects.exists()


def test_nothing_is_asked_of_another_unit_where_its_entry_cannot_be_written(county, log_down):
    handing.administered(county)
    log_down(county.url)
    with pytest.raises(InsufficientPrivilege):
        handing.asked(county)
    assert not Transfer.objects.exists()


def test_all_that_a_transfer_lacks_is_told_at_once_and_it_is_listed_for_both_units_alone(county):
    handing.administered(county)
    with pytest.raises(Faults) as told:
        handing.asked(county, officer="", unit="", reason="")
    assert {each.code for each in told.value.problems} == {"TRANSFER_INCOMPLETE"}
    no = handing.asked(county)
    for by, there in (("consumer", [no]), ("editor", [no]), ("competent", [])):
        found = transfers.visible(county.actor(by), transfers.TransferFilters(words="dd"))
        assert [each.no for each in found] == there, by


def test_no_office_is_told_to_come_where_its_entry_cannot_be_written(county, log_down):
    log_down(county.url)
    facts = {"role": "operator", "region": "", "unit": county.police, "from_date": handing.LATER, "reason": "编办"}
    with pytest.raises(InsufficientPrivilege):
        offices_to_come.tell(facts, actor=county.actor("authority"), now=NOW)
    assert not PlannedOffice.objects.exists()
