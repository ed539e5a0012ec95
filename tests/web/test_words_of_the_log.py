"""Every event that may stand in the log, and every fact of it, has its words in both languages."""

import re

import pytest
from django.utils import translation

from hutong.audit.events import EVENTS
from hutong.plane.registers import PROFILES
from hutong.web.desk.records import told
from hutong.web.desk.records.told import RecordShown
from hutong.web.wording import events, facts
from hutong.web.wording.names import worded

FACTS = {fact for event in EVENTS.values() for fact in event.fields}


def in_english(names: dict[str, str]) -> dict[str, str]:
    with translation.override("en"):
        return {code: worded(name, "event") for code, name in names.items()}


@pytest.mark.parametrize(("names", "declared"), [(events.NAMES, set(EVENTS)), (facts.NAMES, FACTS)])
def test_what_is_declared_of_the_log_has_its_words_in_both_languages_and_nothing_else_has(names, declared):
    assert (declared - set(names), set(names) - declared) == (set(), set())
    assert {code: name for code, name in names.items() if not re.search("[一-鿿]", name)} == {}
    assert {code: name for code, name in in_english(names).items() if not name or re.search("[一-鿿]", name)} == {}


def test_no_two_events_are_called_the_same():
    for names in (events.NAMES, in_english(events.NAMES)):
        assert len(set(names.values())) == len(names), "one cannot be told from the other in a list"


@pytest.mark.full
def test_each_class_of_records_lists_its_events_and_no_others():
    classes = {event.record_class for event in EVENTS.values()}
    listed = {each: set(events.of_class(each)) for each in classes}
    assert listed == {each: {name for name, event in EVENTS.items() if event.record_class == each} for each in classes}


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("zh", [("自此变更号之后读取", "0"), ("读取到的变更号", "5"),
                ("签名方式", "HTTP 消息签名（RFC 9421） · rfc9421")]),
        ("en", [("Changes after this number", "0"), ("Read up to this change", "5"),
                ("Signature profile", "HTTP message signature (RFC 9421) · rfc9421")]),
    ],
)  # fmt: skip
def test_a_fact_that_means_something_else_in_an_event_is_told_by_that_and_codes_have_their_words(language, words):
    entered = RecordShown("plane.changes_followed", {"after": 0, "change": 5, "profile": "rfc9421"}, {}, {})
    with translation.override(language):
        assert told.told(entered) == words
        elsewhere = told.told(RecordShown("units.office_given", {"after": "x", "profile": "new"}, {}, {}))
    assert elsewhere[0][0] != words[0][0]
    assert elsewhere[1][1] == "new"
    assert set(facts.PROFILES) == set(PROFILES)
    assert {event for event, _ in facts.OF_EVENTS} <= set(EVENTS)
