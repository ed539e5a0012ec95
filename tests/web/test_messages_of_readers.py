"""Messages tell what their reader may read: nothing of a former unit, nothing to administrators, nothing of offices."""

from datetime import timedelta

import pytest
from acting import NOW
from desks import at, entered, words
from django.db import transaction

from hutong.audit import events as known
from hutong.control.procedures import handling, messages
from hutong.control.recording import record
from hutong.control.sharing.procedure import APPLICATIONS
from hutong.control.units import operations as members
from hutong.control.units import postings, queries

HERE = "/zh/desk/messages/"
LATER = NOW + timedelta(hours=2)


@pytest.fixture(autouse=True)
def march():
    """The pages' clock stands some hours after the county was made."""
    with at(LATER):
        yield


def cases(username: str) -> list[str]:
    """Return the cases that messages tell an officer of, counted as often as the navigation counts them."""
    actor = queries.actor(username, now=LATER)
    found = messages.page(actor, now=LATER, limit=1000)
    assert messages.unseen(actor, now=LATER) == len(found) == messages.counted(actor, now=LATER)
    return [each.case for each in found if each.case]


def enter(event: str, *, unit: str, counterpart: str | None = None, **facts: object) -> None:
    with transaction.atomic():
        every = dict.fromkeys(known.EVENTS[event].fields) | {"by": "someone", **facts}
        record(event, every, now=NOW, unit=unit, counterpart=counterpart)


def newcomer(username: str, *, unit: str, role: str) -> str:
    return members.add_officer(
        username=username, password="correct horse 互通", name="新来", unit=unit, roles=[role], now=NOW, by="init"
    )


def test_who_was_moved_is_told_nothing_more_of_the_cases_of_the_former_unit(county):
    no = county.draft()
    county.take(no, "lodge", by="consumer")
    county.take(no, "endorse", by="competent")
    county.take(no, "accept", by="authority")
    county.take(no, "return", by="authority", reason="请补充依据文件")
    mover = county.actor("competent").officer
    assert cases(mover).count(no) > 1
    postings.move(username=mover, unit=county.actor("operator").unit, reason="调动", now=NOW, by="operator")
    assert cases(mover) == []
    assert "请补充依据文件" not in words(entered("competent").get(HERE))


def test_administrators_are_not_told_what_their_unit_is_consulted_on(county):
    unit = county.actor("approver").unit
    newcomer("keeper", unit=unit, role="security_admin")
    enter("procedures.handled", unit=county.actor("competent").unit, counterpart=unit,
          lifecycle="sharing.application", case="GX20260302-0009", kind="consult", words="请提出意见")  # fmt: skip
    assert "GX20260302-0009" in cases(county.actor("approver").officer)
    assert "GX20260302-0009" not in cases("keeper")


def test_cases_of_offices_are_told_to_who_acts_in_one(county):
    unit = county.actor("operator").unit
    newcomer("clerk", unit=unit, role="consumer")
    enter("security.plan_moved", unit=unit, plan="YA20260302-0001", action="submit", from_state="DRAFT",
          to_state="SUBMITTED", clause="SX-11-c")  # fmt: skip
    assert "YA20260302-0001" in cases(county.actor("operator").officer)
    assert cases("clerk") == []


def asked(county, *, by: str = "authority") -> tuple[str, int]:
    """Consult the police on an application that waits at the authority; returns its number and the consultation's."""
    no = county.draft()
    county.walk(no, to="COMPLIANCE_CHECK")
    told = {"unit": county.police, "actor": county.actor(by), "now": NOW + timedelta(minutes=5)}
    return no, handling.consult(APPLICATIONS, no, words="是否可行", **told)


def answer(county, no: str, number: int) -> None:
    told = {"actor": county.actor("approver"), "now": NOW + timedelta(minutes=9)}
    handling.answer(APPLICATIONS, no, about=number, words="同意，无意见", **told)


def kinds(username: str) -> list[str]:
    found = messages.page(queries.actor(username, now=LATER), now=LATER, limit=1000)
    return [each.action for each in found if each.event == "procedures.addressed"]


def test_who_asked_another_unit_and_who_acts_for_the_same_office_are_told_the_answer(county):
    newcomer("colleague", unit=county.actor("authority").unit, role="authority")
    no, number = asked(county)
    assert (kinds("authority"), kinds("colleague")) == ([], ["consult"])
    answer(county, no, number)
    assert (kinds("authority"), kinds("colleague")) == (["answer"], ["answer", "consult"])
    assert cases("authority").count(no) >= 1
    said = words(entered("authority").get(HERE))
    assert "同意，无意见" in said
    assert "共享申请：会签答复" in said


def test_who_was_asked_is_told_and_finds_it_on_the_desk_before_all_else(county):
    no, number = asked(county)
    assert kinds("editor") == kinds("approver") == ["consult"]
    page = words(entered("editor").get("/zh/desk/"))
    assert "有 1 件请本单位会签" in page
    assert page.index("有 1 件请本单位会签") < page.index(no)
    assert "没有需要您办理的事项" not in page
    assert "是否可行" in words(entered("editor").get("/zh/desk/messages/week/"))
    answer(county, no, number)
    assert "请本单位会签" not in words(entered("editor").get("/zh/desk/"))
    assert kinds("editor") == ["answer", "consult"]


def test_officers_of_an_office_s_unit_who_do_not_act_in_it_read_no_consultation_of_theirs(county):
    newcomer("clerk", unit=county.actor("authority").unit, role="consumer")
    no, number = asked(county)
    answer(county, no, number)
    county_no, _ = asked(county)
    handling.urge(APPLICATIONS, no, actor=county.actor("authority"), now=NOW, words="请尽快办理")
    assert cases("clerk") == []
    assert county_no in cases("authority")


def test_a_party_s_officers_read_what_their_colleague_asked(county):
    newcomer("colleague", unit=county.civil, role="consumer")
    no = county.draft()
    county.take(no, "lodge", by="consumer")
    handling.urge(APPLICATIONS, no, actor=county.actor("consumer"), now=NOW, words="请尽快办理")
    assert kinds("colleague") == ["urge"]


def test_what_was_entered_before_seats_were_kept_is_read_by_who_is_named_and_by_offices(county):
    unit = county.actor("authority").unit
    newcomer("clerk", unit=unit, role="consumer")
    for case, named in (("GX20260302-0000", None), ("GX20260302-0005", "clerk")):
        enter("procedures.handled", unit=county.police, counterpart=unit, lifecycle="sharing.application",
              case=case, kind="answer", to_officer=named, words="同意")  # fmt: skip
    assert cases("clerk") == ["GX20260302-0005"]
    assert {"GX20260302-0000", "GX20260302-0005"} <= {*cases("authority")}


def test_who_urged_is_told_what_was_done_since(county):
    newcomer("head", unit=county.actor("authority").unit, role="authority")
    no = county.draft()
    county.take(no, "lodge", by="consumer")
    handling.urge(APPLICATIONS, no, actor=county.actor("head"), now=NOW, words="请尽快办理")
    before = len(cases("head"))
    county.take(no, "endorse", by="competent", now=NOW + timedelta(minutes=1))
    assert len(cases("head")) == before + 1
    postings.move(username="head", unit=county.actor("operator").unit, reason="调动", now=NOW, by="operator")
    assert no not in cases("head")


NOTICE = "LX20260302-0001"


@pytest.mark.parametrize(
    ("event", "facts"),
    [
        ("notices.contact_told", {"case": NOTICE, "lifecycle": "notices.contact_change"}),
        ("notices.maintenance_told", {"case": NOTICE, "lifecycle": "notices.maintenance"}),
        ("notices.fault_detected", {"case": NOTICE, "lifecycle": "notices.fault"}),
        ("notices.contact_moved", {"notice": NOTICE, "action": "take_effect", "to_state": "LATE"}),
    ],
)
def test_a_notice_of_a_contact_is_told_to_its_unit_and_to_who_acts_in_the_office(county, event, facts):
    operator = county.actor("operator").unit
    newcomer("keeper", unit=operator, role="system_admin")
    newcomer("clerk", unit=operator, role="consumer")
    enter(event, unit=county.police, counterpart=operator, **facts)
    assert [cases(each).count(NOTICE) for each in ("operator", "editor", "keeper", "clerk")] == [1, 1, 0, 0]
