"""Every form that an officer is shown, wherever it stands, tells two and three wrong fields together (issue 16)."""

import hostile
import pytest
from acting import NOW, already
from desks import at, entered
from django.conf import settings
from django.urls import resolve
from formread import Control, FormRead
from hostile import SOME_OFFICERS
from test_all_faults import NEVER_WRONG, mixed

peopled = already("something of everything", hostile.everything)
OF_THE_LOGIN = ("account", "second_factor", "calendar", "new_password", "login", "logout")
"""Names of the addresses of forms about the reader's own login, which have tests of their own."""


def known_by(action: str, controls: list[Control]) -> tuple[str, ...]:
    """Return what tells a form from another: where it goes, the step it asks for, and its fields."""
    steps = [each.value for each in controls if each.kind == "hidden" and each.name in ("act", "action")]
    found = resolve(action.partition("?")[0])
    names = sorted({each.name for each in controls})
    return (found.url_name or "", f"{found.kwargs.get('action', '')}", *steps, *names)


def filled(controls: list[Control]) -> list[str]:
    """Return the names of the fields that somebody fills in, in their order."""
    return list(dict.fromkeys(each.name for each in controls if each.kind not in NEVER_WRONG))


@pytest.mark.parametrize("officer", SOME_OFFICERS)
def test_whatever_is_wrong_with_a_form_is_told_at_once_beside_its_fields(county, monkeypatch, tmp_path, officer):
    monkeypatch.setattr(settings, "DATABASE_URL", county.url)
    monkeypatch.setattr(settings, "SPOOL", tmp_path)
    with at(NOW):
        client, forms = entered(officer), {}
        for path, _, page in hostile.crawled(client, most=200):
            for action, controls in FormRead(page.text).sent_to:
                forms.setdefault(known_by(action or path, controls), (action or path, controls))
        wanting = {}
        for known, (address, controls) in forms.items():
            if known[0] in OF_THE_LOGIN:
                continue
            kept = {each.name: each.value for each in controls if each.kind == "hidden"}
            for odd in (0, 1):
                typed = {name for place, name in enumerate(filled(controls)) if place % 2 == odd}
                sent, lacking, refused = mixed(controls, typed)
                if lacking | refused:
                    page = FormRead(client.post(address, {**kept, **sent}).content.decode())
                    untold = (lacking | refused) - page.marked()
                    if untold or len(page.links) != page.faults or page.focused != ["faults"]:
                        wanting[known, odd] = (untold, page.links, page.faults, page.focused)
        assert wanting == {}


def test_a_file_is_the_last_that_is_chosen_so_that_what_is_typed_comes_before_it(county):
    """What stands beside a file that is not taken is read from what comes before it (`front.beside`)."""
    with at(NOW):
        found = 0
        for officer in ("editor", "consumer"):
            for path, _, page in hostile.crawled(entered(officer), most=60):
                for _, controls in FormRead(page.text).sent_to:
                    if any(each.kind == "file" for each in controls):
                        found += 1
                        assert [each.kind for each in controls].index("file") == len(controls) - 1, path
    assert found
