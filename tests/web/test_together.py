"""Like cases are ticked and decided together (P-4): each by its own step and entry, and never refused so."""

import re

import pytest
from acting import already, entries
from browsing import follow
from desks import entered, words
from stating import AS_SENT

from hutong.control.sharing.models import Application, PurposeFinding

HERE = "/zh/desk/together/"
NEED = {"need": ["value_not_at_hand"]}


def key(no: str, action: str = "endorse") -> str:
    return f"sharing.application|{no}|{action}"


def three_lodged(county) -> None:
    for matter in ("DB-001", "DB-002", "DB-003"):
        county.take(county.draft(matters=[matter]), "lodge", by="consumer")


peopled = already("three lodged", three_lodged)


@pytest.fixture
def like(county):
    """Three applications that differ in the matter alone."""
    return sorted(Application.objects.values_list("no", flat=True))


def states(numbers) -> list[str]:
    return [Application.objects.get(no=no).state for no in numbers]


def test_the_desk_offers_to_tick_what_may_be_decided_together(county, like):
    body = entered("competent").get("/zh/desk/").content.decode()
    assert sorted(re.findall(r'name="case" value="([^"]+)"', body)) == [key(no) for no in like]


def test_the_page_says_what_they_share_and_marks_what_differs_before_anything_is_done(county, like):
    page = words(entered("competent").post(HERE, {"case": [key(no) for no in like]}))
    shared, _, differing = page.partition("各件不同之处")
    assert "核验低保申请人身份" in shared
    assert "《社会救助暂行办法》第十一条" in shared
    assert "姓名" in shared
    assert ("DB-001" in shared, "办理事项" in differing, "临时救助" in differing) == (False, True, True)
    assert states(like) == ["LODGED"] * 3


def test_each_ticked_case_becomes_its_own_step_and_its_own_entry(county, like):
    before = entries(county.url, "sharing.application_moved")
    answer = entered("competent").post(HERE, {"case": [key(no) for no in like[:2]], "confirmed": "1"})
    assert "已办理 2 件，未能办理 0 件" in words(answer)
    assert states(like) == ["DEPARTMENT_ENDORSED", "DEPARTMENT_ENDORSED", "LODGED"]
    assert entries(county.url, "sharing.application_moved") == before + 2


def test_the_result_says_case_by_case_what_was_refused_and_why(county, like):
    county.take(like[1], "return", by="competent", reason="请补正。")
    answer = entered("competent").post(HERE, {"case": [key(no) for no in like], "confirmed": "1"})
    page = words(answer)
    assert "已办理 2 件，未能办理 1 件" in page
    refused = page[page.index(like[1]) : page.index(like[2])]
    assert "没有待办的步骤" in refused
    assert states(like) == ["DEPARTMENT_ENDORSED", "RETURNED", "DEPARTMENT_ENDORSED"]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"purpose": "social-assistance"}, "用途"),
        ({"legal_basis": "《残疾人保障法》"}, "法律依据"),
        ({"items": ["name", "address"]}, "信息项"),
        ({"mode": "query", "items": ["address", "street"], "conditions": ["street"], **NEED}, "怎样使用"),
    ],
)
def test_cases_that_differ_in_what_is_asked_for_cannot_stand_together(county, like, changes, field):
    other = county.draft(**changes)
    county.take(other, "lodge", by="consumer")
    for form in ({}, {"confirmed": "1"}):
        answer = entered("competent").post(HERE, {"case": [key(like[0]), key(other)], **form})
        page = words(answer)
        assert answer.status_code == 409
        assert "不能一并办理" in page
        assert field in page
        assert "CASES_NOT_ALIKE" in page
    assert states([like[0], other]) == ["LODGED", "LODGED"]


@pytest.mark.parametrize("action", ["return", "refuse", "take_back", "stop"])
def test_a_refusal_is_never_taken_for_several_at_once(county, like, action):
    form = {"case": [key(no, action) for no in like], "confirmed": "1", "reason": "不同意。", "basis": "第八条"}
    answer = entered("competent").post(HERE, form)
    assert answer.status_code in (403, 409)
    assert states(like) == ["LODGED"] * 3


def test_who_has_no_seat_there_decides_nothing_and_learns_nothing(county, like):
    for username in ("consumer", "editor", "operator"):
        for form in ({}, {"confirmed": "1"}):
            page = words(entered(username).post(HERE, {"case": [key(no) for no in like], **form}))
            assert "核验低保申请人身份" not in page, username
    assert states(like) == ["LODGED"] * 3


@pytest.mark.full
def test_like_cases_are_ticked_looked_at_and_decided_on_the_pages(county, like, window):
    officer = window().enter("competent")
    page = officer.page
    for no in like[:2]:
        page.check(f'[name=case][value="{key(no)}"]')
    follow(page.get_by_role("button", name="一并办理勾选的事项"))
    assert page.locator("tbody tr").count() == 2
    for width in (390, 1440):
        page.set_viewport_size({"width": width, "height": 900})
        officer.keep(f"together-{width}")
        assert officer.overflow() <= 0
    page.uncheck(f'[name=case][value^="{key(like[1])}|"]')
    follow(page.get_by_role("button", name="同意并提交（勾选的各件）"))
    assert "已办理 1 件，未能办理 0 件" in page.inner_text("main")
    officer.keep("together-done")
    assert states(like) == ["DEPARTMENT_ENDORSED", "LODGED", "LODGED"]


def test_what_was_not_ticked_and_what_is_no_case_is_told(county, like):
    assert "没有勾选任何事项" in words(entered("competent").post(HERE, {}))
    assert "没有勾选任何事项" in words(entered("competent").post(HERE, {"case": ["nonsense"]}))
    entry = "catalog.change|BG1|publish"
    assert "须逐件办理" in words(entered("authority").post(HERE, {"case": [entry]}))


def test_cases_that_differ_are_in_groups_of_their_own_and_cannot_be_ticked_together(county, like):
    other = [county.draft(purpose="social-assistance", matters=[matter]) for matter in ("DB-001", "DB-002")]
    alone = county.draft(mode="query", items=["address", "street"], conditions=["street"], **NEED)
    for no in (*other, alone):
        county.take(no, "lodge", by="consumer")
    body = entered("competent").get("/zh/desk/").content.decode()
    boxes = dict(re.findall(r'name="case" value="([^"]+)" form="([^"]+)"', body))
    groups = {frozenset(key for key, form in boxes.items() if form == group) for group in boxes.values()}
    assert groups == {frozenset(map(key, like)), frozenset(map(key, other))}
    assert sorted(re.findall(r'action="/zh/desk/together/" id="([^"]+)"', body)) == sorted(set(boxes.values()))
    told = words(entered("competent").get("/zh/desk/"))
    assert "一并办理第 1 组勾选的事项：同意并提交（3 件）…" in told
    assert "没有勾选框的，逐件办理" in told


def test_the_ticks_survive_a_refusal_so_that_what_differs_can_be_left_out(county, like):
    other = county.draft(purpose="social-assistance")
    county.take(other, "lodge", by="consumer")
    refused = entered("competent").post(HERE, {"case": [key(like[0]), key(like[1]), key(other)]})
    ticked = re.findall(r'<input type="checkbox" name="case" value="([^"]+)"[^>]*checked', refused.content.decode())
    assert ticked == [key(like[0]), key(like[1]), key(other)]
    assert entered("competent").post(HERE, {"case": ticked[:2]}).status_code == 200


def test_what_was_not_shown_on_the_page_is_shown_and_not_decided(county, like):
    raw = {"case": [key(no) for no in like], "confirmed": "1", AS_SENT: "1"}
    assert "各件不同之处" in words(entered("competent").post(HERE, raw))
    assert states(like) == ["LODGED"] * 3


def test_a_grave_step_for_several_says_what_it_does_for_each_and_asks_once_more(county, like):
    for no in like[:2]:
        county.walk(no, to="PURPOSE_VERIFYING")
    boxes = {"case": [key(no, "file") for no in like[:2]]}
    shown = words(entered("operator").post(HERE, boxes))
    assert shown.count("开通使用权限 1 项") == 2
    found = {"looked_at": "查阅了办理事项清单。", "basis_found": "found"}
    for lacking, code in ((found, "NOT_CONFIRMED"), ({"sure": "on", "basis_found": "found"}, "FIELD_EMPTY")):
        refused = entered("operator").post(HERE, {**boxes, "confirmed": "1", **lacking})
        assert (refused.status_code, code in words(refused)) == (422, True)
        assert refused.content.decode().count("checked") == 2
        assert lacking.get("looked_at", "") in words(refused)
    assert states(like[:2]) == ["PURPOSE_VERIFYING"] * 2
    done = entered("operator").post(HERE, {**boxes, "confirmed": "1", "sure": "on", **found})
    assert "已办理 2 件，未能办理 0 件" in words(done)
    assert states(like[:2]) == ["FILED"] * 2
    assert PurposeFinding.objects.filter(looked_at=found["looked_at"], basis_found=True).count() == 2
