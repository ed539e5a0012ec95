"""The head of a unit gives what waits at its desks to officers (分办), several cases at once."""

import re
from datetime import date

import pytest
from acting import NOW, already, entries
from desks import entered, hire, seen, words
from stating import state_of

from hutong.control.procedures import models
from hutong.control.sharing.models import Application
from hutong.control.units import deputies

HERE = "/zh/desk/giving/"


def head_and_second(county) -> None:
    unit = county.actor("competent").unit
    hire(county, "head", "何平", unit=unit, roles=("unit_head",))
    hire(county, "second", "周敏", unit=unit, roles=("competent",))
    for _ in range(2):
        county.take(county.draft(), "lodge", by="consumer")


peopled = already("head and second", head_and_second)


@pytest.fixture
def office(county):
    """The competent department with a head and a second officer, and two applications that wait there."""
    return sorted(Application.objects.values_list("no", flat=True))


def key(no: str) -> str:
    return f"sharing.application|{no}|endorse"


def holders(numbers) -> list[str]:
    return [models.Turn.objects.filter(case=no).first().handler for no in numbers]


def test_a_head_gives_the_ticked_cases_to_one_officer_each_with_its_entry(county, office):
    before = entries(county.url, "procedures.handled")
    answer = entered("head").post(HERE, {"case": [key(no) for no in office], "to": "second", "words": "请本周办完"})
    assert words(answer).count("已交给 周敏") == 2
    assert holders(office) == ["second", "second"]
    assert entries(county.url, "procedures.handled") == before + 2
    assert "由 周敏 办理中" in seen("second", "/zh/desk/?whose=mine")


def test_only_who_could_take_a_step_there_is_offered(county, office):
    hire(county, "clerk", "卫东", unit=county.actor("competent").unit, roles=("provider_editor", "consumer"))
    deputies.name(  # the applicant's clerk fills in, and is kept apart from what the own unit applied for
        role="competent", unit=county.actor("competent").unit, username="consumer", until_date=date(2026, 12, 31),
        reason="空缺", actor=county.actor("authority"), now=NOW,
    )  # fmt: skip
    for address in (HERE, f"/zh/desk/applications/{office[0]}/"):
        page = entered("head").get(address).content.decode()
        field = re.search(r'<select[^>]* name="to".*?</select>', page, re.S)
        assert sorted(re.findall(r'<option value="(.+?)"', field[0])) == ["competent", "second"]
    page = words(entered("head").post(HERE, {"case": [key(office[0])], "to": "consumer"}))
    assert "张伟 对 共享申请 " in page
    assert holders(office) == ["", ""]


def test_what_was_given_to_one_officer_is_no_others_turn_before_that_one_takes_it_over(county, office):
    entered("head").post(HERE, {"case": [key(office[0])], "to": "second"})
    address = f"/zh/desk/applications/{office[0]}/"
    told = seen("competent", address)
    assert ("由 周敏 办理中" in told, "轮到您办理" in told, "接手办理" in told) == (True, False, True)
    assert "轮到您办理" in seen("second", address)
    card = entered("competent").get("/zh/desk/").content.decode().partition(office[0])[2].partition("</article>")[0]
    assert ("由 周敏 办理中" in card, "查看" in card, "为什么由您办理" in card) == (True, True, False)
    answer = entered("competent").post(address, {"action": "endorse"})
    assert (answer.status_code, "正由 周敏 办理，孙丽 不能直接办理“同意并提交”" in words(answer)) == (409, True)
    over = {"act": "take", "handler": "second"}
    assert entered("competent").post(address, over).status_code == 422
    assert entered("competent").post(address, {**over, "words": "周敏出差"}).status_code == 302
    told = seen("competent", address)
    assert ("轮到您办理" in told, "周敏出差" in told.partition("办理经过")[2]) == (True, True)
    assert entered("competent").post(address, {"action": "endorse"}).status_code == 302


def test_a_head_takes_a_case_from_one_officer_and_gives_it_to_another(county, office):
    entered("competent").post(f"/zh/desk/applications/{office[0]}/", {"act": "take"})
    assert holders(office) == ["competent", ""]
    assert office[0] not in seen("head", f"{HERE}?whose=nobody")
    entered("head").post(HERE, {"case": [key(office[0])], "to": "second"})
    assert holders(office) == ["second", ""]


def test_who_cannot_be_chosen_is_refused_beside_the_field(county, office):
    page = words(entered("head").post(HERE, {"case": [key(office[0])], "to": "editor"}))
    assert "“editor”不在可以选择的人员之列" in page
    assert holders(office) == ["", ""]


def test_nothing_ticked_and_nobody_chosen_are_told_and_what_was_chosen_stays(county, office):
    page = entered("head").post(HERE, {"to": "second"})
    assert (page.status_code, "没有勾选任何事项" in words(page)) == (422, True)
    page = entered("head").post(HERE, {"case": [key(office[0])]})
    assert (page.status_code, "没有选择交给谁办理" in words(page)) == (422, True)
    assert re.search(rf'value="{re.escape(key(office[0]))}\|[^"]+" [^>]* checked', page.content.decode())


def test_the_head_of_another_unit_gives_nothing_of_this_one(county, office):
    hire(county, "other", "吴敏", unit=county.police, roles=("unit_head", "provider_editor"))
    assert office[0] not in seen("other", HERE)
    assert "未办理" in words(entered("other").post(HERE, {"case": [key(office[0])], "to": "editor"}))
    assert holders(office) == ["", ""]


def test_who_is_no_head_is_told_whose_page_it_is(county, office):
    answer = entered("competent").get(HERE)
    assert answer.status_code == 403
    assert "单位负责人" in answer.content.decode()
    assert entered("competent").post(HERE, {"case": [key(office[0])], "to": "second"}).status_code == 403


@pytest.fixture
def filling_in(county, office) -> str:
    """An officer of the operator's unit who fills in for the head of the competent department."""
    unit = county.actor("operator").unit
    hire(county, "acting", "吕梅", unit=unit, roles=("unit_head",))
    deputies.name(
        role="unit_head", unit=county.actor("competent").unit, username="acting", until_date=date(2026, 12, 31),
        reason="负责人空缺", actor=county.actor("authority"), now=NOW,
    )  # fmt: skip
    return "acting"


def test_a_head_who_fills_in_for_another_gives_that_units_cases_to_its_officers(county, office, filling_in):
    assert office[0] in seen(filling_in, HERE)
    page = words(entered(filling_in).post(HERE, {"case": [key(office[0])], "to": "second"}))
    assert "已交给 周敏" in page
    assert holders(office) == ["second", ""]
    assert "分办给本处其他人员" in seen(filling_in, f"/zh/desk/applications/{office[0]}/")


def test_a_head_who_fills_in_at_another_desk_gives_there_what_nobody_has_and_takes_from_nobody(county, office):
    unit = county.actor("operator").unit
    hire(county, "acting", "吕梅", unit=unit, roles=("unit_head",))
    deputies.name(
        role="competent", unit=county.actor("competent").unit, username="acting", until_date=date(2026, 12, 31),
        reason="人员空缺", actor=county.actor("authority"), now=NOW,
    )  # fmt: skip
    address = f"/zh/desk/applications/{office[0]}/"
    assert entered("acting").post(address, {"act": "give", "to": "second"}).status_code == 302
    assert holders(office) == ["second", ""]
    assert entered("acting").post(address, {"act": "give", "to": "competent"}).status_code == 409
    assert holders(office) == ["second", ""]


def test_a_head_opens_the_case_and_gives_it_on_from_its_page(county, office):
    entered("competent").post(f"/zh/desk/applications/{office[0]}/", {"act": "take"})
    address = f"/zh/desk/applications/{office[0]}/"
    assert "分办给本处其他人员" in seen("head", address)
    assert entered("head").post(address, {"act": "give", "to": "second"}).status_code == 302
    assert holders(office) == ["second", ""]


def test_what_was_given_is_ticked_no_more_and_what_was_refused_is(county, office):
    county.take(office[1], "endorse", by="competent")
    body = entered("head").post(HERE, {"case": [key(no) for no in office], "to": "second"}).content.decode()
    assert (body.count("已交给"), body.count("未办理"), body.count(" checked")) == (1, 1, 0)


def test_who_is_no_head_gives_nothing_here_though_the_case_waits_at_the_own_desk(county, office):
    for form in ({"case": [key(no) for no in office], "to": "second"}, {"case": [key(office[0])]}, {}):
        assert entered("competent").post(HERE, form).status_code == 403
    assert entered("competent").get(f"{HERE}?file=1").status_code == 403
    assert holders(office) == ["", ""]


def test_no_page_tells_by_an_account_whether_it_is_there_or_whose_it_is(county, office):
    page = f"/zh/desk/applications/{office[0]}/"
    for address, form in ((HERE, {"case": [key(office[0])]}), (page, {"act": "give"})):
        told = {}
        for account in ("nobody", "editor"):
            sent = {**form, "to": account, "words": "", **({"at": state_of(page)} if address == page else {})}
            answer = entered("head").post(address, sent, follow=True)
            told[account] = answer.status_code, words(answer).replace(account, "")
            assert "不在可以选择的人员之列" in words(answer) and county.actor("editor").name not in words(answer)
        assert told["nobody"] == told["editor"]
    assert holders(office) == ["", ""]
