"""What was done is told once on the page that follows, with what happens next; the next case of the list is offered."""

import re
from pathlib import Path

import pytest
from acting import NOW, UNITS
from desks import entered, hire, words
from django.http import HttpRequest
from stating import state_of

from hutong.control.procedures import handling, queries
from hutong.control.sharing.procedure import APPLICATIONS
from hutong.web import once
from hutong.web.desk import outcome

PAGE = "/zh/desk/applications/{}/"
STATUS = re.compile(r'<div class="notice good" role="status">(.*?)</div>', re.DOTALL)


def lodged(county, **changes) -> str:
    no = county.draft(**changes)
    county.take(no, "lodge", by="consumer", now=changes.get("now", NOW))
    return no


def told(answer) -> str:
    """Return what a page tells of what was just done; empty where it tells nothing."""
    found = STATUS.search(answer.content.decode())
    return re.sub(r"\s+", " ", re.sub("<[^>]+>", " ", found[1])).strip() if found else ""


def endorsed(client, no: str):
    page = PAGE.format(no)
    answer = client.post(page, {"action": "endorse", "at": state_of(page)})
    return client.get(answer["Location"])


def test_after_a_step_the_page_says_once_what_was_done_who_goes_on_and_by_when(county):
    no, client = lodged(county), entered("competent")
    page = endorsed(client, no)
    due = queries.deadlines("sharing.application", [no])[no].day
    said = told(page)
    about = "示范县民政局 → 人口基本信息"
    assert said.startswith(f"已办理“同意并提交”：共享申请 {no}（{about}）。 现在是“县直主管部门已同意”。接下来：")
    assert "办理“受理”，期限" in said
    assert f"{due.year}" in said
    assert told(client.get(PAGE.format(no))) == ""


def test_nothing_is_told_from_an_address(county):
    no, client = lodged(county), entered("competent")
    for asked in ("?done=1", "?done=1&said=%E5%B7%B2%E5%8A%9E", "?outcomes=x"):
        assert told(client.get(PAGE.format(no) + asked)) == ""


def test_it_waits_for_the_page_it_belongs_to_and_no_other_tells_it(county):
    first, second, client = lodged(county), lodged(county), entered("competent")
    page = PAGE.format(first)
    client.post(page, {"action": "endorse", "at": state_of(page)})
    assert told(client.get(PAGE.format(second))) == ""
    assert first in told(client.get(page))


def test_the_next_case_of_the_same_list_is_offered_by_a_link_and_what_is_another_s_is_left_out(county):
    numbers = [lodged(county) for _ in range(3)]
    client = entered("competent")
    page = endorsed(client, numbers[0])
    link = re.search(r'class="next" href="([^"]*)"', page.content.decode())
    assert link is not None
    assert link[1] == PAGE.format(numbers[1])
    assert "轮到您办理" in words(client.get(link[1]))


def test_the_list_that_was_narrowed_stays_narrowed(county):
    numbers = [lodged(county) for _ in range(2)]
    client = entered("competent")
    client.get(f"/zh/desk/?q={numbers[0]}")
    said = endorsed(client, numbers[0]).content.decode()
    assert 'class="next"' not in said
    assert f'href="/zh/desk/?q={numbers[0]}"' in said
    client.get("/zh/desk/")
    third = lodged(county)
    assert PAGE.format(third) in endorsed(client, numbers[1]).content.decode()


def test_of_a_second_click_the_page_says_what_the_first_did(county):
    no, client = lodged(county), entered("competent")
    page = PAGE.format(no)
    form = {"action": "endorse", "at": state_of(page)}
    client.post(page, form)
    assert "没有重复办理" in words(client.get(client.post(page, form)["Location"]))


def test_ticked_cases_end_with_a_status_and_the_next_case(county):
    numbers = [lodged(county) for _ in range(3)]
    client = entered("competent")
    keys = [f"sharing.application|{no}|endorse" for no in numbers[:2]]
    shown = client.post("/zh/desk/together/", {"case": keys}).content.decode()
    boxes = re.findall(r'name="case" value="([^"]+)"', shown)
    done = client.post("/zh/desk/together/", {"case": boxes, "confirmed": "yes"}).content.decode()
    assert "已办理 2 件，未能办理 0 件" in done
    assert f'class="next" href="{PAGE.format(numbers[2])}"' in done


@pytest.mark.parametrize("many", [1, once.MOST + 3])
def test_what_nobody_came_to_read_is_kept_up_to_a_bound(many):
    request = HttpRequest()
    request.session = {}
    for each in range(many):
        outcome.led(request, f"/zh/desk/{each}/?done=1", said="x")
    assert len(request.session[once.KEPT]) == min(many, once.MOST)


def test_a_grant_that_is_suspended_says_so_and_what_follows(county):
    county.walk(county.draft(), to="FILED")
    client, here = entered("operator"), "/zh/desk/grants/"
    number = re.findall(r"grants/([^/]+)/suspend/", client.get(here).content.decode())[0]
    form = {"whom": f"grant {number}", "clause": "SX-16-(三)", "reason": "未整改"}
    page = f"/zh/desk/grants/{number}/suspend/"
    sent = dict(re.findall(r'name="(at)" value="([^"]*)"', client.get(page).content.decode()))
    led = client.post(page, form | sent)["Location"]
    said = told(client.get(led))
    assert said.startswith(f"已办理“停止服务”：授权 {number}（")
    assert f"授权 {number} 现在不予答复：这一项授权自" in said
    assert told(client.get(led)) == ""


def test_an_officer_who_is_renamed_and_what_is_written_down_are_told(county):
    hire(county, "accounts", "管理员", unit=UNITS[0], roles=("system_admin",))
    client, here = entered("accounts"), "/zh/desk/officers/of/editor/"
    sent = dict(re.findall(r'name="(at)" value="([^"]*)"', client.get(here).content.decode()))
    client.post(here, {"act": "rename", "name": "赵大磊", "reason": "更名"} | sent)
    assert told(client.get(here)) == "已办理“变更姓名”：赵大磊（editor）。"
    editor = entered("editor")
    entry = editor.get(f"/zh/desk/entries/{county.code}/").content.decode()
    sent = dict(re.findall(r'name="(at)" value="([^"]*)"', entry))
    begun = editor.post(f"/zh/desk/entries/begin/{county.code}/", sent)["Location"]
    assert f"已开始变更目录“人口基本信息”（{county.code}），变更编号 " in told(editor.get(begun))


SOURCE = Path(outcome.__file__).parent
ELSEWHERE = {
    "acts.py": 2,  # a grave step that is asked once more; a second click, of which the page says what the first did
    "deliveries/views.py": 2,  # what was read of a file is shown first; a second click
    "examining.py": 2,  # from the desk, which is no examiner's, to the log
    "grants/step.py": 2,  # a second click; a step that is not open any more
    "grants/views.py": 1,  # a step is asked on its own page
    "limits/views.py": 1,  # a second click
    "officers/views.py": 1,  # a second click
    "registration/rules_pages.py": 1,  # on to where whoever accepts was going
    "registration/views.py": 1,  # a number is seen once it is asked for, and lies at no address
    "retention/holds.py": 1,  # a second click
    "retention/purges.py": 1,  # a second click
    "signon/bindings.py": 1,  # a second click
    "signon/services.py": 1,  # a second click
    "work/deputies.py": 1,  # a second click
    "work/offices.py": 1,  # a second click
    "work/once_more.py": 1,  # a step that is not open any more
    "work/together.py": 1,  # nothing was ticked
}
"""File of the desk → the places where it leads on without having done anything, or tells it otherwise."""


def test_every_form_that_acts_leads_on_with_what_was_done():
    made = re.compile(r"(?<![\w.])(?:redirect|HttpResponseRedirect)\(")
    found = {
        file.relative_to(SOURCE).as_posix(): len(made.findall(file.read_text(encoding="utf-8")))
        for file in SOURCE.rglob("*.py")
    }
    assert {name: many for name, many in found.items() if many} == ELSEWHERE


@pytest.mark.parametrize(
    ("by", "act", "said"),
    [
        ("consumer", "urge", "办理人的待办上已标明“已催办”"),
        ("authority", "supervise", "办理人的待办上已标明“已催办”"),
    ],
)
def test_what_is_said_to_somebody_says_what_comes_of_it_and_then_whose_turn_it_is(county, by, act, said):
    no = lodged(county)
    page, client = PAGE.format(no), entered(by)
    sent = {"act": act, "words": "请尽快办理", "unit": county.police, "at": state_of(page)}
    found = told(client.get(client.post(page, sent)["Location"]))
    assert said in found
    assert "在“消息”中告知您" in found
    assert found.index(said) < found.index("接下来：")


def test_an_answer_says_to_whom_it_goes_and_a_step_after_that_says_nothing_of_it(county):
    no = lodged(county)
    given = {"actor": county.actor("competent"), "now": NOW}
    number = handling.consult(APPLICATIONS, no, unit=county.police, words="是否可行", **given)
    page, client = PAGE.format(no), entered("approver")
    sent = {"act": "answer", "about": number, "words": "可行", "at": state_of(page)}
    assert "已答复 孙丽，会在其“消息”中告知。" in told(client.get(client.post(page, sent)["Location"]))
    assert "已答复" not in told(endorsed(entered("competent"), no))
