"""A registration on pages: applied for, returned, supplied, approved, locked, unlocked, cancelled; lists and file."""

import re
from contextlib import nullcontext
from datetime import date

import pytest
from acting import NOW
from desks import at, entered, handed_out, seen, words
from registering import FACTS, administrator, applied, attach, registered, take
from stating import state_of

from hutong.control.registration.models import Registration
from hutong.plane.registers import ProtectionExpired

HOME = "/zh/desk/registrations/"
LISTED = [f"DJ20260302-{number:04}" for number in (4, 3, 2, 1)]
"""What the county began with and the department of the bureau, the newest first."""


@pytest.fixture
def bureau(county):
    """The county whose civil affairs bureau has its administrator."""
    administrator(county)
    return county


def form(kind: str, **changes: object) -> dict[str, str]:
    """Return the form of a kind as it is filled in."""
    return {name: str(value) for name, value in {**FACTS[kind], **changes}.items()}


def step(page: str, by: str, action: str, **grounds: str) -> str:
    """Post a step on the page of a case and return what is read there afterwards."""
    answer = entered(by).post(page, {"act": "step", "action": action, **grounds}, follow=True)
    assert answer.status_code == 200, words(answer)
    return words(answer)


@pytest.mark.clause("SX-10-d", "PS-09-2")
def test_a_system_goes_its_way_on_pages_from_its_application_to_its_cancelling(bureau):
    unit = entered("unit_admin")
    refused = unit.post(f"{HOME}new/system/", form("system", public_key="AAAA"))
    assert refused.status_code == 422 and "这不是公钥" in words(refused)
    assert 'value="relief-2"' in refused.content.decode()
    page = unit.post(f"{HOME}new/system/", form("system")).headers["Location"].partition("?")[0]
    told = words(unit.get(page))
    assert "使用规则（第 1 版）" in told and "不将申请的共享信息挪作他用" in told
    assert "还没有上传等级保护备案证明或者测评报告" in told
    lacks = unit.post(page, {"act": "step", "action": "accept_rules", "at": state_of(page)})
    assert (lacks.status_code, "PROTECTION_PAPERS_MISSING" in words(lacks)) == (422, True)
    assert "没有等级保护备案证明" in seen("operator", page)
    attach(bureau, page.strip("/").rpartition("/")[2])
    assert "等级保护备案证明或者测评报告（PDF" not in words(unit.get(page)) + seen("operator", page)
    assert "待核验" in step(page, "unit_admin", "accept_rules")
    assert "缺少测评报告" in step(page, "operator", "return", reason="缺少测评报告")
    changed = unit.post(f"{page}edit/", form("system", mlps_level=3), follow=True)
    assert "3 级" in words(changed)
    step(page, "unit_admin", "accept_rules")
    step(page, "operator", "check")
    assert registered(bureau) == []
    assert "已登记，可以使用" in step(page, "operator", "approve")
    states = [(registered(bureau)[0][3])]
    for by, action in (("operator", "lock"), ("operator", "unlock"), ("unit_admin", "cancel")):
        step(page, by, action, reason="核查")
        states.append(registered(bureau)[0][3])
    assert states == ["active", "stopped", "active", "stopped"]
    assert "已注销" in seen("operator", page)


@pytest.mark.clause("SX-09")
def test_a_form_offers_the_levels_that_are_enough_and_the_one_that_was_kept(bureau):
    unit = entered("unit_admin")

    def offered(path: str) -> list[str]:
        body = unit.get(path).content.decode().partition('name="mlps_level"')[2].partition("</select>")[0]
        return re.findall(r'value="(\d)"', body)

    assert offered(f"{HOME}new/system/") == ["2", "3", "4", "5"]
    page = unit.post(f"{HOME}new/system/", form("system", mlps_level=1)).headers["Location"].partition("?")[0]
    assert offered(f"{page}edit/") == ["1", "2", "3", "4", "5"]


def test_the_list_is_narrowed_and_handed_out_and_read_by_its_unit_and_the_operator(bureau):
    system, user = applied(bureau, "system"), applied(bureau, "user")
    take(bureau, user, "accept_rules", by="unit_admin")
    rows = {
        (by, asked): re.findall(r"DJ\d{8}-\d{4}", seen(by, f"{HOME}{asked}"))
        for by in ("unit_admin", "operator", "editor")
        for asked in ("", "?kind=user&state=ACTIVE&q=周", "?state=APPLIED", "?q=relief")
    }
    assert rows["operator", ""] == rows["unit_admin", ""] == [user, system, *LISTED]
    assert [rows["operator", asked] for asked in ("?kind=user&state=ACTIVE&q=周", "?state=APPLIED", "?q=relief")] == [
        [user], [system], [system],
    ]  # fmt: skip
    assert [found for (by, _), found in rows.items() if by == "editor"] == [[]] * 4
    _, line = handed_out("operator", f"{HOME}?kind=user&q=zhou")["登记"]
    assert line[:4] == (user, "使用人员", "zhou", "周敏")


def test_forms_are_for_the_administrator_of_the_unit_and_pages_for_its_readers(bureau):
    no = applied(bureau, "device")
    statuses = {
        (by, path): entered(by).get(f"{HOME}{path}").status_code
        for by in ("unit_admin", "editor")
        for path in (f"{no}/", f"{no}/edit/", "new/device/", "new/printer/")
    }
    assert list(statuses.values()) == [200, 200, 200, 404, 404, 404, 200, 404]
    assert "单位管理员" in seen("editor", f"{HOME}new/device/")
    assert entered("consumer").post(f"{HOME}new/device/", form("device", code="pc-9")).status_code == 403
    answer = entered("unit_admin").post(f"{HOME}{no}/edit/", form("device", address="10.0.0.9"))
    assert answer.status_code == 302
    assert Registration.objects.get(no=no).address == "10.0.0.9"
    assert "Network address" in seen("unit_admin", f"/en/desk/registrations/{no}/")


@pytest.mark.clause("SX-09")
@pytest.mark.parametrize(("ended", "told"), [(date(2026, 3, 1), True), (date(2026, 3, 2), False)])
def test_a_certificate_that_is_over_is_told_to_who_applies_and_who_approves(bureau, ended, told):
    over = "已经到期，不能批准登记或者继续使用。"
    no = applied(bureau, "system", mlps_until=ended)
    page = f"{HOME}{no}/"
    with at(NOW):
        assert (over in seen("unit_admin", page), f"{ended}" in seen("unit_admin", page)) == (told, True)
        take(bureau, no, "accept_rules", by="unit_admin")
        take(bureau, no, "check")
        assert (over in seen("operator", page)) == told
        assert ("nothing can be approved" in seen("operator", page.replace("/zh/", "/en/"))) == told
    with pytest.raises(ProtectionExpired) if told else nullcontext():
        take(bureau, no, "approve")
    assert (registered(bureau) == []) == told
