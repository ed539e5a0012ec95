"""Posts of tests that say what they do and not for which state: they get the state a page would show at that moment.

A grave step is posted to the page on which it is asked once more, as an officer would.
"""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client
from django.urls import Resolver404, resolve
from django.utils import translation

from hutong.control.procedures import since
from hutong.control.sharing import standing, verifying
from hutong.db import database
from hutong.plane.grants import NoSuchGrant
from hutong.web import clock
from hutong.web.desk import acts
from hutong.web.desk.acts import AT
from hutong.web.desk.catalog import last_days
from hutong.web.desk.catalog.kind import ENTRY_KIND
from hutong.web.desk.grants import steps
from hutong.web.desk.rooms import KINDS
from hutong.web.desk.security.kind import DRILL_KIND

FORMS = {
    "drill-record": DRILL_KIND, "application-edit": KINDS["sharing.application"], "plan-edit": KINDS["security.plan"],
    "change-edit": KINDS["catalog.change"], "registration-edit": KINDS["registration.registration"],
    "server-edit": KINDS["nodes.server"],
    **dict.fromkeys(("server-change-edit", "server-change-execute"), KINDS["nodes.change"]),
}  # fmt: skip
"""Name of the address of a form → the kind of case it acts on."""
AS_SENT = "as_sent"
"""Sent with what is to be posted as it stands, without any state."""
SEE_OTHER = 303
"""Leads from a form that was refused to the page that shows it again, as a browser does by itself."""
UNKNOWN = "0.0.0.0"
"""The state of a case that is not there."""


def case_of(path: str) -> tuple[Any, str] | None:
    """Return the kind and number of the case whose page, or form, a path leads to; None where it is no case's."""
    language = path.split("/")[1]
    try:
        with translation.override(language if language in ("zh", "en") else "zh"):
            found = resolve(path)
    except Resolver404:
        return None
    if found.url_name == "case-attachments" and found.kwargs["lifecycle"] in KINDS:
        return KINDS[found.kwargs["lifecycle"]], found.kwargs["number"]
    kind = {kind.address: kind for kind in KINDS.values()}.get(found.url_name or "") or FORMS.get(found.url_name or "")
    return (kind, next(iter(found.kwargs.values()))) if kind else None


def state_of(path: str) -> str | None:
    """Return the state that the page at a path shows now; None where the path is no case's."""
    found = case_of(path)
    return point(*found) if found else None


def grave_page(path: str, action: str) -> str:
    """Return where a step that is posted to the page of a case is asked once more; the path itself where it is not."""
    found = case_of(path)
    if not found or not action:
        return path
    kind, number = found
    case = kind.procedure.cases([number]).first()
    life = kind.procedure.life
    grave = case and any(move.grave for move in life.moves if (move.before, move.action) == (case.state, action))
    return f"/{path.split('/')[1]}/desk/cases/{life.name}/{number}/steps/{action}/" if grave else path


def found(path: str) -> dict[str, str]:
    """Return what the page of a grave step asks for besides: what was found, where a verification ends with it."""
    *_, life, number, _, action = path.strip("/").split("/")
    case = KINDS[life].procedure.cases([number]).first() if action in FOUND else None
    return FOUND[action] if case and verifying.concludes(case.state, action) else {}


def point(kind: Any, number: str) -> str:
    """Return the state in which a page would show a case now."""
    case = kind.procedure.cases([number]).first()
    return str(since.point(kind.procedure.life.name, number, case)) if case else UNKNOWN


def _boxes(data: dict[str, Any]) -> dict[str, Any]:
    keys = data.get("case", [])
    boxes = [keys] if isinstance(keys, str) else keys
    return {**data, "case": [_box(key) for key in boxes]}


def _box(key: str) -> str:
    life, number, *_ = [*key.split("|"), "", ""]
    return f"{key}|{point(KINDS[life], number)}" if life in KINDS and key.count("|") == 2 else key


def _of_grant(path: str, data: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """Return where a step about a grant is taken, and the form with the state in which the grant is."""
    no, action = data.get("no", ""), data.get("action", "")
    if not path.endswith("/desk/grants/") or action not in steps.ACTS or not no:
        return path, data
    with transaction.atomic(), database.joined(connection) as cur:
        try:
            at = standing.shown(cur, no, now=clock.now()).at
        except NoSuchGrant:
            return path, data  # no page shows it
    return f"{path}{no}/{action}/", {AT: at, **data}


FOUND = {
    "file": {"looked_at": "查阅了办理事项清单。", "basis_found": "found"},
    "refuse": {"looked_at": "查阅了办理事项清单。", "basis_found": "not_found", "conclusion": "清单没有列。"},
}  # fmt: skip
"""Step that ends the verification of a purpose → what its page asks for besides."""
OPENED = ("-new", "-add")
"""With what the names of the addresses of forms end that make something new."""
SHOWN = ("officer", "offices", "deputies", "limits", "entry", "upload", "purge", "hold")
"""Names of the addresses of pages whose forms carry what they show."""
TELLING = ("act", "end", "id", "confirmed", "action", "approve", "key")
"""Fields that tell the forms of a page apart."""


def _opened(client: Client, path: str, data: dict[str, Any]) -> str:
    """Return the state that the form on a page carries now which posts this; nothing where it carries none."""
    name = _name(path)
    if name == "change-begin":
        return point(ENTRY_KIND, path.strip("/").partition("/begin/")[2])
    if name.endswith(OPENED):
        return acts.opened()
    if name == "deliveries" and "approve" in data:
        return _at(client.get(path).content.decode(), data)
    if name not in SHOWN or (name == "entry" and data.get("act") != last_days.ACT):
        return ""
    if name == "offices" and data.get("confirmed") == "yes":
        asked = {key: value for key, value in data.items() if key != "confirmed"}
        return _at(client.post(path, {**asked, AS_SENT: "1"}).content.decode(), data)
    return _at(client.get(path).content.decode(), data)


def _name(path: str) -> str:
    try:
        return resolve(path.partition("?")[0]).url_name or ""
    except Resolver404:
        return ""


def _at(page: str, data: dict[str, Any]) -> str:
    told = {name: str(data[name]) for name in TELLING if name in data}
    for form in re.findall(r'<form method="post".*?</form>', page, re.DOTALL):
        hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', form))
        if AT in hidden and {name: hidden[name] for name in TELLING if name in hidden} == told:
            return hidden[AT]
    return next(iter(re.findall(r'<input type="hidden" name="at" value="([^"]+)"', page)), "")


@pytest.fixture(autouse=True)
def _stated(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    plain = Client.post

    def post(self: Client, path: str, data: Any = None, *args: Any, **how: Any) -> Any:
        if isinstance(data, dict | None) and AS_SENT not in (data or {}):
            data = data or {}
            path, data = _of_grant(path, data)
            if AT not in data and (at := _opened(self, path, data)):
                data = {**data, AT: at}
            if AT not in data and (at := state_of(path.partition("?")[0])):
                data = {**data, AT: at}
                if data.get("act", "step") == "step" and path.endswith("/"):
                    grave = grave_page(path, data.get("action", ""))
                    path, data = grave, data if grave == path else {"sure": "on", **found(grave), **data}
            if path.endswith("/desk/giving/") or (path.endswith("/desk/together/") and "confirmed" in data):
                data = _boxes(data)
        answer = plain(self, path, data, *args, **how)
        return self.get(answer["Location"]) if answer.status_code == SEE_OTHER else answer

    monkeypatch.setattr(Client, "post", post)
    yield
