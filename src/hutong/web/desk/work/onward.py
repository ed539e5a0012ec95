"""The next case of the list that an officer works through: offered once a step is taken."""

from collections.abc import Sequence

from django.http import QueryDict
from django.utils.translation import gettext

from hutong.control.procedures import queries
from hutong.control.procedures.queries import Waiting
from hutong.web import clock
from hutong.web.desk.rooms import page_of
from hutong.web.desk.work.lists import WAITING
from hutong.web.lists import asking
from hutong.web.lists.listing import Part
from hutong.web.login.request import PageRequest
from hutong.web.wording import procedures

LIST = "list"
"""Where the session keeps what the officer's list was narrowed to when it was last looked at."""
LOOKED_AT = queries.PAGE
"""So many cases from the head of the list are looked at for one that is the officer's."""


def remember(request: PageRequest) -> None:
    """Keep what the officer's own list is narrowed to; the session is written where that changed alone."""
    kept = asking.kept(WAITING, asking.asked(WAITING, request.GET, actor=request.actor, now=clock.now()))
    if request.session.get(LIST, "") != kept:
        request.session[LIST] = kept


def onward(request: PageRequest, *, but: str) -> dict[str, str]:
    """Return the address of the next case of the list and what it is called; of the list, where there is none.

    It is the first that is the officer's to take, other than the case with the number `but`.
    """
    kept = request.session.get(LIST, "")
    asked = asking.asked(WAITING, QueryDict(kept), actor=request.actor, now=clock.now())
    found = WAITING.read(asked, Part(None, LOOKED_AT)).rows
    return {"list": f"?{kept}" if kept else "", **_next(found, but=but, officer=request.actor.officer)}


def _next(found: Sequence[Waiting], *, but: str, officer: str) -> dict[str, str]:
    for each in found:
        if each.case != but and not each.why and each.handler in ("", officer):
            said = gettext("下一件：%(kind)s %(number)s，%(title)s")
            told = {"kind": procedures.title_of(each.lifecycle), "number": each.case, "title": each.title}
            return {"next": page_of(each.lifecycle, each.case), "next_said": said % told}
    return {}
