"""The desk: what waits for this officer, by when, and why."""

from collections.abc import Iterator
from datetime import date
from functools import partial

from django.conf import settings
from django.http.response import HttpResponseBase
from django.utils.translation import gettext

from hutong.control.catalog.deliveries import WaitingDelivery
from hutong.control.procedures import models
from hutong.control.procedures.message_names import Named
from hutong.control.sharing import home as beside
from hutong.control.sharing.home import HomePage
from hutong.control.units import queries as members
from hutong.control.units import rules
from hutong.control.units.rules import Actor
from hutong.installation.protection import WARNINGS
from hutong.web import clock
from hutong.web.desk.application import lists as applications
from hutong.web.desk.deliveries import lists as deliveries
from hutong.web.desk.rooms import page_of
from hutong.web.desk.statistics.shown import by_month
from hutong.web.desk.work import cards, machine, onward, waiting
from hutong.web.desk.work.consultation_lists import CONSULTATIONS
from hutong.web.desk.work.lists import WAITING
from hutong.web.lists import counting, pages
from hutong.web.lists.pages import ListShown
from hutong.web.login.entrance import officers
from hutong.web.login.request import PageRequest
from hutong.web.wording import procedures, telling
from hutong.web.wording.filters import day
from hutong.web.wording.names import named
from hutong.web.wording.telling import ProblemShown

ASKED = 5
"""How many of the newest consultations stand there, too."""
OWN = 10
"""How many of the unit's newest applications stand below what waits."""


@officers
def home(request: PageRequest) -> HttpResponseBase:
    """Show a page of what waits, late first, or hand out its file; and the consultations that wait for the unit."""
    actor, now = request.actor, clock.now()
    onward.remember(request)

    def more(shown: ListShown) -> dict[str, object]:
        found = waiting.in_groups(waiting.rows(shown.rows, seats=actor.seats, now=now, reader=actor.officer))
        unprotected = [WARNINGS[code]() for code in settings.UNPROTECTED]
        look = partial(machine.look, actor=actor)
        page = beside.page(actor, now=now, consultations=ASKED, own=OWN, unprotected=unprotected, look=look)
        return {
            "roles": _roles(actor),
            "cards": cards.cards(found.rows),
            "groups": cards.groups(found.rows),
            "why_not": found.why_not,
            "late": counting.told(shown.sums.late) if shown.sums.late else "",
            "suspended": counting.told(page.suspended) if page.suspended else "",
            "revoked": page.revoked,
            "unmoved": _unmoved(page.unmoved, page.first_end),
            "asked": counting.told(page.asked) if page.asked else "",
            "deliveries": [_delivery(each) for each in page.waiting_deliveries],
            "consultations": [_consultation(row, titles=page.titles) for row in page.consultations],
            "mine": applications.table(page.own, now=now),
            "notices": [
                *(telling.said(problem) for problem in page.log), *_machine(page),
                *(telling.said(problem) for problem in page.papers),
            ],
            "uses": by_month(page.months),
        }

    return pages.answer(WAITING, request, "desk/home.html", more=more)


@officers
def consultations(request: PageRequest) -> HttpResponseBase:
    """Show a page of the consultations that wait for the unit, or hand out their file."""
    return pages.answer(CONSULTATIONS, request, "desk/consultations.html")


def _machine(page: HomePage) -> Iterator[ProblemShown]:
    """Yield what is wanting of the machine: who mends it reads how, who does not whom to tell."""
    tell = gettext("由平台运维单位处理，您不必操作；请告知该单位。")
    if page.operator:
        tell = gettext("由平台运维单位（%(unit)s）处理，您不必操作；请告知该单位。") % {"unit": page.operator}
    for problem in page.machine:
        said = telling.said(problem)
        if not page.mends:
            said["advice"] = tell
        yield said


def _unmoved(count: int, first: date | None) -> str:
    """Return how many grants are still on a former version, and until when; nothing where no notice was given."""
    if first is None:
        return ""
    words = gettext("有 %(count)s 项使用权限仍由旧版本答复，最早一项答复至 %(day)s；请使用单位改用新版本")
    if first < clock.today():
        words = gettext(
            "有 %(count)s 项使用权限还没有改用新版本，其中最早的最后答复日 %(day)s 已过，不再答复；请使用单位改用新版本"
        )
    return words % {"count": count, "day": day(first)}


def _roles(actor: Actor) -> list[str]:
    """Return what the officer is, and what the officer fills in as, by name."""
    own = [named(role, "role") for role in sorted(actor.roles, key=list(rules.ROLES).index)]
    units = members.names() if actor.deputises else {}
    seats = [(units.get(seat.unit), named(seat.role, "role")) for seat in sorted(actor.deputises)]
    filled = [f"{unit} · {role}" if unit else role for unit, role in seats]
    return [*own, *(gettext("%(role)s（代理）") % {"role": each} for each in filled)]


def _delivery(each: WaitingDelivery) -> dict[str, object]:
    """Return a delivery that waits for the officer's word: which it is, by whom, which file, and why it waits."""
    return {"delivery": each.delivery, "by_name": each.by_name, "why": deliveries.reason(each.delivery).get("message")}


def _consultation(row: models.Handling, *, titles: Named) -> dict[str, object]:
    return {
        "address": page_of(row.lifecycle, row.case),
        "kind": procedures.title_of(row.lifecycle),
        "number": row.case,
        "title": titles.get((row.lifecycle, row.case), ""),
        "words": row.words,
        "by_name": row.by_name,
        "by_unit_name": row.by_unit_name,
        "at": row.at,
    }
