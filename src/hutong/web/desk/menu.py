"""The menu of the desk: the officer's own work, then every room."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import cast

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext

from hutong.control.procedures import messages
from hutong.control.units import heads, naming, rules
from hutong.control.units.rules import Actor
from hutong.web import clock, once
from hutong.web.desk.rooms import ROOMS
from hutong.web.desk.work import onward
from hutong.web.login.request import PageRequest, known


@dataclass(frozen=True, slots=True)
class MenuItem:
    """One item of the menu: its labels (Chinese), the page it leads to, and who has it in the menu, by which label."""

    title: str
    start: str
    stands: Callable[[Actor], bool] = lambda actor: True
    wider: str = ""
    is_wider: Callable[[Actor], bool] = lambda actor: False

    def called(self, actor: Actor) -> str:
        """Return its label as it stands in the menu of an officer (Chinese)."""
        return self.wider if self.is_wider(actor) else self.title


LINES = (
    MenuItem("待办", "desk"),
    MenuItem("期限", "due"),
    MenuItem("消息", "messages"),
    MenuItem("分办", "giving", heads.is_head),
    MenuItem("无人可办", "deputies", naming.may_name),
    MenuItem("职责单位", "offices", lambda _: True),
    *(MenuItem(room.title, room.start, room.stands, room.wider, room.is_wider) for room in ROOMS),
)


def menu(request: HttpRequest) -> dict[str, object]:
    """Return the items of the menu for the reader, and in words the one the page belongs to; nothing for the public."""
    actor = known(request)
    if actor is None:
        return {}
    lines = [line for line in LINES if line.stands(actor) and rules.works_in(actor, line.start)]
    if actor.examined is not None:  # whose one page it is
        lines = [line for line in lines if line.start == "records"]
    shown = [
        {
            "title": gettext(line.called(actor)), "address": reverse(line.start), "here": _here(request, line),
            "unseen": SimpleLazyObject(partial(_unseen, actor)) if line.start == "messages" else "",
        }
        for line in lines
    ]
    here = next((each["title"] for each in shown if each["here"]), "")
    said = gettext("菜单：%(here)s") % {"here": here} if here else gettext("菜单")
    return {"menu": shown, "menu_said": said, "outcome": _outcome(request)}


def _unseen(actor: Actor) -> str:
    """Return how many messages the officer has not looked at; nothing where there are none. Asked by the menu alone."""
    many = messages.unseen(actor, now=clock.now())
    if not many:
        return ""
    told = f"{messages.COUNTED_UNSEEN - 1}+" if many >= messages.COUNTED_UNSEEN else f"{many}"
    return gettext("%(many)s 条新消息") % {"many": told}


def _outcome(request: HttpRequest) -> dict[str, str] | None:
    """Return what was just done and is told on this page, with the next case where it was a step of one."""
    told = once.taken(request)
    if told is None or not told["case"]:
        return told
    return {**told, **onward.onward(cast(PageRequest, request), but=told["case"])}


def _here(request: HttpRequest, line: MenuItem) -> bool:
    address = reverse(line.start)
    return request.path == address if line.start == "desk" else request.path.startswith(address)
