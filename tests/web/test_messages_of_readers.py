"""Messages tell what their reader may read: nothing of a former unit, nothing to administrators, nothing of offices."""

from datetime import timedelta

import pytest
from acting import NOW
from desks import at, entered, words
from django.db import transaction

from hutong.audit import events as known
from hutong.control.procedures import messages
from hutong.control.recording import record
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
