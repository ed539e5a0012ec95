"""Every form that acts carries the state it was meant for: of the templates, and as officers are shown them."""

import re
from pathlib import Path

import hostile
import pytest
from acting import NOW, already
from desks import at, entered
from django.conf import settings
from hostile import SOME_OFFICERS

from hutong.web.desk.acts import AT

peopled = already("something of everything", hostile.everything)
TEMPLATES = Path(__file__).parents[2] / "src" / "hutong" / "web" / "templates"
FORM = re.compile(r"<form\b[^>]*method=\"post\".*?</form>", re.DOTALL)
STATE = {
    AT: "the state of a case, a grant, an officer, a limit …, or when the form was opened",
    "seen": "the version of the rulebook whose values it shows",
    "form_id": "which form it is: sent twice it drafts once",
}
"""Field that says for which state a form is meant → what it holds."""

EXCUSED = {
    "desk/home.html 1": "leads to the page on which the ticked cases are shown; nothing is done yet",
    "desk/together.html 1": "leads to that page once more, with what is still ticked",
    "desk/together.html 2": "each box carries the state of its case",
    "desk/giving.html 1": "each box carries the state of its case",
    "desk/offices.html 2": "leads to the question that carries the state; nothing is done yet",
    "desk/due/calendars.html 1": "the file is read and shown; what it does is confirmed on the page after it",
    "desk/enrolment/form.html 1": "the file is read and shown; what it does is confirmed on the page after it",
    "desk/registration.html 1": "shows a number of a person, and enters that it was seen",
    "desk/registration_table.html 1": "hands out the faults of the table, and changes nothing",
    "desk/registration_table.html 3": "the file is read and shown; what it does is confirmed beside it",
    "desk/rules_accept.html 1": "carries the digest of the rules that are accepted",
    "desk/subject.html 1": "reads, and changes nothing",
    "desk/subject.html 2": "reads, and changes nothing",
    "desk/deliveries/hand_in.html 1": "the file is read and shown; what it does is confirmed on the page after it",
}
"""A form of the desk's templates by its place there → why it carries no state."""

READ_ONLY = (
    "together", "giving", "records_subject", "deliveries", "offices", "calendars", "enrolment",
    "registration-number", "registration-table", "rules-accept",
)  # fmt: skip
"""Names of the addresses to which the excused forms go."""
NOT_OF_THE_DESK = ("account", "second_factor", "calendar", "set_language", "login", "logout")
"""Names of the addresses of forms about the reader's own login."""


def forms() -> dict[str, str]:
    """Return every form of the desk's templates that is posted, by its place."""
    found = {}
    for path in sorted([*TEMPLATES.glob("desk/**/*.html"), *TEMPLATES.glob("parts/**/*.html")]):
        for number, form in enumerate(FORM.findall(path.read_text(encoding="utf-8")), 1):
            found[f"{path.relative_to(TEMPLATES).as_posix()} {number}"] = form
    return found


def carries(form: str) -> bool:
    return any(f'with name="{name}" value=' in form for name in STATE)


def test_every_form_of_the_templates_carries_a_state_or_is_excused():
    found = forms()
    assert len(found) > 25
    assert {place for place, form in found.items() if not carries(form)} == set(EXCUSED)


def test_a_form_without_a_state_would_be_found():
    (place, form), *_ = ((place, form) for place, form in forms().items() if place not in EXCUSED)
    assert carries(form)
    assert not carries(re.sub(r"\{% include \"parts/hidden.html\".*?%\}", "", form)), place


@pytest.mark.parametrize("officer", SOME_OFFICERS)
def test_every_form_an_officer_is_shown_carries_a_state_that_says_something(county, monkeypatch, tmp_path, officer):
    monkeypatch.setattr(settings, "DATABASE_URL", county.url)
    monkeypatch.setattr(settings, "SPOOL", tmp_path)
    with at(NOW):
        shown = {}
        for _, _, page in hostile.crawled(entered(officer), most=80):
            for form in page.forms:
                shown.setdefault(form.known_by, form)
        for known, form in shown.items():
            if known[0] not in (*READ_ONLY, *NOT_OF_THE_DESK) or (
                known[0] in ("offices", "deliveries") and {"confirmed", "approve"} & form.values.keys()
            ):
                said = [form.values.get(name) for name in STATE]
                assert any(value and value[0] for value in said), (officer, form.page, form.values)
