"""Whatever a hostile hand types into any field of any form, no page fails then or afterwards, at nobody's desk."""

import random
import re

import hostile
import pytest
from acting import NOW, already
from desks import at, entered
from django.conf import settings
from django.db import transaction
from hostile import OFFICERS, Form

from hostile_values import VALUES

peopled = already("something of everything", hostile.everything)
FAULT = re.compile("故障编号")
"""What a page says where no form had refused what was typed."""
WHOLE = [pytest.mark.full, pytest.mark.timeout(3600)]
NOTHING = ("\u200b\u2060", "\u3164", "\u00ad\ufe0f ", "\u2800")
"""Texts in which nobody sees anything."""


@pytest.fixture
def filled(county, monkeypatch, tmp_path):
    """The county with something of everything, whose pages take deliveries."""
    monkeypatch.setattr(settings, "DATABASE_URL", county.url)
    monkeypatch.setattr(settings, "SPOOL", tmp_path)
    with at(NOW):
        yield county


def tried(client, form: Form, changes: dict[str, str]) -> int:
    """Send a form and take back what came of it; returns the status."""
    with transaction.atomic():
        answer = form.sent(client, changes)
        transaction.set_rollback(True)
    assert answer.status_code < 500, (form.action, changes)
    assert answer.status_code != 422 or not FAULT.search(answer.content.decode()), (form.action, changes)
    return answer.status_code


@pytest.mark.parametrize(
    "officer", [each if each == "editor" else pytest.param(each, marks=pytest.mark.full) for each in OFFICERS]
)
@pytest.mark.parametrize("many", [1, pytest.param(len(VALUES), marks=WHOLE)])
def test_no_value_in_any_field_of_any_form_is_a_fault(filled, officer, many):
    client = entered(officer)
    client.raise_request_exception = False
    for known, form in hostile.forms(officer).items():
        for name in form.values:
            for value in random.Random(f"{known}{name}").sample(VALUES, many):
                tried(client, form, {name: value})


TAKEN = (200, 302)


def worst(client, form: Form, *, seed: int, most: int = 4) -> dict[str, str]:
    """Return hostile values for as many fields of a form as take one, all at once; of each at `most` are tried."""
    found: dict[str, str] = {}
    if tried(client, form, {}) not in TAKEN:
        return found
    for name in form.values:
        for value in random.Random(f"{seed}{form.known_by}{name}").sample(VALUES, most):
            if tried(client, form, {**found, name: value}) in TAKEN:
                found[name] = value
                break
    return found


@pytest.mark.full
@pytest.mark.parametrize(
    ("seed", "writers", "pages"),
    [(1, ("consumer", "unit_admin"), 25), *(pytest.param(seed, OFFICERS, 400, marks=WHOLE) for seed in range(2, 6))],
)
def test_what_is_taken_is_shown_by_every_page_and_every_list_and_breaks_none(filled, seed, writers, pages):
    for officer in writers:
        client = entered(officer)
        client.raise_request_exception = False
        for known, form in hostile.forms(officer).items():
            if known[0] in ("account", "second_factor", "new_password"):
                continue
            changes = worst(client, form, seed=seed)
            if changes:
                form.sent(client, changes)
    for officer in OFFICERS:
        client = entered(officer)
        client.raise_request_exception = False
        for path, status, page in hostile.crawled(client, most=pages):
            assert status in (200, 302, 403, 404), (officer, path)
            for link in page.links:
                if "file=" in link:
                    answer = client.get(path.partition("?")[0] + link)
                    assert (answer.status_code, len(b"".join(answer)) > 0) == (200, True), (officer, path, link)


@pytest.mark.parametrize("writers", [("competent", "accounts"), pytest.param(OFFICERS, marks=WHOLE)], ids=len)
def test_a_text_in_which_nobody_sees_anything_is_taken_as_nothing_in_every_form(filled, writers):
    told: dict[str, set[str]] = {}
    for officer in writers:
        client = entered(officer)
        for form in hostile.forms(officer).values():
            for number, name in enumerate(form.values):
                if (empty := tried(client, form, {name: ""})) not in TAKEN:
                    unseen = NOTHING[number % len(NOTHING)]
                    if tried(client, form, {name: unseen}) in TAKEN:
                        told.setdefault(f"{officer} {form.known_by[0]} {name} {empty}", set()).add(ascii(unseen))
    assert told == {}
