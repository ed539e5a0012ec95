"""Posts of tests that say what they do and not for which state: they get the state a page would show at that moment."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import Resolver404, resolve
from django.utils import translation

from hutong.control.procedures import since
from hutong.web.desk.acts import AT
from hutong.web.desk.rooms import KINDS
from hutong.web.desk.security.kind import DRILL_KIND

UNKNOWN = "0.0.0.0"
"""The state of a case that is not there."""


def state_of(path: str) -> str | None:
    """Return the state that the page at a path shows now; None where the path is no case's."""
    language = path.split("/")[1]
    try:
        with translation.override(language if language in ("zh", "en") else "zh"):
            found = resolve(path)
    except Resolver404:
        return None
    kinds = {kind.address: kind for kind in KINDS.values()} | {"drill-record": DRILL_KIND}
    kind = kinds.get(found.url_name or "")
    return point(kind, next(iter(found.kwargs.values()))) if kind else None


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


@pytest.fixture(autouse=True)
def _stated(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    plain = Client.post

    def post(self: Client, path: str, data: Any = None, *args: Any, **how: Any) -> Any:
        if isinstance(data, dict | None):
            data = data or {}
            if AT not in data and (at := state_of(path.partition("?")[0])):
                data = {**data, AT: at}
            if path.endswith("/desk/together/") and "confirmed" in data:
                data = _boxes(data)
        return plain(self, path, data, *args, **how)

    monkeypatch.setattr(Client, "post", post)
    yield
