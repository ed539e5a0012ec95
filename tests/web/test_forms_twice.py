"""Whatever form is sent twice by two clicks makes one of what it makes, complete or not, and the second is no fault."""

from collections.abc import Iterator, Mapping

import hostile
import psycopg
import pytest
from acting import NOW, UNITS, already
from desks import at, entered, words
from hostile import OFFICERS, Form
from psycopg import sql
from test_forms import ENTRY
from test_forms_refused import GOOD

peopled = already("something of everything", hostile.everything)
BUTTONS = ("draft", "more")
"""Buttons of a form beside the one that sends it."""
KEPT = ("at", "seen", "form_id", "act", "action", "then", "about", "code", "region", "unit", "kind", "limit")
"""What stands in a draft of which nothing else was typed."""
UNCOUNTED = ("django_session", "keptform", "messageslooked")
"""Tables of who is logged in and what was shown, not of what is made."""
SOUND: Mapping[str, Mapping[str, object]] = {
    "entry-new": ENTRY, "application-new": {**GOOD, "conditions": [], "twice": "on"},
    "application-edit": {"conditions": []}, "officer-add": {"unit": UNITS[0]},
}  # fmt: skip
"""Name of the address of a form → what it needs to be complete."""
TWICE = {
    "officer": "a new password asked for twice is made twice: the one that is shown counts",
    "upload": "a file is read twice and delivered once: it counts on the page after it",
    "deliveries": "a file is read twice and delivered once: it counts on the page after it",
}
"""Name of the address of a form that does something twice → why."""
MADE = {
    "editor": {"entry-new"}, "consumer": {"application-new"}, "unit_admin": {"registration-new"},
    "operator": {"plan-new"}, "accounts": {"officer-add"},
}  # fmt: skip
"""Officer → forms that make or change something there; else the test would see nothing."""


def counted(url: str) -> Mapping[str, int]:
    """Return how many rows each table has."""
    with psycopg.connect(url, options="-c role=hutong_owner") as owner:
        named = owner.execute(
            "select schemaname, tablename from pg_tables where schemaname in ('public', 'plane', 'audit')"
            " and tablename not like '%%entry%%' or tablename = 'catalog_entry'"
        ).fetchall()
        tables = [(schema, name) for schema, name in named if not any(part in name for part in UNCOUNTED)]
        each = sql.SQL(" union all ").join(
            sql.SQL("select {}, count(*) from {}").format(sql.Literal(f"{schema}.{name}"), sql.Identifier(schema, name))
            for schema, name in tables
            if schema != "audit"
        )
        return dict(owner.execute(each).fetchall())


def versions(form: Form) -> Iterator[dict[str, object]]:
    """Yield what is sent of a form: all of it, and where a draft may be kept, a draft of which little was typed."""
    whole = {name: value or hostile.SOUND.get(name, "") for name, value in form.values.items() if name not in BUTTONS}
    whole |= {name: value for name, value in SOUND.get(form.known_by[0], {}).items() if name != "at"}
    yield whole
    if "draft" in form.values:
        little = {name: value for name, value in whole.items() if name in KEPT}
        yield {**little, "draft": "1", **({"code": "308001/000078"} if form.known_by[0] == "entry-new" else {})}


def shown_now(officer: str, form: Form) -> Form | None:
    """Return a form as its page has it now; None where it has it no more."""
    page = hostile._Forms(form.page)
    answer = entered(officer).get(form.page)
    if answer.streaming or answer.status_code != 200:
        return None
    page.feed(answer.content.decode())
    return next((each for each in page.forms if each.known_by == form.known_by), None)


ONE = "consumer"
"""Whose forms are sent in `make test`; `make full` sends everybody's."""


@pytest.mark.parametrize(
    "officer", [each if each == ONE else pytest.param(each, marks=pytest.mark.full) for each in OFFICERS]
)
def test_two_clicks_make_one(supplied, officer):
    county = supplied
    made, faults, refused = set(), [], []
    with at(NOW):
        found: dict[tuple[str, ...], Form] = {}
        for _, _, page in hostile.crawled(entered(officer), most=200):
            for form in page.forms:
                if not any(part in form.action for part in ("logout", "login", "account", "language")):
                    found.setdefault(form.known_by, form)
        client = entered(officer)
        for known, form in found.items():
            for number in range(2):
                now = shown_now(officer, form)
                if now is None or number >= len(sent := list(versions(now))):
                    continue
                before = counted(county.url)
                first = client.post(now.action, sent[number])
                between = counted(county.url)
                second = client.post(now.action, sent[number])
                after = counted(county.url)
                if between != before:
                    made.add(known[0])
                elif known[0] in MADE.get(officer, ()):
                    refused.append((known[0], number, first.status_code, words(first)[:400]))
                grown = {name for name in after if after[name] != between[name]}
                if grown and known[0] not in TWICE:
                    faults.append((known, number, "made twice", sorted(grown)))
                if first.status_code in (200, 302) and second.status_code not in (200, 302):
                    faults.append((known, number, f"{first.status_code} {second.status_code}", words(second)[:300]))
    assert faults == []
    assert made >= MADE.get(officer, set()), refused
