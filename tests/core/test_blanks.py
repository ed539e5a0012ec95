"""Blanks are nothing filled in, wherever they stand."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hutong.core.blanks import is_blank, says_something

SOURCE = Path(__file__).parents[2] / "src" / "hutong"
BLANK = st.text(" \t\n　\u200b\u00ad\u202e\u3164\u2800\ufe0f\u0301\x01")
SEEN = st.characters(categories=["L", "N", "P", "S"], exclude_characters="\u115f\u1160\u2800\u3164\uffa0")
WORDS = st.text(SEEN, min_size=1)


@given(BLANK)
def test_blanks_say_nothing_alone_or_in_a_list(blank):
    assert [says_something(each) for each in (blank, [blank], [], (), None)] == [False] * 5


@given(WORDS, st.lists(WORDS, min_size=1))
def test_words_say_something_alone_or_in_a_list(words, more):
    assert (says_something(words), says_something(more), says_something(tuple(more))) == (True, True, True)


@given(st.lists(WORDS), BLANK, st.lists(WORDS))
def test_a_list_with_a_blank_among_others_says_nothing(before, blank, after):
    assert not says_something([*before, blank, *after])


@pytest.mark.parametrize(
    "unseen",
    ["", " \u2003", "\u2060\u200d", "\U000e0041\U000e007f", "\u034f\u0489", "\u1160", "\x7f\x9f", "\u2065\U000e0100"],
)
def test_what_nobody_sees_is_blank(unseen):
    assert (is_blank(unseen), is_blank(f"{unseen}·{unseen}"), is_blank(unseen + "\ue000")) == (True, False, False)


@pytest.mark.parametrize("shown", ["\ud800", "\U00031350", "\U000323b0", "\ue000"])
def test_half_of_a_pair_and_a_han_character_newer_than_our_unicode_are_no_blanks(shown):
    assert (is_blank(shown), is_blank(f" {shown}\u200b")) == (False, False)


def test_whether_a_reason_was_given_is_asked_here_alone():
    rooms = [file for room in ("audit", "control", "plane") for file in (SOURCE / room).rglob("*.py")]
    assert len(rooms) > 100
    asked = re.compile(r"not (\w+\.)*(reason|basis|finding|verified)\.strip\(\)")
    assert [file.name for file in rooms if asked.search(file.read_text(encoding="utf-8"))] == []
