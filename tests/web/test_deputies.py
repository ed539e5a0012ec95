"""Cases that nobody can act on, and the deputies the authority names for them (D-24)."""

from datetime import timedelta

import pytest
from acting import NOW
from desks import at, entered, seen, words

from hutong.control.orgs import deputyships, queries
from hutong.control.orgs import operations as orgs
from hutong.control.orgs.deputyships import DeputyFilters

HERE = "/zh/desk/deputies/"


@pytest.fixture
def stuck(county):
    """An application that waits for a department without an officer."""
    no = county.draft()
    county.take(no, "lodge", by="consumer")
    orgs.set_active(username="competent", active=False, now=NOW, by="init")
    return no


@pytest.fixture(autouse=True)
def march():
    """The pages' clock stands an hour after the county was made."""
    with at(NOW + timedelta(hours=1)):
        yield


def form(county, **changes) -> dict[str, str]:
    unit = next(each.credit_code for each in queries.units() if each.name == "示范县社会事业局")
    given = {"role": "competent", "unit": unit, "officer": "approver", "until_date": "2026-03-31", "reason": "人员调动"}
    return {**given, **changes}


def test_the_page_lists_what_nobody_can_act_on_and_leads_to_naming_a_deputy_for_it(county, stuck):
    answer = entered("authority").get(HERE)
    page = words(answer)
    assert stuck in page
    assert "该处没有在岗人员" in page
    given = form(county)
    assert f'href="?role=competent&amp;unit={given["unit"]}#name"' in answer.content.decode()
    filled = entered("authority").get(f"{HERE}?role=competent&unit={given['unit']}").content.decode()
    assert '<option value="competent" selected>' in filled
    assert f'<option value="{given["unit"]}" selected>' in filled


def test_with_a_deputy_named_the_case_goes_to_the_deputys_desk_and_back_when_that_ends(county, stuck):
    assert entered("authority").post(HERE, form(county)).status_code == 302
    page = seen("authority", HERE)
    assert ("每件待办的事项都有人可以办理" in page, "钱芳 · 示范县公安局" in page) == (True, True)
    assert "至 2026-03-31（含当日）" in page
    assert stuck in seen("approver", "/zh/desk/")
    assert entered("approver").get(f"/zh/desk/applications/{stuck}/").status_code == 200
    assert entered("approver").post(f"/zh/desk/applications/{stuck}/", {"action": "endorse"}).status_code == 302
    assert "代理" in seen("authority", f"/zh/desk/applications/{stuck}/")
    number = deputyships.listed(DeputyFilters(now=True))[0].id
    assert entered("authority").post(HERE, {"end": number}).status_code == 302
    assert deputyships.listed(DeputyFilters(now=True)) == []


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"until_date": "2026-03-01"}, "代理的截止日期须在今天或以后"),
        ({"until_date": "soon"}, "“截止日期（含当日）”填写的内容无法识别：soon"),
        ({"reason": "  "}, "没有填写“理由”"),
        ({"officer": "authority"}, "不能指定本人为代理人"),
        ({"officer": "nobody"}, "没有对应的在岗人员"),
        ({"role": "king"}, "没有“king”这一角色"),
    ],
)
def test_a_deputy_that_cannot_be_named_is_refused_in_words_and_what_was_typed_stays(county, stuck, changes, told):
    answer = entered("authority").post(HERE, form(county, **changes))
    assert told in words(answer)
    assert answer.status_code >= 400
    assert '<option value="competent" selected>' in answer.content.decode() or "role" in changes
    assert deputyships.listed(DeputyFilters(now=True)) == []


@pytest.mark.clause("IS-3.1", "SX-11-a")
def test_nobody_but_the_authority_sees_the_page_or_names_anybody(county, stuck):
    for username in ("consumer", "operator", "approver"):
        assert entered(username).get(HERE).status_code == 403
        assert entered(username).post(HERE, form(county, officer="editor")).status_code == 403
    assert deputyships.listed(DeputyFilters(now=True)) == []
