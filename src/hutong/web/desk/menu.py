"""The menu of the desk: the officer's own work, then every room."""

from collections.abc import Callable
from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext

from hutong.control.orgs.rules import Actor
from hutong.control.procedures.handling import HEAD
from hutong.web.desk.rooms import ROOMS
from hutong.web.login.request import known


@dataclass(frozen=True, slots=True)
class MenuItem:
    """One item of the menu: its label (Chinese), the page it leads to, and who has it in the menu."""

    title: str
    start: str
    stands: Callable[[Actor], bool] = lambda actor: True


LINES = (
    MenuItem("待办", "desk"),
    MenuItem("分办", "giving", lambda actor: bool(actor.units_as(HEAD))),
    MenuItem("无人可办", "deputies", lambda actor: actor.has_role("authority")),
    MenuItem("职责单位", "offices", lambda _: True),
    *(MenuItem(room.title, room.start, room.stands) for room in ROOMS),
)


def menu(request: HttpRequest) -> dict[str, object]:
    """Return the items of the menu for the reader, and in words the one the page belongs to; nothing for the public."""
    actor = known(request)
    if actor is None:
        return {}
    lines = [line for line in LINES if line.stands(actor)]
    shown = [
        {"title": gettext(line.title), "address": reverse(line.start), "here": _here(request, line)} for line in lines
    ]
    here = next((each["title"] for each in shown if each["here"]), "")
    return {"menu": shown, "menu_said": gettext("菜单：%(here)s") % {"here": here} if here else gettext("菜单")}


def _here(request: HttpRequest, line: MenuItem) -> bool:
    address = reverse(line.start)
    return request.path == address if line.start == "desk" else request.path.startswith(address)
