"""Whoever changes what was sent back reads beside the fields who sent it back, when and why (A7)."""

import pytest
import registering
import securing
from desks import entered, words

WHY = "请写明所依据的条款。"


def application(county) -> tuple[str, str, str, str, str]:
    no = county.draft()
    county.take(no, "lodge", by="consumer")
    county.take(no, "return", by="competent", reason=WHY)
    return "consumer", f"/zh/desk/applications/{no}/edit/", "退回补正", "孙丽", "用来做什么"


def system(county) -> tuple[str, str, str, str, str]:
    registering.administrator(county)
    no = registering.applied(county, "system")
    registering.take(county, no, "accept_rules", by="unit_admin")
    registering.take(county, no, "return", reason=WHY)
    return "unit_admin", f"/zh/desk/registrations/{no}/edit/", "退回补正", "李强", "等级保护级别"


def plan(county) -> tuple[str, str, str, str, str]:
    no = securing.drafted(county)
    securing.attached(county, no)
    securing.take(county, no, "submit", by="operator")
    securing.take(county, no, "return", by="authority", reason=WHY)
    return "operator", f"/zh/desk/security/plans/{no}/edit/", "退回修改", "王敏", "责任人"


def entry(county) -> tuple[str, str, str, str, str]:
    no = county.begin_change()
    county.bring_change(no, to="SUBMITTED")
    county.take_change(no, "return", by="approver", reason=WHY)
    return "editor", f"/zh/desk/entries/changes/{no}/edit/", "退回补正", county.actor("approver").name, "信息项"


@pytest.mark.parametrize("make", [application, system, plan, entry])
def test_the_form_of_what_was_sent_back_says_who_sent_it_back_when_and_why(county, make):
    who, address, state, by, field = make(county)
    told = words(entered(who).get(address))
    assert told.index(f"{state} ：{WHY}") < told.index(f"{by} · ") < told.index(field)
    assert "2026-03-02 09:00" in told


def test_a_draft_that_nobody_sent_back_says_nothing_of_the_kind(county):
    assert "退回" not in words(entered("consumer").get(f"/zh/desk/applications/{county.draft()}/edit/"))
