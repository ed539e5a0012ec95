"""Any text is one segment of an address, and comes back as it was."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hutong.core import segments

texts = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=200) | st.text("./?#%~\\ 甲", min_size=1)


@given(text=texts)
def test_every_text_comes_back_and_nothing_in_it_means_anything_to_an_address(text):
    segment = segments.escaped(text)
    assert segments.unescaped(segment) == text
    assert re.fullmatch("[A-Za-z0-9_~-]+", segment)


@pytest.mark.parametrize("segment", ["", "a/b", "..", "~2", "~2f", "~FF", "a~"])
def test_what_no_text_is_written_as_is_none(segment):
    with pytest.raises(ValueError):
        segments.unescaped(segment)
