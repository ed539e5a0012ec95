"""Days at their bounds, as an applicant types them: a day alone, the day before and after, leap days, far years."""

import html
from datetime import timedelta

import pytest
from acting import NOW
from desks import at, entered, hire

from hutong.control.sharing.models import Application
from hutong.core import beijing, defaults

TODAY = beijing.day(NOW)
SAID = {
    "mode": "compare", "items": ["name"], "purpose": "social-assistance", "legal_basis": "办法第八条",
    "matters": "DB-002 DB-003", "system": "civil-app", "users": ["zhang"], "devices": ["pc-1"], "quota": "100",
    "guesses": "5",
}  # fmt: skip
MOST = defaults.number("sharing.most_days")
OVER, BACKWARDS, FAR = "已经届满", "不晚于首日", "不在 2000 年至 2199 年之间"
UNREADABLE, WIDE = "填写的内容无法识别", f"最多可批准 {MOST}"


@pytest.fixture(autouse=True)
def march():
    with at(NOW):
        yield


def sent(county, **changes) -> tuple[int, str]:
    answer = entered("consumer").post(f"/zh/desk/applications/new/{county.code}/", {**SAID, **changes})
    return answer.status_code, html.unescape(answer.content.decode())


@pytest.mark.parametrize(
    ("from_at", "until_at"),
    [
        ("2026-03-02", "2026-03-03"), ("2026-03-01", "2026-03-03"), ("2028-02-29", "2028-03-01"),
        ("2028-02-28", "2028-02-29"), ("２０２６年３月２日", "\u300020260303 "), ("2026.3.2", "2026/3/3"),
        ("2026-03-02", f"{TODAY + timedelta(days=MOST)}"),
    ],
)
def test_a_period_that_has_a_day_to_come_is_taken(county, from_at, until_at):
    assert sent(county, from_at=from_at, until_at=until_at)[0] == 302
    made = Application.objects.get()
    assert (made.unfinished, made.from_at < made.until_at) == (None, True)


@pytest.mark.parametrize(
    ("from_at", "until_at", "told"),
    [
        ("2026-03-02", "2026-03-02", [BACKWARDS]),
        ("2026-03-03", "2026-03-02", [BACKWARDS]),
        ("2026-03-01", "2026-03-02", [OVER]),
        ("2024-02-29", "2025-02-28", [OVER]),
        ("2027-02-29", "2100-02-29", [UNREADABLE, UNREADABLE]),
        ("0001-01-01", "9999-12-31", [FAR, FAR]),
        ("1999-12-31", "2200-01-01", [FAR, FAR]),
        ("2026-03-02", f"{TODAY + timedelta(days=MOST + 1)}", [WIDE]),
        ("02/03/2026", "", [UNREADABLE, "没有填写“结束日期”"]),
    ],
)
def test_a_period_that_is_none_or_over_is_told_beside_its_days(county, from_at, until_at, told):
    status, page = sent(county, from_at=from_at, until_at=until_at)
    summary = page.partition('id="faults"')[2].partition("</div>")[0]
    assert (status, f"有 {len(told)} 处需要更正" in page) == (422, True)
    for words in set(told):
        assert summary.count(words) == told.count(words)
    assert ('href="#until_at"' in summary or 'href="#from_at"' in summary) and not Application.objects.exists()


@pytest.mark.parametrize(
    ("changes", "double"),
    [
        ({}, True),
        ({"matters": "DB-003 DB-002"}, True),
        ({"matters": "DB-003、DB-002，DB-003"}, True),
        ({"from_at": "2026-06-01", "until_at": "2026-12-01"}, True),  # inside
        ({"from_at": "2027-03-01", "until_at": "2027-06-01"}, True),  # the last day of the first
        ({"from_at": "2027-03-02", "until_at": "2027-06-01"}, False),  # the day after it
        ({"matters": "DB-002"}, False),
        ({"items": ["name", "resident_number"]}, False),
        ({"legal_basis": "别的依据", "quota": "1"}, True),  # asks for the very same
    ],
)
def test_what_was_applied_for_already_is_told_with_its_number_and_can_be_sent_on_purpose(county, changes, double):
    days = {"from_at": "2026-03-02", "until_at": "2027-03-02"}
    assert sent(county, **days)[0] == 302
    first = Application.objects.get().no
    status, page = sent(county, **{**days, **changes})
    assert (status, first in page) == ((409, True) if double else (302, False))
    if double:
        assert 'name="twice"' in page
        assert sent(county, **{**days, **changes}, twice="on")[0] == 302
        assert Application.objects.count() == 2


def test_a_new_form_chooses_nothing_but_the_only_system_user_and_device(county):
    page = entered("consumer").get(f"/zh/desk/applications/new/{county.code}/").content.decode()
    ticked = [part.partition(">")[0] for part in page.split("<input")[1:] if "checked" in part.partition(">")[0]]
    assert sorted(part.partition('value="')[2].partition('"')[0] for part in ticked) == ["compare", "pc-1", "zhang"]
    assert page.count(" selected") == 1
    assert '<option value="civil-app" selected>' in page


@pytest.mark.parametrize("typed", ["2027-02-29", "0001-01-01", "9999-12-31", "03/02/2026", "soon", "2026-13-01"])
def test_a_day_above_a_list_that_is_none_narrows_nothing_and_is_told_beside_its_field(county, typed):
    hire(county, "auditor", "吴芳", unit=county.police, roles=("auditor",))
    client = entered("auditor")
    page = html.unescape(client.get("/zh/desk/records/", {"from": typed, "until": "２０２６年3月2日"}).content.decode())
    assert page.count("无法识别这个日期，没有按它筛选。") == 1
    assert (f'value="{typed}"' in page, 'value="2026-03-02"' in page, 'id="list-from-wrong"' in page) == (
        True, True, True,
    )  # fmt: skip
    assert "无法识别这个日期" not in client.get("/zh/desk/records/", {"until": "20260302"}).content.decode()
