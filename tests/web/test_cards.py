"""The cards of what waits: a deadline is told as it stands, and what nobody has to know is left out."""

import html
import re

import acting
import pytest
from acting import NOW
from django.template.loader import render_to_string
from django.utils import translation

from hutong.web.desk.work import cards
from hutong.web.desk.work.waiting import WaitingCase
from hutong.web.wording.deadlines import DeadlineShown
from hutong.web.wording.procedures import StateShown

assert acting  # it sets Django up
DAY = {"day": "2026-03-09", "late": False, "waits": False, "paused": False, "amount": "5 个工作日", "how": "自申请起"}
ROW = {
    "key": "sharing.application|GX1|endorse", "number": "GX1", "kind": "共享申请", "title": "<民政局>",
    "address": "/GX1/", "state": StateShown("LODGED", "待审核", "warn"), "label": "同意并提交", "role": "审核人",
    "unit": "社会事业局", "clause": "SX-08-a", "stage": "", "why": "", "mine": True, "deadline": None, "no_limit": "",
    "handler": "", "urged_at": None, "together": False,
}  # fmt: skip


def page(*, ticks: bool = False, **changes) -> str:
    with translation.override("zh"):
        made = cards.cards([WaitingCase(**{**ROW, **changes})])
        return render_to_string("parts/tasks.html", {"cards": made, "ticks": ticks})


def read(part: str) -> str:
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", part))).strip()


@pytest.mark.parametrize(
    ("deadline", "no_limit", "told", "how"),
    [
        (DAY, "", "2026-03-09（5 个工作日）", "自申请起"),
        (DAY | {"late": True}, "", "2026-03-09（5 个工作日） 已逾期", "自申请起"),
        (DAY | {"day": "", "waits": True}, "", "期限待算", "自申请起"),
        (DAY | {"day": "", "paused": True}, "", "期限中止计算", "自申请起"),
        (None, "由主管部门决定。", "未规定期限", "由主管部门决定。"),
        (None, "", "—", ""),
    ],
)
def test_a_deadline_is_told_as_it_stands(deadline, no_limit, told, how):
    shown = page(deadline=DeadlineShown(**deadline) if deadline else None, no_limit=no_limit)
    said, _, rest = re.search(r"<details>(.*)</details>", shown, re.S)[1].partition("</summary>")

    assert read(said).replace("： ", "：") == f"办理期限：{told}"
    assert read(rest) == how
    assert ('class="late"' in shown) == ("已逾期" in told)


def test_what_there_is_to_say_of_a_case_is_said_and_nothing_else():
    bare, full = page(), page(stage="审核", urged_at=NOW, handler="孙丽")

    for words in ("待审核", "已催办", "由 孙丽 办理中"):
        assert words in read(full)
    assert read(bare).startswith("共享申请：<民政局> 待审核 GX1 为什么由您办理：审核人，依据《公共信息平台管理")
    assert ("已催办" in bare, "办理中" in bare, "<民政局>" in bare) == (False, False, False)


def test_what_is_anothers_step_says_whose_and_why_and_can_only_be_looked_at():
    shown = page(why="该处没有在岗人员")

    told = "“同意并提交”应由 社会事业局 · 审核人 办理；该处没有在岗人员，转到电子政务主管部门处置。"
    assert read(re.search(r'<p class="late">(.*?)</p>', shown, re.S)[1]) == told
    assert '<a class="button plain" href="/GX1/">查看</a>' in shown
    assert '<a class="button" href="/GX1/">同意并提交</a>' in page()


def test_a_box_stands_where_cases_can_be_ticked_and_this_one_too():
    assert "<input" not in page(together=True)
    assert "<input" not in page(ticks=True)
    assert "<input" not in page(ticks=True, together=True)
    box = re.search(r"<input[^>]+>", page(ticks=True, together=True, group=1))
    assert box and 'value="sharing.application|GX1|endorse" form="group-1"' in box[0] and "勾选 GX1" in box[0]
