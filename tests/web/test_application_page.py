"""The page of an application and the lists it stands in: what it is, by when and why, and who said no."""

import re
from datetime import timedelta

import pytest
from acting import NOW, PASSWORD
from desks import at
from django.test import Client
from django.utils import translation

from hutong.control.procedures import rules
from hutong.control.sharing.lifecycle import APPLICATION
from hutong.core import beijing
from hutong.core.lifecycle import StepRefusal
from hutong.web.wording import telling


def seen(username: str, path: str) -> str:
    """Return what an officer reads on a page, without its marks and what a list may be narrowed to."""
    client = Client(HTTP_HOST="localhost")
    assert client.post("/zh/login/", {"username": username, "password": PASSWORD}).status_code == 302
    page = re.sub(r'<form class="filters.*?</form>', "", client.get(path).content.decode(), flags=re.DOTALL)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.partition('<div class="work" id="work" tabindex="-1">')[2]))


def test_once_the_provider_agreed_no_page_says_it_has_still_to_answer(county):
    no = county.draft()
    county.walk(no, to="PROVIDER_AGREED")
    for path in ("/zh/desk/", "/zh/desk/applications/"):
        page = seen("authority", path)
        assert ("提供方已同意，待确认" in page, "待提供方答复" in page) == (True, False), path
    head, _, past = seen("consumer", f"/zh/desk/applications/{no}/").partition("办理经过")
    assert ("提供方已同意，待确认" in head, "待提供方答复" in head) == (True, False)
    assert past.index("待提供方答复") < past.index("提供方已同意，待确认")
    assert "Agreed to by the provider, to be confirmed" in seen("consumer", "/en/desk/applications/")


def test_a_refused_step_names_what_the_application_is_now(county):
    no = county.draft()
    county.walk(no, to="PROVIDER_AGREED")
    with pytest.raises(rules.CaseCannotMove) as refused:
        county.take(no, "agree", by="approver")
    assert refused.value.facts["case_state"] == APPLICATION.states["PROVIDER_AGREED"].name


def test_a_step_for_which_no_limit_is_set_says_so_and_why(county):
    no = county.draft()
    for state, english in (("DRAFT", "Drafting has no limit"), ("REFUSED", "there is no limit")):
        assert "未规定期限" in seen("consumer", "/zh/desk/applications/")
        page = seen("consumer", f"/zh/desk/applications/{no}/")
        assert f"本步办理期限：未规定期限 {APPLICATION.states[state].no_limit}" in page
        assert english in seen("consumer", f"/en/desk/applications/{no}/")
        if state == "DRAFT":
            county.take(no, "lodge", by="consumer")
            county.take(no, "refuse", by="competent", reason="不在职责范围内。", basis="《管理办法》第八条")


def test_where_nothing_is_left_to_be_done_no_limit_is_spoken_of(county):
    no = county.draft()
    county.walk(no, to="FILED")
    assert "未规定期限" not in seen("consumer", "/zh/desk/applications/")
    assert "办理期限" not in seen("consumer", f"/zh/desk/applications/{no}/")


def test_the_applicant_reads_first_who_returned_it_and_why_and_is_offered_to_change_it(county):
    no = county.draft()
    county.take(no, "lodge", by="consumer")
    county.take(no, "return", by="competent", reason="请写明办理事项的依据。")
    page = seen("consumer", f"/zh/desk/applications/{no}/")
    told = [page.index(words) for words in (
        "退回补正 ：请写明办理事项的依据。", "孙丽 · 示范县社会事业局 · 2026-03-02 09:00", "修改申请", "补正后重新提出",
        "申请内容",
    )]  # fmt: skip
    assert told == sorted(told)
    assert page.count("修改申请") == 1
    assert "修改申请" not in seen("competent", f"/zh/desk/applications/{no}/")


def test_the_state_reads_as_a_state_where_the_step_is_called_the_same(county):
    returned, refused = county.draft(), county.draft()
    for no in (returned, refused):
        county.take(no, "lodge", by="consumer")
    english = seen("competent", f"/en/desk/applications/{returned}/")
    assert ("Return for supplement…" in english, "Returned for supplement" in english) == (True, False)
    county.take(returned, "return", by="competent", reason="请补正。")
    county.take(refused, "refuse", by="competent", reason="不在职责范围内。", basis="《管理办法》第八条")
    for no, state, step in ((returned, "Returned for supplement", "Return for"), (refused, "Refused", "Refuse ")):
        english = seen("consumer", f"/en/desk/applications/{no}/")
        assert (english.count(state), english.count(step)) == (3, 1)  # badge, notice, history; the step
    with translation.override("en"):
        refused = rules.refused(
            APPLICATION,
            StepRefusal.NOT_DECLARED,
            case=returned,
            state="RETURNED",
            action="return",
            parties={},
            facts={},
            officer="",
        )
        told = telling.said(refused)["message"]
    assert "Returned for supplement" in told


def test_a_refusal_stands_at_the_top_with_its_legal_basis_until_the_application_goes_on(county):
    no = county.draft()
    county.take(no, "lodge", by="consumer")
    county.take(no, "refuse", by="competent", reason="不在职责范围内。", basis="《管理办法》第八条")
    top = seen("consumer", f"/zh/desk/applications/{no}/").partition("申请内容")[0]
    assert "不予同意 ：不在职责范围内。 法律依据：《管理办法》第八条" in top
    county.take(no, "negotiate", by="consumer", reason="请再作考虑。")
    assert "不在职责范围内。" not in seen("consumer", f"/zh/desk/applications/{no}/").partition("申请内容")[0]


def test_when_it_reached_the_operator_stands_between_confirmation_and_verification_and_in_the_timeline(county):
    no = county.draft()
    county.walk(no, to="CONFIRMED", now=NOW)
    assert "到达平台运维单位时间" not in seen("operator", f"/zh/desk/applications/{no}/")
    county.walk(no, to="SUPPLIED", now=NOW + timedelta(days=1))
    county.walk(no, to="PURPOSE_VERIFYING", now=NOW + timedelta(days=2))
    page = seen("operator", f"/zh/desk/applications/{no}/")
    told = [page.index(words) for words in (
        "确认时间 2026-03-02 09:00", "到达平台运维单位时间 2026-03-03 09:00", "进入用途核实 2026-03-04 09:00",
        "办理经过", "数据已到位 2026-03-03 09:00", "自“到达平台运维单位”起的期限：2026-03-10（5 个工作日）",
    )]  # fmt: skip
    assert told == sorted(told)
    assert "Reached the operator 2026-03-03 09:00" in seen("operator", f"/en/desk/applications/{no}/")


def test_what_was_confirmed_before_a_return_is_not_told_as_so_now_and_the_days_run_from_the_first_arrival(county):
    no = county.draft()
    county.walk(no, to="PURPOSE_VERIFYING", now=NOW)
    county.take(no, "return", by="operator", reason="用途不清", now=NOW + timedelta(days=1))
    page = seen("consumer", f"/zh/desk/applications/{no}/")
    assert ("确认时间" in page, "进入用途核实" in page) == (False, False)
    assert "到达平台运维单位时间 2026-03-02" in page
    county.walk(no, to="PURPOSE_VERIFYING", now=NOW + timedelta(days=2))
    page = seen("consumer", f"/zh/desk/applications/{no}/")
    assert "确认时间 2026-03-04" in page
    assert "到达平台运维单位时间 2026-03-02" in page


def test_what_was_judged_of_a_mode_stands_with_the_step_at_which_it_was(county):
    no = county.draft()
    county.walk(no, to="CONFIRMED")
    judged = seen("consumer", f"/zh/desk/applications/{no}/").partition("最小化授权判断")[2].partition("办理经过")[0]
    assert [judged.count(said) for said in ("提出申请 数据比对：够用", "确认 数据比对：够用")] == [1, 1]


def test_what_was_judged_of_a_mode_stands_with_when_it_was_and_who_took_that_step(county):
    no = county.draft(mode="query", items=["address"], need=["value_not_at_hand"])
    county.take(no, "lodge", by="consumer", now=NOW)
    county.walk(no, to="CONFIRMED", now=NOW + timedelta(days=2, hours=3))
    judged = seen("consumer", f"/zh/desk/applications/{no}/").partition("最小化授权判断")[2].partition("办理经过")[0]
    applicant, authority = "张伟 · 示范县民政局", "王敏 · 示范县大数据管理局"
    for taken_at, step, by in (("2026-03-02 09:00", "提出申请", applicant), ("2026-03-04 12:00", "确认", authority)):
        assert re.search(f"{taken_at} {step} 数据查询：够用 {by}", judged), judged
    assert (judged.count(applicant), judged.count(authority)) == (2, 2)  # each step judged two modes


def test_who_decides_reads_everything_the_grant_will_have(county):
    """P-4: nothing that filing opens is left out of the page of what is decided."""
    said = {
        "mode": "query", "items": ["address", "street"], "conditions": ["street"], "need": ["value_not_at_hand"],
        "quota": 77, "guesses": 7, "yearly_records": 777, "purpose": "social-assistance", "matters": ["DB-002"],
    }  # fmt: skip
    no = county.draft(**said)
    county.take(no, "lodge", by="consumer")
    page = seen("competent", f"/zh/desk/applications/{no}/")
    for words in (
        "版本 第 1 版", "共享类型 有条件共享", "记录涉及个人 是", "住址 address 敏感、最高可用方式：数据查询",
        "所属街道 street 最高可用方式：数据订阅", "查询条件：所属街道", "核验社会救助对象", "临时救助", "社会救助系统",
        "张伟", "一号窗口电脑", "77 次；同一对象每日 7 次", "777", "2026-03-02 起，2027-03-02 前",
    ):
        assert words in page, words


@pytest.mark.clause("SX-08-d")
@pytest.mark.parametrize(("days", "told"), [(-1, True), (0, False), (3, False)])
def test_a_first_day_that_is_over_is_told_before_it_is_lodged_and_is_no_fault(county, days, told):
    no = county.draft(from_at=NOW + timedelta(days=days))
    page = f"/zh/desk/applications/{no}/"
    said = f"开始日期 {beijing.day(NOW + timedelta(days=days))} 已过：使用权限自备案开通之时起生效"
    with at(NOW):
        assert (said in seen("consumer", page)) == told
        assert ("is over: the grant" in seen("consumer", page.replace("/zh/", "/en/"))) == told
        assert "可以是今日或者已过的日期，权限自备案开通之时起生效。" in seen("consumer", f"{page}edit/")
        county.take(no, "lodge", by="consumer")
        assert (said in seen("competent", page)) == told
