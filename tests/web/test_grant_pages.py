"""The page of grants: a step is offered to whom the grant's table gives it, from the states it leads from."""

import re
from datetime import timedelta
from itertools import product

import pytest
from acting import NOW, County
from desks import at, entered, hire, seen, words
from stating import AS_SENT

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
    return re.findall(r'href="/zh/desk/grants/[^/"]+/(\w+)/', page)


def number_of() -> str:
    """Return the number of the one grant there is."""
    return Application.objects.exclude(grant_no="").get().grant_no


def test_an_officer_decides_what_the_table_gives_the_role_from_each_state(county):
    parties = {**offices.current().parties("330523"), "consumer": county.civil}
    states = [(life, state) for life in (GRANT, SUSPENSION) for state in life.states]
    for username, (life, state) in product(("operator", "authority", "consumer", "approver", "editor"), states):
        actor = county.actor(username)
        found = [move.action for move in rules.steps(life, state, actor=actor, offices=parties)]
        given = [m.action for m in life.moves if m.before == state and actor.has_role(m.role) and not m.when]
        assert (username, state, found) == (username, state, given)


def test_the_operator_is_offered_what_may_be_done_with_a_grant_and_nobody_else_is(granted):
    assert offered("operator") == ["suspend", "revoke"]
    assert [offered(name) for name in ("authority", "consumer", "approver")] == [[], ["relinquish"], []]

    number = number_of()
    asked = {"no": number, "action": "suspend", "whom": f"grant {number}", "clause": CLAUSE, "reason": "未按期整改"}
    assert entered("operator").post("/zh/desk/grants/", asked).status_code == 302
    assert offered("operator") == ["lift", "suspend", "revoke"]
    assert "现在已不予答复" in seen("operator", f"/zh/desk/grants/{number}/suspend/")


@pytest.mark.clause("SX-16-a")
def test_several_are_suspended_each_is_shown_and_lifted_for_itself_and_the_consumer_sees_it(granted):
    page, operator = "/zh/desk/grants/", entered("operator")
    no = number_of()
    asked = operator.get(f"{page}{no}/suspend/").content.decode()
    choices = re.findall(r'<option value="((?:unit|system|grant) [^"]+)"', asked)
    assert [choice.split()[0] for choice in choices] == ["grant", "system", "unit"]
    for number, whom in enumerate(choices):
        asked = {"no": no, "action": "suspend", "whom": whom, "clause": CLAUSE, "reason": f"理由{number}"}
        assert operator.post(page, asked).status_code == 302
    assert "有 1 项使用权限停止服务" in seen("consumer", "/zh/desk/")
    told = seen("consumer", f"{page}?state=suspended")
    assert ("共有使用权限 1 项" in told, told.count("停止时间"), [f"理由{n}" in told for n in range(3)]) == (
        True, 3, [True] * 3,
    )  # fmt: skip
    told = seen("approver", page)
    assert ("停止服务中" in told, [f"理由{n}" in told for n in range(3)]) == (True, [True] * 3)
    assert offered("authority") == []

    ids = re.findall(r'/lift/\?id=(\d+)"', operator.get(page).content.decode())
    assert len(ids) == 3
    for id_ in ids:
        assert "停止服务中" in seen("consumer", f"{page}?state=suspended")
        lift = {"no": no, "action": "lift", "id": id_}
        assert operator.post(page, {**lift, "verified": " "}).status_code == 422
        assert operator.post(page, {**lift, "verified": f"已核查{id_}"}).status_code == 302
    assert operator.post(page, {"no": no, "action": "lift", "id": ids[0], "verified": "再次"}).status_code == 409
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
        number = number_of()
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


SUSPENDING = {"clause": CLAUSE, "reason": "未按期整改"}


def state(page: str) -> str:
    """Return the state that a form carries."""
    found = re.search(r'name="at" value="([^"]+)"', page)
    assert found
    return found[1]


def test_a_step_about_a_grant_says_on_its_own_page_whom_it_reaches(granted):
    granted.walk(granted.draft(matters=["DB-002"]), to="FILED")
    no = Application.objects.exclude(grant_no="").order_by("no")[0].grant_no
    told = seen("operator", f"{GRANTS}{no}/suspend/")
    assert "只停止这一项授权：1 项使用权限停止服务，涉及 1 个应用系统，其中订阅 0 项。" in told
    assert re.search(r"停止使用单位“[^”]+”：2 项使用权限停止服务", told)
    assert "终止的使用权限：1 项" in seen("operator", f"{GRANTS}{no}/revoke/")
    led = entered("operator").post(GRANTS, {"no": no, "action": "revoke", "reason": "x", AS_SENT: "1"})
    assert (led.status_code, led["Location"]) == (302, f"{GRANTS}{no}/revoke/")
    assert offered("operator").count("revoke") == 2
    assert entered("consumer").get(f"{GRANTS}{no}/revoke/")["Location"] == f"{GRANTS}?q={no}"


def test_a_second_click_suspends_once_and_an_old_form_is_told_who_did_what(granted):
    hire(granted, "second", "周敏", unit=granted.actor("operator").unit, roles=("operator",))
    no, first, second = number_of(), entered("operator"), entered("second")
    page = f"{GRANTS}{no}/suspend/"
    form = {"whom": f"grant {no}", **SUSPENDING, "at": state(first.get(page).content.decode())}
    old = state(second.get(f"{GRANTS}{no}/revoke/").content.decode())
    both = [first.post(page, form)["Location"] for _ in range(2)]
    assert both == [f"{GRANTS}?q={no}", f"{GRANTS}?q={no}&done=again"]
    assert "没有重复办理" in words(first.get(both[1]))
    assert seen("consumer", GRANTS).count("停止时间") == 1
    refused = second.post(f"{GRANTS}{no}/revoke/", {"reason": "依据已废止", "at": old})
    assert (refused.status_code, "DONE_MEANWHILE" in words(refused)) == (409, True)
    assert re.search(r"G-GX\S+ 有变化：\S+已于 \S+ \S+ 办理“停止服务”", words(refused))
    assert "依据已废止</textarea>" in refused.content.decode()
    again = {"reason": "依据已废止", "at": state(refused.content.decode())}
    assert second.post(f"{GRANTS}{no}/revoke/", again).status_code == 302


@pytest.mark.parametrize("at", ["", "x", "1", "-", "1-zz", f"{'9' * 30}-ab"])
def test_a_step_about_a_grant_without_a_state_does_nothing(granted, at):
    no = number_of()
    refused = entered("operator").post(f"{GRANTS}{no}/revoke/", {"reason": "依据已废止", "at": at})
    assert (refused.status_code, "SHOWN_STATE_MISSING" in words(refused)) == (422, True)
    assert "revoke" in offered("operator")


def test_what_can_be_lifted_again_is_not_said_to_be_past_undoing(granted):
    told = {step: seen("operator", f"{GRANTS}{number_of()}/{step}/") for step in ("suspend", "revoke")}
    assert {step: "办理之后不能取消" in said for step, said in told.items()} == {"suspend": False, "revoke": True}
    assert "停止之后可以恢复服务；停过的记录不能取消" in told["suspend"]


def suspended(no: str, kind: str) -> str:
    """Suspend a grant, its system or its consumer, and return what the page says then."""
    operator = entered("operator")
    page = operator.get(f"{GRANTS}{no}/suspend/").content.decode()
    whom = re.findall(rf'<option value="({kind} [^"]+)"', page)[0]
    led = operator.post(f"{GRANTS}{no}/suspend/", {"whom": whom, **SUSPENDING, "at": state(page)})
    return words(operator.get(led["Location"]))


def lifted(no: str, which: int) -> tuple[str, str]:
    """Lift one of the suspensions shown with a grant; return what its page says before, and the list after."""
    operator = entered("operator")
    address = re.findall(r'href="([^"]+/lift/\?id=\d+)"', operator.get(GRANTS).content.decode())[which]
    page = operator.get(address)
    sent = {"verified": "已核查", "at": state(page.content.decode()), "id": address.rpartition("=")[2]}
    led = operator.post(address.partition("?")[0], sent)
    return words(page), words(operator.get(led["Location"]))


@pytest.mark.clause("SX-16-a")
@pytest.mark.parametrize("kind", ["unit", "system", "grant"])
def test_once_the_only_suspension_is_lifted_it_is_said_as_a_fact_that_answers_are_given(granted, kind):
    no = number_of()
    told = suspended(no, kind)
    assert (f"授权 {no} 现在不予答复：" in told, "现在不予答复" in seen("consumer", GRANTS)) == (True, True)
    before, after = lifted(no, 0)
    assert "自恢复之时起予以答复，没有其他停止服务。" in before
    assert ("已办理“恢复服务”：" in after, f"授权 {no} 现在予以答复。" in after) == (True, True)
    assert ("现在予以答复" in seen("consumer", GRANTS), "现在不予答复" in seen("consumer", GRANTS)) == (True, False)
    assert [part for page in (before, after) for part in ("没有其他停止服务的", "停止不止一次的") if part in page] == []


@pytest.mark.clause("SX-16-a")
def test_while_another_stands_the_page_and_the_outcome_name_what_still_stops_the_answers(granted):
    no = number_of()
    suspended(no, "unit")
    told = suspended(no, "system")
    unit, system = re.findall(r"(使用单位“[^”]+”|应用系统“[^”]+”)自 2026", told)[:2][::-1]
    assert {unit[:4], system[:4]} == {"使用单位", "应用系统"}
    page = seen("operator", f"{GRANTS}{no}/suspend/")
    assert "现在已不予答复：" in page
    before, after = lifted(no, 0)
    assert re.search(rf"恢复之后仍不予答复：{unit}自 \S+ \S+ 起停止服务。", before)
    assert re.search(rf"授权 {re.escape(no)} 现在不予答复：{unit}自 \S+ \S+ 起停止服务。", after)
    assert f"{system}期限内的使用权限：没有停止服务的 0 项，停止服务的 1 项。" in after
    for name in ("consumer", "approver"):
        assert re.search(rf"现在不予答复 {unit}自 \S+ \S+ 起停止服务", seen(name, GRANTS))


def test_a_grant_whose_period_is_over_is_not_said_to_be_answered_again(granted):
    no = number_of()
    suspended(no, "grant")
    with at(NOW + timedelta(days=400)):
        before, after = lifted(no, 0)
    assert "恢复之后仍不予答复：期限已于" in before
    assert f"授权 {no} 现在不予答复：期限已于" in after


def test_what_is_done_about_a_grant_is_told_by_name_and_in_the_reader_s_language(granted):
    no, operator = number_of(), entered("operator")
    told = suspended(no, "system")
    assert re.search(r"已办理“停止服务”：应用系统“[^”]+”。", told)
    page = operator.get(f"/en/desk/grants/{no}/revoke/").content.decode()
    led = operator.post(f"/en/desk/grants/{no}/revoke/", {"reason": "依据已废止", "at": state(page)})
    assert re.search(rf"grant {re.escape(no)} \([^)]+ → [^)]+\)", words(operator.get(led["Location"])))
