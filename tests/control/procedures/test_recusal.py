"""Who acted on one side of a case decides nothing on the other, neither for nor against, and is not asked to (D-24)."""

from datetime import date

import pytest
from acting import NOW, PASSWORD, County

from hutong.control.catalog import operations as catalog
from hutong.control.procedures import passes
from hutong.control.procedures.models import Turn
from hutong.control.procedures.queries import CaseFilters, counts, waiting
from hutong.control.procedures.rules import OtherSideTaken
from hutong.control.sharing import operations as sharing
from hutong.control.units import deputies
from hutong.control.units import operations as members

GROUNDS = {"reason": "与职责无关", "basis": "SX-08"}


@pytest.fixture
def no(county) -> str:
    """An application that waits for the provider, where the applicant fills in for the approver."""
    number = county.draft()
    county.walk(number, to="PROVIDER_REPLY")
    fills_in(county, "consumer", role="provider_approver", unit=county.police)
    return number


def fills_in(county: County, username: str, *, role: str, unit: str) -> None:
    deputies.name(
        role=role, unit=unit, username=username, until_date=date(2026, 12, 31), reason="空缺",
        actor=county.actor("authority"), now=NOW,
    )  # fmt: skip


def desk(county: County, username: str) -> list[str]:
    """Return what an officer is asked to do."""
    seats, mine = county.actor(username).seats, CaseFilters(reader=username)
    found = [row.case for row in waiting(seats, filters=mine)]
    assert counts(seats, now=NOW, filters=mine).waiting == len(found)
    return found


@pytest.mark.clause("SX-08-c")
@pytest.mark.parametrize("action", ["agree", "return", "refuse"])
def test_who_applied_neither_agrees_nor_sends_back_nor_refuses(county, no, action):
    with pytest.raises(OtherSideTaken):
        county.take(no, action, by="consumer", **GROUNDS)
    county.take(no, action, by="approver", **GROUNDS)


def test_what_somebody_may_not_decide_stands_on_the_desk_of_the_others_alone(county, no):
    assert (desk(county, "consumer"), desk(county, "approver")) == ([], [no])
    members.set_active(username="approver", active=False, now=NOW, by="init")
    turn = Turn.objects.get(case=no, action="agree")
    assert (turn.role, turn.why) == ("authority", "all_apart")
    assert (desk(county, "consumer"), desk(county, "authority")) == ([], [no])
    assert passes.check_turns(now=NOW) == {}


@pytest.mark.clause("D-24")
def test_who_wrote_an_application_acts_for_the_applicant_although_another_lodged_it(county):
    members.add_officer(
        username="colleague", password=PASSWORD, name="卫东", unit=county.civil, roles=["consumer"], now=NOW, by="init"
    )
    drafted, amended = county.draft(), county.draft(actor=county.actor("colleague"))
    sharing.amend(amended, changes={"quota": 7}, actor=county.actor("consumer"), now=NOW)
    for number in (drafted, amended):
        county.take(number, "lodge", by="colleague")
        county.walk(number, to="PROVIDER_REPLY")
    fills_in(county, "consumer", role="provider_approver", unit=county.police)
    assert desk(county, "consumer") == []
    for number in (drafted, amended):
        with pytest.raises(OtherSideTaken):
            county.take(number, "agree", by="consumer")
    assert passes.check_turns(now=NOW) == {}


@pytest.mark.clause("D-24")
@pytest.mark.parametrize("wrote", ["began", "edited"])
@pytest.mark.parametrize("action", ["register", "return"])
def test_who_wrote_a_change_does_not_decide_about_it_although_another_submitted_it(county, wrote, action):
    roles = ["provider_editor", "provider_approver"]
    members.add_officer(
        username="both", password=PASSWORD, name="卫东", unit=county.police, roles=roles, now=NOW, by="init"
    )
    number = county.begin_change(by="both" if wrote == "began" else "editor")
    if wrote == "edited":
        catalog.edit(number, changes={"abstract": "婚姻登记。"}, actor=county.actor("both"), now=NOW)
    county.take_change(number, "submit", by="editor")
    assert (desk(county, "both"), desk(county, "approver")) == ([], [number])
    with pytest.raises(OtherSideTaken):
        county.take_change(number, action, by="both", reason="要素不全")
    county.take_change(number, action, by="approver", reason="要素不全")
    assert passes.check_turns(now=NOW) == {}


@pytest.mark.clause("SX-08-a")
@pytest.mark.parametrize("action", ["endorse", "return", "refuse"])
def test_who_lodged_what_another_wrote_does_not_decide_for_the_department(county, action):
    members.add_officer(
        username="colleague", password=PASSWORD, name="卫东", unit=county.civil, roles=["consumer"], now=NOW, by="init"
    )
    number = county.draft()
    county.take(number, "lodge", by="colleague")
    fills_in(county, "colleague", role="competent", unit=county.actor("competent").unit)
    with pytest.raises(OtherSideTaken):
        county.take(number, action, by="colleague", **GROUNDS)
    county.take(number, action, by="competent", **GROUNDS)


@pytest.mark.clause("SX-08-b")
@pytest.mark.parametrize("action", ["confirm", "return", "refuse"])
def test_who_endorsed_for_the_department_does_not_decide_as_the_authority(county, action):
    county.supply()
    county.say(sharing_type=1)
    number = county.draft()
    county.walk(number, to="COMPLIANCE_CHECK")
    fills_in(county, "competent", role="authority", unit=county.seat("authority").unit)
    assert (desk(county, "competent"), desk(county, "authority")) == ([], [number])
    with pytest.raises(OtherSideTaken):
        county.take(number, action, by="competent", **GROUNDS)
    county.take(number, action, by="authority", **GROUNDS)


def test_the_department_that_endorsed_sends_back_what_comes_again(county):
    number = county.draft()
    county.walk(number, to="COMPLIANCE_CHECK")
    county.take(number, "return", by="authority", **GROUNDS)
    county.take(number, "lodge", by="consumer")
    assert county.take(number, "return", by="competent", **GROUNDS) == "RETURNED"


@pytest.mark.clause("SX-04-e")
@pytest.mark.parametrize("action", ["register", "return"])
def test_who_submitted_an_entry_neither_registers_it_nor_sends_it_back(county, action):
    change = county.begin_change()
    county.bring_change(change, to="SUBMITTED")
    members.add_officer(
        username="colleague", password=PASSWORD, name="卫东", unit=county.police, roles=["provider_approver"], now=NOW,
        by="init",
    )  # fmt: skip
    members.give_role(username="editor", role="provider_approver", now=NOW, by="init")
    assert (desk(county, "editor"), desk(county, "colleague")) == ([], [change])
    with pytest.raises(OtherSideTaken):
        county.take_change(change, action, by="editor", reason="摘要不清")
    county.take_change(change, action, by="colleague", reason="摘要不清")
