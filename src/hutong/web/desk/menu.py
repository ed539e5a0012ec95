"""The menu of the desk: the officer's own work, then every room."""

from collections.abc import Callable
from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext

from hutong.control.units import heads, naming
from hutong.control.units.rules import Actor
from hutong.web.desk.rooms import ROOMS
from hutong.web.login.request import known


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
    lines = [line for line in LINES if line.stands(actor)]
    shown = [
        {"title": gettext(line.called(actor)), "address": reverse(line.start), "here": _here(request, line)}
        for line in lines
    ]
    here = next((each["title"] for each in shown if each["here"]), "")
    return {"menu": shown, "menu_said": gettext("菜单：%(here)s") % {"here": here} if here else gettext("菜单")}


def _here(request: HttpRequest, line: MenuItem) -> bool:
    address = reverse(line.start)
    return request.path == address if line.start == "desk" else request.path.startswith(address)
