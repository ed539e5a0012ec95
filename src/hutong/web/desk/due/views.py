"""What is due: the list, and what the head of a unit looks at."""

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext

from hutong.control.security import duties
from hutong.control.units import dues
from hutong.control.units.dues import HeadPage
from hutong.web import clock
from hutong.web.desk.due import lists, shown
from hutong.web.lists import counting, pages
from hutong.web.lists.asking import address
from hutong.web.lists.pages import ListShown
from hutong.web.login.entrance import officers
from hutong.web.login.request import PageRequest


@officers
def listed(request: PageRequest) -> HttpResponseBase:
    """Show a page of what is due, the nearest first, or hand out its file."""
    actor = request.actor

    def more(found: ListShown) -> dict[str, object]:
        undated, beside = found.sums.undated, duties.pages(actor)
        told: dict[str, object] = {"undated": counting.told(undated) if undated else ""}
        told["coming"] = shown.coming(beside.coming, now=clock.now()) if beside.coming else None
        return {**told, "heads": beside.unit, "operators": beside.operator}

    return pages.answer(lists.DUE, request, "desk/due/list.html", more=more)


@officers
def unit(request: PageRequest) -> HttpResponse:
    """Show the head of a unit what is late, what the head signs, who has what and what comes this month (P-29)."""
    now = clock.now()
    found, listed_at = dues.of_head(request.actor, now=now), reverse("due")
    page = {
        "figures": _figures(found, listed_at),
        "late": shown.table(
            found.late, seats=found.seats, now=now, caption=gettext("已逾期"), empty=gettext("本单位没有逾期的事项。")
        ),
        "to_sign": shown.table(
            found.to_sign, seats=found.own, now=now, caption=gettext("待我签发"), empty=gettext("没有待您签发的事项。")
        ),
        "month": shown.table(
            found.month, seats=found.seats, now=now, caption=gettext("本月内到期"),
            empty=gettext("本月没有将到期的事项。"),
        ),
        "by_handler": shown.by_handler(found.by_handler, listed=listed_at),
        "more_late": found.counts.late > len(found.late),
        "more_to_sign": found.signing.due > len(found.to_sign),
        "more_month": found.counts.month > len(found.month),
        "all_late": f"{listed_at}?{address({'whose': dues.UNIT, 'when': lists.LATE})}",
        "all_month": f"{listed_at}?{address({'whose': dues.UNIT, 'when': lists.MONTH})}",
        "all_mine": listed_at,
    }  # fmt: skip
    return render(request, "desk/due/unit.html", page)


def _figures(found: HeadPage, listed_at: str) -> list[dict[str, str]]:
    """Return how much there is of each kind, in words, each with the list of it."""
    kinds = (
        (gettext("逾期"), found.counts.late, lists.LATE), (gettext("七日内到期"), found.counts.week, lists.WEEK),
        (gettext("本月内到期"), found.counts.month, lists.MONTH),
        (gettext("待工作日历"), found.counts.undated, lists.UNDATED),
    )  # fmt: skip
    return [
        {
            "said": said, "many": counting.told(many),
            "address": f"{listed_at}?{address({'whose': dues.UNIT, 'when': when})}",
        }
        for said, many, when in kinds
    ]  # fmt: skip
