"""Whatever a program sends, it is answered or refused as a problem, and what it may not do is not done."""

import bearing
import pytest
from acting import NOW
from bearing import Program
from desks import at
from hypothesis import given, settings
from hypothesis import strategies as st
from test_api_and_desk import NEW

from hutong.control.sharing.models import Application
from hutong.core import statuses
from hutong.plane.keys import Keyring
from hutong.web.api.cases import FIELDS
from hutong.web.api.rooms import OFFERED

TEXTS = st.text(max_size=30) | st.sampled_from(["\ud800", "\x00", "lodge", "307001/000001", "9" * 40, "2026-03-02"])
NAMES = st.text(st.characters(codec="utf-8", exclude_characters="/"), max_size=30)
PLAIN = st.none() | st.booleans() | st.integers() | st.floats() | TEXTS
VALUES = PLAIN | st.lists(PLAIN, max_size=3) | st.dictionaries(TEXTS, PLAIN, max_size=3)
VALUES |= st.lists(st.dictionaries(TEXTS, PLAIN, max_size=2), max_size=2)
KNOWN = sorted({*FIELDS, *(name for each in OFFERED.values() for name in each.fields)})
ANSWERED = {200, 405, *statuses.STATUS.values()} - {503}
BODIES = st.dictionaries(st.sampled_from(KNOWN) | TEXTS, VALUES, max_size=6)


@pytest.fixture
def program(county, tmp_path) -> Program:
    """The program of an officer who applies, for every room."""
    with at(NOW):
        return Program(bearing.made("consumer", Keyring.create(tmp_path / "keys.json")))


@settings(max_examples=60)
@given(data=st.data())
def test_whatever_a_program_sends_is_taken_or_refused_as_a_problem(county, program, data):
    with at(NOW):
        number = county.draft()
        name = data.draw(st.sampled_from(sorted(OFFERED)) | NAMES, label="kind")
        path = data.draw(st.sampled_from([f"cases/{name}", f"cases/{name}/{number}", f"cases/{name}/{number}/acts"]))
        begun = NEW[name][1] if name in NEW and data.draw(st.booleans(), label="begun") else {}
        answer = program.send(path, {**begun, **data.draw(BODIES, label="body")})
    assert answer.status_code in ANSWERED, answer.content
    if answer.status_code != 200:
        assert answer.headers["Content-Type"] == "application/problem+json"
        assert {"type", "title", "status", "detail", "code", "advice"} <= answer.json().keys()
        assert Application.objects.filter(no=number, state="DRAFT").exists()
