"""What was found of a purpose: asked on the page that files, shown on the case, and in the register with its file."""

import re
from datetime import timedelta

import pytest
from acting import NOW
from desks import entered, handed_out, seen, words
from stating import AS_SENT, state_of

from hutong.control.sharing.models import Application
from hutong.core import beijing
from hutong.web import clock

READ = "查阅了《社会救助暂行办法》第十一条。"
REGISTER = "/zh/desk/applications/filings/"


@pytest.fixture
def verifying(county):
    """An application whose purpose is being verified, its page, and that on which it is filed."""
    no = county.draft(purpose="social-assistance", from_at=NOW, until_at=NOW.replace(year=2027))
    county.walk(no, to="PURPOSE_VERIFYING")
    return no, f"/zh/desk/applications/{no}/", f"/zh/desk/cases/sharing.application/{no}/steps/file/"


def filed(address: str, page: str, **said: str):
    return entered("operator").post(address, {"action": "file", "at": state_of(page), **said, AS_SENT: "1"})


@pytest.mark.clause("SX-08-f")
def test_the_page_that_files_asks_what_was_found_and_tells_all_that_lacks_beside_its_field(verifying):
    no, page, address = verifying
    asked = words(entered("operator").get(address))
    assert all(words in asked for words in ("核实了什么", "是否查到用途的依据", "核实意见", "开通使用权限 1 项"))
    assert "我已看过办理后的结果" not in asked
    refused = filed(address, page, looked_at="", basis_found="")
    body = refused.content.decode()
    assert (refused.status_code, "有 2 处需要更正" in body) == (422, True)
    assert [f'href="#file-{name}"' in body for name in ("looked_at", "basis_found")] == [True, True]
    kept = filed(address, page, looked_at=READ, basis_found="not_found", conclusion="清单没有列。")
    assert (kept.status_code, "BASIS_NOT_FOUND" in words(kept)) == (409, True)
    assert (READ in words(kept), "清单没有列。" in words(kept)) == (True, True)
    assert filed(address, page).status_code == 422  # nothing was answered
    assert Application.objects.get(no=no).state == "PURPOSE_VERIFYING"
    assert filed(address, page, looked_at=READ, basis_found="found", conclusion="同意。").status_code == 302
    assert Application.objects.get(no=no).state == "FILED"


@pytest.mark.clause("SX-08-d")
@pytest.mark.parametrize(("days", "first"), [(-40, 0), (0, 0), (9, 9)], ids=["over", "today", "later"])
def test_the_page_that_files_tells_from_which_day_the_grant_is_good(county, days, first):
    today = clock.now()
    until = today + timedelta(days=400)
    no = county.draft(purpose="social-assistance", from_at=today + timedelta(days=days), until_at=until)
    county.walk(no, to="PURPOSE_VERIFYING")
    told = words(entered("operator").get(f"/zh/desk/cases/sharing.application/{no}/steps/file/"))
    assert f"自 {beijing.day(today + timedelta(days=first))} 起，{beijing.day(until)} 前有效" in told


@pytest.mark.clause("SX-08-f")
def test_every_party_reads_on_the_case_what_was_found_by_whom_and_when(verifying):
    _, page, address = verifying
    filed(address, page, looked_at=READ, basis_found="found", conclusion="同意备案。")
    for who in ("operator", "consumer", "approver", "authority"):
        told = seen(who, page).partition("办理经过")[0].rpartition("用途核实 ")[2]
        assert re.match(r"[\d-]{10} \d\d:\d\d 完成备案，开通权限 查到依据 李强 · 示范县信息中心", told), told[:200]
        assert (f"核实了什么 {READ}" in told, "核实意见 同意备案。" in told) == (True, True)


@pytest.mark.clause("SX-08-f")
def test_what_is_filed_has_its_number_in_the_register_which_is_narrowed_and_handed_out(county, verifying):
    no, page, address = verifying
    filed(address, page, looked_at=READ, basis_found="found", conclusion="同意备案。")
    other = county.draft()
    county.walk(other, to="FILED")
    assert "备案台账" in seen("operator", "/zh/desk/applications/")
    assert f"{REGISTER}?q=BA2026-000001" in entered("operator").get(page).content.decode()
    whole = seen("operator", REGISTER)
    assert whole.index("BA2026-000002") < whole.index("BA2026-000001")
    for narrowed, found in (
        ("?q=BA2026-000001", [no]), (f"?q={other}", [other]), ("?q=人口", [no, other]), ("?q=没有", []),
        ("?mode=query", []), ("?mode=compare", [no, other]), ("?until=2020-01-01", []),
        ("?from=2020-01-01", [no, other]),
    ):
        page_told = seen("operator", REGISTER + narrowed)
        assert [each for each in (no, other) if each in page_told] == found, narrowed
    (rows,) = (sheet for sheet in handed_out("operator", REGISTER).values() if "备案号" in sheet[0])
    heads, last, first = rows
    told = dict(zip(heads, first, strict=True))
    columns = ("备案号", "编号", "核实了什么", "是否查到用途的依据", "核实意见", "核实人")
    assert [told[column] for column in columns] == ["BA2026-000001", no, READ, "查到依据", "同意备案。", "李强"]
    assert dict(zip(heads, last, strict=True))["编号"] == other


def test_each_unit_reads_of_the_register_what_it_is_a_party_of(verifying):
    no, page, address = verifying
    filed(address, page, looked_at=READ, basis_found="found")
    assert [no in seen(who, REGISTER) for who in ("consumer", "approver", "competent", "authority")] == [True] * 4
