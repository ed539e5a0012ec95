"""Article 11: who leaves hands over what is open, in one step; nothing is lost, and what stays says why."""

from datetime import timedelta

import handing
import psycopg
import pytest
import telling
from acting import NOW
from desks import at, entered, seen, words

from hutong.control.handovers import passes, rules
from hutong.control.handovers.models import Handover
from hutong.control.notices import queries as notices
from hutong.control.procedures.models import Turn
from hutong.control.units import deputies, queries
from hutong.control.units import operations as members
from hutong.core import beijing
from hutong.core.errors import Problem

HOME = "/zh/desk/handovers/"
A_WEEK = handing.LATER - beijing.day(NOW)


def handler(no: str) -> str:
    return str(Turn.objects.filter(case=no, leads=True).values_list("handler", flat=True).get())


@pytest.mark.clause("SX-11-a")
def test_who_leaves_hands_over_drafts_and_what_was_taken_in_one_step_and_the_heir_has_them(county):
    """工作交接: what was taken and what was written only stand in the heir's name; the heir finds them and is told."""
    draft = handing.staffed(county)
    taken = county.draft()
    handing.taken(county, taken)
    with at(NOW):
        page = seen("unit_admin", f"{HOME}new/?officer=consumer")
        assert draft in page and taken in page and "李强（可以承接 2 项）" in page and "孙悦（可以承接 0 项）" in page
        typed = {"officer": "consumer", "to": "heir", "reason": "调离", "effective_date": "2026-03-02", "at": "0-"}
        told = words(entered("unit_admin").post(f"{HOME}new/", typed, follow=True))
    assert "已全部移交" in told and draft in told and taken in told
    assert (handler(draft), handler(taken)) == ("heir", "heir")
    with at(NOW + timedelta(minutes=1)):
        heard = seen("heir", "/zh/desk/messages/")
        desk = seen("heir", "/zh/desk/")
    assert draft in heard and taken in heard and Handover.objects.get().no in heard
    assert draft in desk and taken in desk


@pytest.mark.clause("SX-11-a")
def test_each_thing_goes_only_to_who_may_have_it_and_what_stays_says_which_and_why(county):
    draft = handing.staffed(county)
    no = handing.handed(county, to="guest")
    assert handing.state(no) == "PARTLY"
    assert handing.parts(no) == {f"draft {draft}": ("guest", "MAY_NOT_HAVE_IT")}
    assert handler(draft) == ""
    page = seen("unit_admin", f"{HOME}{no}/")
    assert draft in page and "没有办理此项的角色" in page and "部分事项未能移交" in page
    again = handing.handed(county, to="guest", chosen={f"draft|sharing.application|{draft}": "heir"})
    assert (handing.state(again), handler(draft)) == ("DONE", "heir")


@pytest.mark.clause("SX-11-a")
def test_what_is_arranged_for_a_day_to_come_goes_on_that_day_with_what_came_in_between(county):
    draft = handing.staffed(county)
    no = handing.handed(county, effective_date=handing.LATER)
    between = county.draft()
    passes.take_effect(now=NOW + A_WEEK - timedelta(days=1), calendar=county.calendar)
    assert (handing.state(no), handler(draft)) == ("PLANNED", "")
    assert "到期移交" in seen("consumer", f"{HOME}{no}/")
    passes.take_effect(now=NOW + A_WEEK, calendar=county.calendar)
    assert handing.state(no) == "DONE"
    assert (handler(draft), handler(between)) == ("heir", "heir")


@pytest.mark.clause("SX-11-a")
def test_what_was_taken_back_before_its_day_hands_over_nothing(county):
    draft = handing.staffed(county)
    no = handing.handed(county, effective_date=handing.LATER)
    handing.take(county, no, "take_back", by="unit_admin", reason="不再调离")
    passes.take_effect(now=NOW + A_WEEK, calendar=county.calendar)
    assert (handing.state(no), handler(draft), handing.parts(no)) == ("TAKEN_BACK", "", {})


@pytest.mark.clause("SX-11-a")
def test_a_role_that_nobody_else_has_goes_to_an_heir_whom_its_own_administrator_may_give_it(county):
    """A role of the unit is the unit's to give; that of an office stays, for the security administrator gives it."""
    handing.staffed(county)
    no = handing.handed(county, officer="guest", to="heir", reason="退休")
    assert handing.parts(no) == {"role unit_head": ("heir", "")}
    assert "unit_head" in queries.actor("heir", now=NOW).roles
    members.give_role(username="unit_admin", role="operator", now=NOW, by="init")
    stays = handing.handed(county, officer="unit_admin", to="heir", by="unit_admin")
    told = handing.parts(stays)
    assert told["role operator"] == ("heir", "NOT_YOUR_ROLE") and told["role unit_admin"] == ("heir", "NOT_YOUR_ROLE")
    assert "安全保密管理员" in seen("heir", f"{HOME}{stays}/")


@pytest.mark.clause("SX-11-a")
def test_a_deputyship_stays_and_says_that_the_authority_names_deputies(county):
    handing.staffed(county)
    given = {"role": "provider_editor", "unit": county.police, "username": "consumer", "reason": "休假"}
    until = (NOW + timedelta(days=30)).date()
    deputies.name(**given, until_date=until, actor=county.actor("authority"), now=NOW)
    no = handing.handed(county)
    assert handing.parts(no)["deputy provider_editor"] == ("heir", "NOT_YOUR_ROLE")
    assert handing.state(no) == "PARTLY"


@pytest.mark.clause("SX-12-b")
def test_where_the_contact_leaves_the_change_is_told_of_when_the_hand_over_is_arranged(county):
    """提前5个工作日: the notice is told at once, its day is that of the hand-over."""
    handing.staffed(county)
    telling.told(county, "consumer")
    with pytest.raises(Problem):
        handing.handed(county, effective_date=handing.LATER)
    no = handing.handed(county, effective_date=handing.LATER, phone="0572-2000009")
    assert handing.parts(no) == {"contact": ("heir", "")}
    passes.take_effect(now=NOW + A_WEEK, calendar=county.calendar)
    assert handing.state(no) == "DONE"
    notice = notices.ContactChange.objects.latest("id")
    assert (notice.officer.user.username, notice.effective_date) == ("heir", handing.LATER)


@pytest.mark.clause("SX-11-a")
def test_nobody_hands_over_another_officers_work_or_gives_it_out_of_the_unit(county):
    draft = handing.staffed(county)
    with pytest.raises(rules.NotYoursToHandOver):
        handing.handed(county, by="heir")
    with pytest.raises(queries.NoSuchOfficer):
        handing.handed(county, by="editor")
    with pytest.raises(rules.HandedToNobodyThere):
        handing.handed(county, to="editor")
    with pytest.raises(rules.HandedToNobodyThere):
        handing.handed(county, chosen={f"draft|sharing.application|{draft}": "editor"})
    assert not Handover.objects.exists() and handler(draft) == ""
    no = handing.handed(county, by="consumer")
    assert (handing.state(no), handler(draft)) == ("DONE", "heir")
    assert entered("editor").get(f"{HOME}{no}/").status_code == 404


@pytest.mark.clause("SX-11-a")
def test_the_log_has_who_handed_over_to_whom_and_the_sheet_has_both_names(county):
    draft = handing.staffed(county)
    no = handing.handed(county)
    with psycopg.connect(county.url, options="-c role=hutong_owner") as opened:
        told = "select record::jsonb from audit.entry where event = %s order by id"
        (arranged,) = (record for (record,) in opened.execute(told, ["handovers.arranged"]))
        (moved,) = (record for (record,) in opened.execute(told, ["handovers.moved"]))
    assert (arranged["by"], arranged["officer"], arranged["to"]) == ("unit_admin", "consumer", "heir")
    assert (moved["clause"], moved["handed"], moved["left"]) == ("SX-11-a", 1, 0)
    sheet = seen("heir", f"{HOME}{no}/sheet/")
    consumer = queries.people(["consumer"])["consumer"]
    assert "工作交接单" in sheet and f"移交人（签字） {consumer}" in sheet and "承接人（签字） 李强" in sheet
    assert draft in sheet and "已移交" in sheet
