"""A case's page, whatever the case: taken, given, urged, consulted on; hands in order; the limits in the history."""

import re
from datetime import date, timedelta

import pytest
from acting import NOW
from desks import at, entered, hire, seen, words

from hutong.control.procedures import handling, models, queries
from hutong.control.rulebook import operations as rulebook
from hutong.control.sharing.procedure import APPLICATIONS
from hutong.control.units import deputies
from hutong.control.units import operations as members
from hutong.core import beijing

HANDS = "hands.sharing.application.refuse"


@pytest.fixture
def lodged(county):
    no = county.draft()
    county.take(no, "lodge", by="consumer")
    return no


def page(no: str) -> str:
    return f"/zh/desk/applications/{no}/"


def kinds(no: str) -> list[str]:
    return [row.kind for row in queries.handlings("sharing.application", no)]


def test_an_officer_takes_a_case_gives_it_back_and_gives_it_to_a_colleague(county, lodged):
    hire(county, "second", "周敏", unit=county.actor("competent").unit, roles=("competent",))
    client = entered("competent")
    for form in ({"act": "take"}, {"act": "give_back"}, {"act": "give", "to": "second", "words": "请续办"}):
        assert client.post(page(lodged), form).status_code == 302
    assert kinds(lodged) == ["take", "give_back", "give"]
    told = words(client.get(page(lodged)))
    assert "由 周敏 办理中" in told
    assert "请续办" in told
    assert 'name="handler"' in client.get(page(lodged)).content.decode(), "what a colleague has is taken over"


def test_a_party_urges_the_authority_supervises_and_nobody_else_does_either(county, lodged):
    for username, how in (("consumer", "urge"), ("authority", "supervise")):
        assert entered(username).post(page(lodged), {"act": how, "words": "请尽快办理"}).status_code == 302
    assert kinds(lodged) == ["urge", "supervise"]
    assert "已催办" in seen("competent", "/zh/desk/")
    refused = entered("operator").post(page(lodged), {"act": "urge", "words": "快"})
    assert (refused.status_code, "MAY_NOT_URGE" in refused.content.decode()) == (403, True)
    assert "催办…" in seen("consumer", page(lodged))
    assert "督办…" in seen("authority", page(lodged))
    assert ("催办…" in seen("operator", page(lodged)), "督办…" in seen("operator", page(lodged))) == (False, False)


def test_who_is_consulted_may_read_the_case_from_then_on_and_answers_once(county, lodged):
    hire(county, "other", "吴敏", unit=county.actor("operator").unit, roles=("provider_editor",))
    assert entered("other").get(page(lodged)).status_code == 404
    asked = {"act": "consult", "unit": county.actor("other").unit, "words": "是否已有接口？"}
    assert entered("competent").post(page(lodged), asked).status_code == 302
    assert "是否已有接口？" in seen("other", page(lodged))
    number = handling.consultations(county.actor("other"))[0].pk
    answer = {"act": "answer", "about": number, "words": "已有。"}
    assert entered("other").post(page(lodged), answer).status_code == 302
    again = entered("other").post(page(lodged), answer)
    assert (again.status_code, "NO_SUCH_CONSULTATION" in again.content.decode()) == (404, True)
    assert entered("other").post(page(lodged), {"action": "endorse"}).status_code == 403


@pytest.mark.parametrize("act", ["urge", "consult", "answer"])
def test_words_are_asked_for_and_what_was_typed_stays(county, lodged, act):
    username = "consumer" if act == "urge" else "competent"
    form = {"act": act, "words": "  ", "unit": county.police, "about": "1"}
    answer = entered(username).post(page(lodged), form)
    assert (answer.status_code, "没有填写“说明或答复”" in words(answer)) == (422, True)
    assert act == "answer" or "<details open>" in answer.content.decode()
    assert kinds(lodged) == []


def test_a_form_that_is_none_of_the_pages_is_refused(county, lodged):
    answer = entered("competent").post(page(lodged), {"act": "erase"})
    assert (answer.status_code, "ACT_UNKNOWN" in answer.content.decode()) == (422, True)


def test_a_deadline_and_what_became_of_it_stand_in_the_history(county, lodged):
    late = county.due(lodged).late_at
    county.take(lodged, "endorse", by="competent", now=late)
    told = seen("consumer", page(lodged)).partition("办理经过")[2]
    assert f"自“使用方提出申请”起的期限：{beijing.day(late - timedelta(seconds=1))}（2 个工作日） 逾期办理" in told
    assert "次日起算（当日不计）" in told
    assert "期限与参数表初始值" in told


def test_a_clock_that_stands_still_says_so_and_why(county, lodged):
    county.take(lodged, "return", by="competent", reason="请补正。")
    told = seen("consumer", page(lodged)).partition("办理经过")[2]
    assert "期限中止计算" in told
    assert "退回补正期间不计入办理期限" in told


def test_a_step_of_several_hands_is_drafted_reviewed_and_signed_on_the_page(county, lodged, hands_on):
    office = county.actor("competent").unit
    for username, name in (("second", "周敏"), ("third", "郑红")):
        hire(county, username, name, unit=office, roles=("competent",))
    form = {"action": "refuse", "reason": "不在职责范围内。", "basis": "《管理办法》第八条"}
    drafted = {**form, "opinion": "拟不予同意"}
    once_more = f"/zh/desk/cases/sharing.application/{lodged}/steps/refuse/"
    assert "拟办：不予同意…" in seen("competent", page(lodged))
    assert "现在是拟办" in seen("competent", once_more)
    assert entered("competent").post(page(lodged), drafted).status_code == 302
    told = seen("competent", page(lodged))
    assert ("您已签署意见，由" in told, "须回避" in told) == (True, False)
    assert "您已签署意见，审核由另一人办理" in told
    assert ("轮到您办理" in told, told.index("不予同意”：您已签署") < told.index("同意并提交")) == (False, True)
    assert lodged not in seen("competent", "/zh/desk/")
    drafted_by = told.partition("办理经过")[2]
    assert re.search("拟办 ：不予同意 孙丽.*理由：不在职责范围内。.*意见：拟不予同意", drafted_by)
    assert "待审核" in seen("second", "/zh/desk/")
    card = entered("second").get("/zh/desk/").content.decode().partition(lodged)[2].partition("</article>")[0]
    assert re.search(r'class="button" [^>]*>\s*审核：不予同意', card)
    sees = [entered(who).get(page(lodged)).content.decode() for who in ("second", "competent")]
    assert "轮到您办理" in sees[0]
    assert re.search(rf'href="{once_more}">\s*审核：不予同意…', sees[0])
    for told in sees:
        assert re.findall(r'class="button ([a-z]*)">\s*同意并提交', told) == ["plain"]
    second = entered("second")
    assert "不在职责范围内。</textarea>" in second.get(once_more).content.decode()
    assert second.post(page(lodged), {**form, "opinion": "依据不足", "agrees": "no"}).status_code == 302
    told = seen("third", page(lodged))
    assert ("不同意" in told, "依据不足" in told, "现在是拟办" in seen("third", once_more)) == (True, True, True)
    assert 'class="badge good"' not in entered("third").get(page(lodged)).content.decode().partition("拟办、审核")[2]
    for username in ("competent", "second", "third"):
        assert entered(username).post(page(lodged), form).status_code == 302
    assert "不予同意 ：不在职责范围内。" in seen("consumer", page(lodged))
    assert models.HandGiven.objects.filter(case=lodged).count() == 5


def test_where_officers_are_too_few_the_page_says_so_before_the_hand_and_in_the_history(county):
    authority = county.actor("authority")
    stop = {"hands.catalog.change.stop": True}
    rulebook.change(stop, from_date=beijing.day(NOW), reason="县政府办公室规定", actor=authority, now=NOW)
    number = county.begin_change()
    members.set_active(username="editor", active=False, now=NOW, by="init")
    address = f"/zh/desk/entries/changes/{number}/"
    told = seen("authority", f"/zh/desk/cases/catalog.change/{number}/steps/stop/")
    assert "可办理的只有1人；现在是签发" in told
    assert ("不同意，退回重新拟办" in told, "不足三人" in told) == (False, False)
    answer = entered("authority").post(address, {"action": "stop", "reason": "无人办理"})
    assert answer.status_code == 302
    told = seen("authority", address).partition("办理经过")[2]
    assert ("本处可办理的只有1人，不足三人" in told, "同意签发" in told) == (True, False)


def test_who_acted_for_the_applicant_is_told_to_stand_back_and_finds_it_on_no_desk(county, lodged):
    deputies.name(
        role="competent", unit=county.actor("competent").unit, username="consumer", until_date=date(2026, 12, 31),
        reason="空缺", actor=county.actor("authority"), now=NOW,
    )  # fmt: skip
    told = seen("consumer", page(lodged))
    assert "您已在本事项的另一方办理过，须回避" in told
    assert ("退回补正…" in told, "轮到您办理" in told) == (False, False)
    desks = [entered(who).get("/zh/desk/").content.decode() for who in ("consumer", "competent")]
    assert ['class="card task"' in desk for desk in desks] == [False, True]
    answer = entered("consumer").post(page(lodged), {"action": "return", "reason": "请补正"})
    assert (answer.status_code, "不能再办理“退回补正”" in words(answer)) == (403, True)


@pytest.fixture
def hands_on(county):
    """The rulebook asks for three hands before an application is refused."""
    authority = county.actor("authority")
    rulebook.change({HANDS: True}, from_date=beijing.day(NOW), reason="县政府办公室规定", actor=authority, now=NOW)
    with at(NOW + timedelta(hours=1)):
        yield


def test_a_case_of_other_units_is_not_there_whatever_is_posted(county, lodged):
    stranger = hire(county, "stranger", "路平", unit=county.actor("operator").unit, roles=("consumer",))
    for form in ({"act": "take"}, {"action": "endorse"}, {"act": "urge", "words": "快"}):
        assert entered(stranger).post(page(lodged), form).status_code == 404
    assert (APPLICATIONS.cases([lodged]).get().state, kinds(lodged)) == ("LODGED", [])
