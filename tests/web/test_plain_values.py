"""What a template is given is plain: no row of the database, nothing that asks the database again."""

import dataclasses
from collections.abc import Iterator, Mapping

import pytest
from acting import PASSWORD
from django.db.models import Manager, Model, QuerySet
from django.template import Template
from django.test import Client
from django.test.utils import instrumented_test_render

from hutong.control.catalog.models import Entry
from hutong.web.shown import Shown

OF_DJANGO = {"user", "request", "view", "csrf_token", "block", "forloop"}


def rows_in(value: object, depth: int = 6) -> Iterator[type]:
    """Yield the kind of each row, manager or query that stands somewhere in a value."""
    if isinstance(value, (Model, Manager, QuerySet)):
        yield type(value)
    elif depth and isinstance(value, Mapping):
        for each in value.values():
            yield from rows_in(each, depth - 1)
    elif depth and isinstance(value, (list, tuple, set, frozenset)):
        for each in value:
            yield from rows_in(each, depth - 1)
    elif depth and dataclasses.is_dataclass(value):
        for each in dataclasses.fields(value):
            yield from rows_in(getattr(value, each.name), depth - 1)


def given(answer) -> dict[str, set[str]]:
    """Return under which names each template of an answer was given rows."""
    found: dict[str, set[str]] = {}
    for template, context in zip(answer.templates, answer.context or (), strict=False):
        names = {
            name
            for layer in context.dicts
            for name, value in layer.items()
            if name not in OF_DJANGO and any(rows_in(value))
        }
        if names:
            found.setdefault(template.name, set()).update(names)
    return found


@pytest.fixture
def telling(monkeypatch):
    """Answers tell which templates made them, and what those were given."""
    monkeypatch.setattr(Template, "_render", instrumented_test_render)


def entered(username: str) -> Client:
    client = Client(HTTP_HOST="localhost")
    assert client.post("/zh/login/", {"username": username, "password": PASSWORD}).status_code == 302
    return client


def test_no_page_is_given_rows_of_the_database(county, telling):
    no = county.draft()
    county.walk(no, to="FILED")
    lodged, drafted = county.draft(), county.draft()
    county.take(lodged, "lodge", by="consumer")
    change = county.begin_change()
    public = ("", "catalog/", f"catalog/{county.code}/", "evidence/", "login/", "nowhere/", "account/")
    desk = (
        "", "applications/", f"applications/{no}/", f"applications/{lodged}/", f"applications/{drafted}/edit/",
        f"applications/new/{county.code}/", "entries/", f"entries/{county.code}/", "entries/new/",
        f"entries/changes/{change}/", f"entries/changes/{change}/edit/", f"entries/versions/1/{county.code}/",
        "deliveries/", "grants/", "records/", "registrations/", "registrations/new/system/", "rulebook/",
        "applications/terms/",
        "offices/", "offices/departments/", "deputies/", "deputies/all/", "officers/", "giving/", "consultations/",
        "messages/", "messages/week/", "due/", "due/unit/", "due/operator/", "due/calendars/", "due/calendars/waiting/",
        "rulebook/versions/", f"entries/history/{county.code}/",
    )  # fmt: skip
    seen, opened = {}, set()
    for username in ("", "consumer", "editor", "competent", "operator", "authority"):
        client = entered(username) if username else Client(HTTP_HOST="localhost")
        for page in (*public, *(f"desk/{each}" for each in desk if username)):
            answer = client.get(f"/zh/{page}")
            opened |= {template.name for template in answer.templates}
            for name, rows in given(answer).items():
                seen.setdefault(name, set()).update(rows)

    pages = {name for name in opened if name and not name.startswith("parts/")}
    assert len(pages) > 25
    assert {name: rows for name, rows in seen.items() if name in pages} == {}


def test_a_row_is_found_however_deep_it_stands():
    @dataclasses.dataclass
    class Holder(Shown):
        inside: object

    planted = {"a": [({"b": Holder(Entry())},)], "c": Entry.objects.all()}
    assert set(rows_in(planted)) == {Entry, QuerySet}
    assert list(rows_in({"a": [1, "x", None, Holder(())]})) == []
