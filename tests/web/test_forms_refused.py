"""A form that is refused tells all that is wrong at once: in a summary that leads to each field, and beside it."""

import html
import re
from datetime import date, timedelta

import pytest
from acting import NOW, PASSWORD
from django.db import transaction
from django.test import Client

from hutong.control.registration import listing
from hutong.control.sharing import operations as sharing
from hutong.control.sharing import rules, terms
from hutong.control.sharing.models import Application
from hutong.control.units import operations as members
from hutong.core.errors import Faults, told
from hutong.web import clock

TODAY = clock.today()
NEXT_YEAR = TODAY + timedelta(days=365)
"""Days as the machine's clock has them: what is applied for may not be over."""
GOOD = {
    "mode": "compare", "items": ["name"], "purpose": "social-assistance", "legal_basis": "办法第八条",
    "matters": "DB-002", "system": "civil-app", "users": ["zhang"], "devices": ["pc-1"],
    "from_at": f"{TODAY}", "until_at": f"{NEXT_YEAR}", "quota": "100", "guesses": "5",
}  # fmt: skip
ALL_WRONG = {
    "mode": "compare", "purpose": "核验身份", "legal_basis": " ", "matters": "", "system": "other-app",
    "from_at": "2026-13-02", "until_at": "", "quota": "many", "guesses": "101", "yearly_records": "9" * 12,
}  # fmt: skip
WRONG_FIELDS = {
    "purpose", "legal_basis", "matters", "system", "items", "users", "devices", "from_at", "until_at", "quota",
    "guesses", "yearly_records",
}  # fmt: skip
BACKWARDS = {"from_at": "2026-09-01", "until_at": "2026-08-01"}
PAST = {"from_at": "2025-01-01", "until_at": "2025-02-01"}


def entered(username: str) -> Client:
    client = Client(HTTP_HOST="localhost")
    assert client.post("/zh/login/", {"username": username, "password": PASSWORD}).status_code == 302
    return client


def sent(county, posted: dict, *, language: str = "zh") -> tuple[int, str]:
    answer = entered("consumer").post(f"/{language}/desk/applications/new/{county.code}/", posted)
    return answer.status_code, html.unescape(answer.content.decode())


def led_to(page: str) -> list[str]:
    """Return the ids that the summary of a page leads to, each of which is there once."""
    summary = re.search(r'<div class="notice bad" role="alert" tabindex="-1" autofocus.*?</div>', page, re.S)[0]
    found = re.findall(r'href="#([^"]+)"', summary)
    assert [name for name in found if len(re.findall(rf'id="{name}"', page)) != 1] == []
    return found


def marked(page: str) -> set[str]:
    """Return the names of the fields that are said to be wrong, and see that each is described by what is wrong."""
    tags = re.findall(r'<(?:input|select|textarea)\b[^>]*aria-invalid="true"[^>]*>', page)
    for tag in tags:
        described = re.search(r'aria-describedby="([^"]+)"', tag)[1].split()
        assert all(f'id="{each}"' in page for each in described)
        assert any(each.endswith("-wrong") for each in described)
    return {re.search(r'name="([^"]+)"', tag)[1] for tag in tags}


@pytest.mark.clause("SX-08-a")
@pytest.mark.parametrize(
    ("language", "title"),
    [("zh", "有 12 处需要更正 ·"), ("en", "12 things have to be corrected ·")],
)
def test_all_faults_of_an_application_are_told_at_once_each_with_its_field(county, language, title):
    status, page = sent(county, ALL_WRONG, language=language)
    assert status == 422
    assert set(led_to(page)) == WRONG_FIELDS
    assert marked(page) == WRONG_FIELDS
    said = re.search(r"<title>(.*?)</title>", page, re.S)[1].strip()
    assert said.startswith(title.strip())
    assert not Application.objects.exists()


def test_what_was_typed_stays_where_it_was_typed(county):
    _, page = sent(county, ALL_WRONG)
    for name in ("purpose", "quota", "from_at", "yearly_records"):
        assert re.search(rf'name="{name}"[^>]*value="{ALL_WRONG[name]}"', page)


def test_a_single_fault_keeps_its_code_and_its_summary_and_nothing_else_is_marked(county):
    status, page = sent(county, {**GOOD, "quota": "many"})
    assert (status, led_to(page), marked(page)) == (422, ["quota"], {"quota"})
    assert "FIELD_UNREADABLE" in page


def test_a_purpose_and_a_matter_typed_by_their_registered_names_are_taken_as_their_codes(county):
    named = {kind: next(iter(terms.names(kind, offered=True).items())) for kind in ("purpose", "matter")}
    (purpose, called), (matter, also) = named["purpose"], named["matter"]
    status, page = sent(county, {**GOOD, "purpose": called, "matters": f"{also} DB-009"})
    assert (status, page) == (302, "")
    (found,) = Application.objects.all()
    assert (found.purpose, found.matters) == (purpose, [matter, "DB-009"])


@pytest.mark.parametrize(("field", "typed"), [("purpose", "核验身份"), ("matters", "小餐饮备案")])
def test_what_is_no_code_and_no_registered_name_is_told_what_a_code_is(county, field, typed):
    status, page = sent(county, {**GOOD, field: typed})
    assert (status, led_to(page), marked(page)) == (422, [field], {field})
    assert "CODE_UNREADABLE" in page and "要填写代码" in page and "半角的英文字母、数字和符号" in page


def test_below_the_doors_all_faults_are_one_failure_that_names_each(county):
    with pytest.raises(Faults) as refused:
        county.draft(purpose="", legal_basis="", users=["nobody"], quota=0, until_at=NOW.replace(year=2040))
    codes = [(each.code, each.fields) for each in refused.value.problems]
    assert codes == [
        ("APPLICATION_INCOMPLETE", ("purpose",)), ("APPLICATION_INCOMPLETE", ("legal_basis",)),
        ("LIMIT_TOO_WIDE", ("quota",)), ("LIMIT_TOO_WIDE", ("days",)), ("OUTSIDE_REGISTERS", ("users",)),
    ]  # fmt: skip
    assert "quota: the application asks for 0" in str(refused.value.problems[2])


@pytest.mark.clause("SX-08-d")
@pytest.mark.parametrize(
    ("posted", "code", "words"),
    [
        (BACKWARDS, "PERIOD_BACKWARDS", "“结束日期”不晚于首日：自 2026-09-01 起，至 2026-08-01 止。"),
        (PAST, "PERIOD_OVER", "申请的使用期限到 2025-02-01 已经届满"),
        ({"guesses": "101"}, "LIMIT_TOO_WIDE", "申请的“同一对象每日最多次数”为 101，最多可批准 100。"),
    ],
)
def test_a_period_that_ends_before_it_begins_or_is_over_and_a_limit_are_told_as_what_they_are(
    county, posted, code, words
):
    status, page = sent(county, {**GOOD, **posted})
    assert (status, code in page, words in page, "申请缺少" in page) == (422, True, True, False)
    assert not Application.objects.exists()


@pytest.mark.clause("SX-08-e")
def test_nobody_applies_for_a_resource_of_the_own_unit(county):
    members.give_role(username="editor", role="consumer", now=NOW, by="init")
    with pytest.raises((rules.OwnResource, Faults)) as refused:
        county.draft(actor=county.actor("editor"))
    assert rules.OwnResource in map(type, told(refused.value))
    assert not Application.objects.exists()


def test_what_is_under_way_is_applied_for_again_on_purpose_alone(county):
    assert sent(county, GOOD)[0] == 302
    (first,) = Application.objects.values_list("no", flat=True)
    status, page = sent(county, {**GOOD, "quota": "7"})
    assert (status, first in page, 'name="twice"' in page) == (409, True, True)
    assert f'href="/zh/desk/applications/{first}/"' in page, "what was applied for is led to"
    assert 'href="#twice"' in page, "the box is led to"
    assert Application.objects.count() == 1
    for other in ({"items": ["street"]}, {"from_at": f"{NEXT_YEAR}", "until_at": f"{NEXT_YEAR + timedelta(days=31)}"}):
        assert sent(county, {**GOOD, **other})[0] == 302
    assert sent(county, {**GOOD, "twice": "on"})[0] == 302
    assert Application.objects.count() == 4


def test_what_was_taken_back_is_applied_for_without_a_question(county):
    sent(county, GOOD)
    (first,) = Application.objects.values_list("no", flat=True)
    county.take(first, "take_back", by="consumer")
    assert sent(county, GOOD)[0] == 302


def test_the_only_system_user_and_device_are_chosen_and_of_several_none(county):
    def chosen() -> list[str]:
        page = entered("consumer").get(f"/zh/desk/applications/new/{county.code}/").content.decode()
        ticked = re.findall(r'value="(zhang|pc-1|pc-2)"\s+checked', page)
        return [*re.findall(r'<option value="([^"]+)" selected>', page), *ticked]

    assert chosen() == ["civil-app", "zhang", "pc-1"]
    with transaction.atomic():
        listing.enrol("device", code="pc-2", name="二号窗口电脑", unit=county.civil, now=NOW, by="init")
    assert chosen() == ["civil-app", "zhang"]


def test_why_a_mode_needs_a_reason_leads_to_where_it_is_given(county):
    no = county.draft_without_need()
    page = html.unescape(entered("consumer").post(f"/zh/desk/applications/{no}/", {"action": "lodge"}).content.decode())
    assert f'href="/zh/desk/applications/{no}/edit/#need"' in page
    form = entered("consumer").get(f"/zh/desk/applications/{no}/edit/").content.decode()
    assert len(re.findall(r'id="need"', form)) == 1


def test_an_edit_that_is_refused_tells_all_as_well(county):
    no = county.draft()
    answer = entered("consumer").post(f"/zh/desk/applications/{no}/edit/", ALL_WRONG)
    assert (answer.status_code, marked(html.unescape(answer.content.decode()))) == (422, WRONG_FIELDS)
    with pytest.raises(Faults):
        sharing.amend(no, changes={"purpose": "", "users": []}, actor=county.actor("consumer"), now=NOW)


def test_an_earlier_application_is_copied_for_a_period_as_long_from_today(county):
    said = {"purpose": "social-assistance", "quota": 7, "matters": ["A", "B"]}
    no = county.draft(**said, until_at=NOW.replace(month=4))
    client, address = entered("consumer"), f"/zh/desk/applications/new/{county.code}/?again={no}"
    shown = client.get(f"/zh/desk/applications/{no}/").content.decode()
    assert address not in shown  # a draft is changed
    county.take(no, "lodge", by="consumer")
    assert address in client.get(f"/zh/desk/applications/{no}/").content.decode()
    page = client.get(address).content.decode()
    for name, value in {"purpose": "social-assistance", "quota": "7", "matters": "A B"}.items():
        assert re.search(rf'name="{name}"[^>]*value="{value}"', page)
    first, until = map(date.fromisoformat, re.findall(r'name="(?:from|until)_at"[^>]*value="([^"]+)"', page))
    assert (first, until - first) == (clock.today(), timedelta(days=31))
    assert re.findall(r'value="(name|zhang|pc-1)"\s+checked', page) == ["name", "zhang", "pc-1"]
    other = f"/zh/desk/applications/new/{county.code}/?again=GX20990101-0001"
    assert client.get(other).status_code == 404


def test_faults_are_told_in_the_order_of_their_fields_on_the_page(county):
    _, page = sent(county, ALL_WRONG)
    led = led_to(page)
    assert led == sorted(led, key=lambda name: page.index(f'id="{name}"'))


@pytest.mark.clause("SX-07-e")
@pytest.mark.parametrize(
    ("typed", "place", "code"),
    [
        ({"mode": "query"}, "need", "COMPARE_SUFFICES"),
        ({"mode": "subscribe", "need": "subjects_not_known"}, "need", "COMPARE_SUFFICES"),
        ({"mode": "subscribe", "need": "value_to_be_recorded"}, "need-more", "QUERY_SUFFICES"),
    ],
)
def test_a_missing_reason_is_told_by_the_form_beside_its_own_question_with_all_else(county, typed, place, code):
    status, page = sent(county, {**GOOD, "items": ["street"], **typed})
    assert (status, led_to(page), code in page) == (403, [place], True)
    wrong = re.findall(r'<p class="says" id="(need[^"]*)"', page)
    assert wrong == [f"{place}-wrong"]
    assert re.findall(r'<input[^>]*aria-describedby="(need[^"]*)"', page).count(f"{place}-wrong") >= 2
    assert not Application.objects.exists()
    status, page = sent(county, {**GOOD, "items": ["street"], "matters": "", "until_at": "", **typed})
    assert (status, led_to(page)) == (422, ["matters", place, "until_at"])


def test_a_draft_without_its_reason_is_kept_and_says_that_it_is_missing(county):
    status, _ = sent(county, {**GOOD, "mode": "query", "items": ["street"], "draft": "1"})
    assert status == 302
    found = Application.objects.get()
    page = html.unescape(entered("consumer").get(f"/zh/desk/applications/{found.no}/").content.decode())
    assert f'href="/zh/desk/applications/{found.no}/edit/#need"' in page
    assert "所述需求通过数据比对即可满足，所属街道 不予开通 数据查询 方式。" in page
