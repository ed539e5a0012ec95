"""Whatever is typed into any form and sent after its login ended is kept, and shown to who typed it and nobody else."""

import hostile
import pytest
from acting import NOW, already
from desks import at, entered
from django.conf import settings
from formread import Control, FormRead
from hostile import SOME_OFFICERS
from test_every_address import NEVER, NOT_KEPT
from test_every_form_tells_all import known_by
from test_kept_forms import came_in, sent, text_of

peopled = already("something of everything", hostile.everything)
WRITTEN = ("text", "textarea", "number", "search")


def written(controls: list[Control], never: set[str]) -> dict[str, str]:
    """Return a text of its own for each field in which one writes."""
    names = dict.fromkeys(each.name for each in controls if each.kind in WRITTEN and each.name not in never)
    return {name: f"zq{place}y" for place, name in enumerate(names)}


def after_its_login(client, address: str, controls: list[Control], typed: dict[str, str]):
    """Send a form from a browser whose session is gone, as a person does who left it open."""
    del client.cookies["sessionid"]
    hidden = {each.name: each.value for each in controls if each.kind == "hidden" and each.name}
    return sent(client, address, {**hidden, **typed})


@pytest.mark.parametrize("officer", SOME_OFFICERS)
def test_every_form_an_officer_is_shown_survives_the_end_of_its_login(county, monkeypatch, tmp_path, officer):
    monkeypatch.setattr(settings, "DATABASE_URL", county.url)
    monkeypatch.setattr(settings, "SPOOL", tmp_path)
    other = "editor" if officer != "editor" else "consumer"
    with at(NOW):
        client, forms = entered(officer), {}
        for path, _, page in hostile.crawled(client, most=80):
            for action, controls in FormRead(page.text).sent_to:
                forms.setdefault(known_by(action or path, controls), (action or path, controls))
        lost, told = {}, {}
        for known, (address, controls) in forms.items():
            typed = written(controls, NEVER.get(known[0], set()))
            if known[0] in ("login", "logout", "language") or not typed:
                continue
            answer = after_its_login(client, address, controls, typed)
            if known[0] in NOT_KEPT:
                assert "why=lost" in answer["Location"], known
                came_in(client, answer, officer)
                continue
            assert "why=kept" in answer["Location"], known
            seen = text_of(came_in(client, answer, other))
            told |= {known: seen} if any(text in seen for text in typed.values()) else {}
            client.post("/zh/logout/")
            page = came_in(client, answer, officer)
            missing = [name for name, text in typed.items() if text not in text_of(page)]
            if page.status_code != 200 or missing:
                lost[known] = (page.status_code, missing)
        assert (lost, list(told)) == ({}, [])
