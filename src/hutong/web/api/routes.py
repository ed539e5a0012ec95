"""Every address of the API: one table, from which the addresses and their description are made."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from hutong.web.api import cases, schemas
from hutong.web.api.door import View


@dataclass(frozen=True, slots=True)
class Route:
    """An address and a method: what answers, what it is called, and what is sent and answered there."""

    method: str
    path: str
    view: View
    operation: str
    """What generated clients call it."""
    summary: str
    """In Chinese and English."""
    query: Mapping[str, str] = field(default_factory=dict)
    """Parameter of the address → what it says."""
    body: Mapping[str, Any] | None = None
    """The JSON Schema of what is sent; None where nothing is."""
    answer: Mapping[str, Any] = field(default_factory=dict)
    """The JSON Schema of what is answered."""


ROUTES = (
    Route(
        "GET", "turns", cases.turns, "turns", "待我办理的事项，逐页 / what waits for the officer, a page at a time",
        query={
            "after": "上一页所给的 next / what `next` of the page before said",
            "lifecycle": "只看一类事项 / one kind of case alone",
            "late": "填写即只看逾期 / what is late alone, where it says anything",
            "q": "关键词 / words of number or title",
        },
        answer=schemas.TURNS,
    ),
    Route(
        "POST", "cases/{lifecycle}/{number}/acts", cases.act, "act",
        "办理一步，或者领办、分办、催办、会签 / take a step, or what else may be done with a case",
        body=schemas.ACT, answer=schemas.DONE,
    ),
    Route(
        "GET", "cases/{lifecycle}/{number}", cases.case, "case",
        "一件事项：状态、待办、可办步骤、办理经过 / one case: its state, turns, open steps and history",
        answer=schemas.CASE,
    ),
    Route(
        "PUT", "cases/{lifecycle}/{number}", cases.amended, "amend",
        "修改草稿或者退回补正的事项 / change what a draft, or a case that was sent back, says",
        body=schemas.saying(), answer=schemas.DONE,
    ),
    Route(
        "GET", "cases/{lifecycle}", cases.listed, "cases",
        "一类事项的清单，逐页；筛选与工作台的清单相同 / the cases of one kind, narrowed as the list of the desk is",
        query={
            "after": "上一页所给的 next / what `next` of the page before said",
            "order": "排序，例如 newest / the order",
            "q": "关键词 / words", "state": "进度 / the state",
        },
        answer=schemas.LIST,
    ),
    Route(
        "POST", "cases/{lifecycle}", cases.made, "make",
        "起草申请、目录、登记、通知、预案、演练 / make a case, as its form on the desk does",
        body=schemas.saying(), answer=schemas.CASE,
    ),
)  # fmt: skip
"""In the order in which addresses are looked up: a longer one before that which it begins with."""
