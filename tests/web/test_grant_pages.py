"""The page of grants: a step is offered to whom the grant's table gives it, from the states it leads from."""

import re
from datetime import timedelta
from itertools import product

import pytest
from acting import NOW, County
from desks import at, entered, seen

from hutong.control.sharing import rules
from hutong.control.sharing.models import Application
from hutong.control.units import offices
from hutong.plane.lifecycle import GRANT, SUSPENSION

CLAUSE, GRANTS = "SX-16-(三)", "/zh/desk/grants/"


@pytest.fixture
def granted(county: County) -> County:
    """A county with one grant in force."""
    county.walk(county.draft(), to="FILED")
    return county


def offered(username: str) -> list[str]:
    page = entered(username).get("/zh/desk/grants/").content.decode()
    return re.findall(r'name="action" value="(\w+)"', page)


def test_an_officer_decides_what_the_table_gives_the_role_from_each_state(county):
    parties = offices.current().parties("330523")
    states = [(life, state) for life in (GRANT, SUSPENSION) for state in life.states]
    for username, (life, state) in product(("operator", "authority", "consumer", "approver", "editor"), states):
        actor = county.actor(username)
        found = [move.action for move in rules.steps(life, state, actor=actor, offices=parties)]
        given = [m.action for m in life.moves if m.before == state and actor.has_role(m.role) and not m.when]
        assert (username, state, found) == (username, state, given)


def test_the_operator_is_offered_what_may_be_done_with_a_grant_and_nobody_else_is(granted):
    assert offered("operator") == ["suspend", "revoke"]
    assert [offered(name) for name in ("authority", "consumer", "approver")] == [[], [], []]

    page = entered("operator").get("/zh/desk/grants/").content.decode()
    (number,) = set(re.findall(r'name="no" value="([^"]+)"', page))
    asked = {"no": number, "action": "suspend", "whom": f"grant {number}", "clause": CLAUSE, "reason": "未按期整改"}
    assert entered("operator").post("/zh/desk/grants/", asked).status_code == 302
    assert offered("operator") == ["lift", "suspend", "revoke"]
    assert "不再答复" in seen("operator", "/zh/desk/grants/")


@pytest.mark.clause("SX-16-a")
def test_several_are_suspended_each_is_shown_and_lifted_for_itself_and_the_consumer_sees_it(granted):
    page, operator = "/zh/desk/grants/", entered("operator")
    choices = re.findall(r'<option value="((?:unit|system|grant) [^"]+)"', operator.get(page).content.decode())
    assert [choice.split()[0] for choice in choices] == ["grant", "system", "unit"]
    for number, whom in enumerate(choices):
        asked = {"no": "", "action": "suspend", "whom": whom, "clause": CLAUSE, "reason": f"理由{number}"}
        assert operator.post(page, asked).status_code == 302
    assert "有 1 项使用权限停止服务" in seen("consumer", "/zh/desk/")
    told = seen("consumer", f"{page}?state=suspended")
    assert ("共有使用权限 1 项" in told, told.count("停止时间"), [f"理由{n}" in told for n in range(3)]) == (
        True, 3, [True] * 3,
    )  # fmt: skip
    told = seen("approver", page)
    assert ("停止服务中" in told, [f"理由{n}" in told for n in range(3)]) == (True, [True, False, False])
    assert offered("authority") == []

    ids = re.findall(r'name="id" value="(\d+)"', operator.get(page).content.decode())
    assert len(ids) == 3
    for id_ in ids:
        assert "停止服务中" in seen("consumer", f"{page}?state=suspended")
        assert operator.post(page, {"action": "lift", "id": id_, "verified": " "}).status_code == 422
        assert operator.post(page, {"action": "lift", "id": id_, "verified": f"已核查{id_}"}).status_code == 302
    assert operator.post(page, {"action": "lift", "id": ids[0], "verified": "再次"}).status_code == 409
    assert "没有符合条件的使用权限" in seen("consumer", f"{page}?state=suspended")
    assert [f"已核查{id_}" in seen("consumer", page) for id_ in ids] == [True] * 3
    assert "停止服务" not in seen("consumer", "/zh/desk/")


@pytest.mark.clause("SX-06-a", "SX-16-a")
@pytest.mark.parametrize("by", ["operator", "authority"])
def test_a_consumer_is_told_on_the_desk_and_on_the_application_that_a_grant_was_revoked_and_why(granted, by):
    desk, (no,) = "/zh/desk/", Application.objects.values_list("no", flat=True)
    page = f"/zh/desk/applications/{no}/"
    assert "未到期即被终止" not in seen("consumer", desk)
    assert ("权限已经开通" in seen("consumer", page), "已被终止" in seen("consumer", page)) == (True, False)
    if by == "operator":
        (number,) = set(re.findall(r'name="no" value="([^"]+)"', entered("operator").get(GRANTS).content.decode()))
        asked = {"no": number, "action": "revoke", "reason": "依据已废止"}
        assert entered("operator").post(GRANTS, asked).status_code == 302
    else:
        asked = {"action": "withdraw", "reason": "依据已废止"}
        assert entered("authority").post(f"/zh/desk/entries/{granted.code}/", asked).status_code == 302
    assert "有 1 项使用权限未到期即被终止" in seen("consumer", desk)
    assert [("未到期即被终止" in seen(name, desk)) for name in ("editor", "operator", "authority")] == [False] * 3
    told = seen("consumer", page)
    assert ("使用权限已被终止" in told, "依据已废止" in told, "权限已经开通" in told) == (True, True, False)
    with at(NOW + timedelta(days=400)):
        assert "未到期即被终止" not in seen("consumer", desk), "a year later it would be over anyway"


def test_what_happens_by_itself_nobody_posts(granted):
    authority = entered("authority")
    actions = ("expire", "withdraw", "suspend_with_unit", "lift_with_unit", "")
    told = [authority.post("/zh/desk/grants/", {"no": "G", "action": action}).status_code for action in actions]
    assert told == [422] * len(actions)
