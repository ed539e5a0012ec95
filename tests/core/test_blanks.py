"""Blanks are nothing filled in, wherever they stand."""

from hypothesis import given
from hypothesis import strategies as st

from hutong.core.blanks import says_something

BLANK = st.text(" \t\n　")
WORDS = st.text(min_size=1).filter(str.strip)


@given(BLANK)
def test_blanks_say_nothing_alone_or_in_a_list(blank):
    assert [says_something(each) for each in (blank, [blank], [], (), None)] == [False] * 5


@given(WORDS, st.lists(WORDS, min_size=1))
def test_words_say_something_alone_or_in_a_list(words, more):
    assert (says_something(words), says_something(more), says_something(tuple(more))) == (True, True, True)


@given(st.lists(WORDS), BLANK, st.lists(WORDS))
def test_a_list_with_a_blank_among_others_says_nothing(before, blank, after):
    assert not says_something([*before, blank, *after])
