"""Page cursors tell nothing and cannot be changed."""

import base64
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hutong.core.page import CursorRejected, Cursors

CURSORS = Cursors(b"k" * 32)


@given(st.dictionaries(st.text("abc", max_size=3), st.integers(-9, 9) | st.text("é中x", max_size=5)))
def test_opens_what_it_sealed(fields: dict[str, object]) -> None:
    assert CURSORS.open(CURSORS.seal(fields)) == fields


def test_shows_nothing_of_the_key_it_holds() -> None:
    cursor = CURSORS.seal({"after": "11010519491231002X"})
    assert b"11010519491231002X" not in base64.urlsafe_b64decode(cursor + "==")
    assert cursor.replace("-", "a").replace("_", "a").isalnum()
    assert cursor != CURSORS.seal({"after": "11010519491231002X"})


@given(st.data())
def test_refuses_every_change(data: st.DataObject) -> None:
    raw = bytearray(base64.urlsafe_b64decode(SEALED + "=" * (-len(SEALED) % 4)))
    raw[data.draw(st.integers(0, len(raw) - 1))] ^= data.draw(st.integers(1, 255))
    with pytest.raises(CursorRejected):
        CURSORS.open(base64.urlsafe_b64encode(bytes(raw)).rstrip(b"=").decode())


@given(st.data(), st.integers(0, 40))
def test_refuses_every_other_character(data: st.DataObject, length: int) -> None:
    cursor = CURSORS.seal({"n": "x" * length})
    place = data.draw(st.integers(0, len(cursor) - 1))
    other = data.draw(
        st.sampled_from(string.ascii_letters + string.digits + "-_+/=").filter(lambda c: c != cursor[place])
    )
    for changed in (cursor[:place] + other + cursor[place + 1 :], cursor + other):
        with pytest.raises(CursorRejected):
            CURSORS.open(changed)


@given(st.text(max_size=80))
def test_refuses_any_other_text(cursor: str) -> None:
    with pytest.raises(CursorRejected):
        CURSORS.open(cursor)


def test_refuses_a_cursor_of_another_key_and_an_endless_one() -> None:
    for cursor in (Cursors(b"o" * 32).seal({"n": 1}), "A" * 5000):
        with pytest.raises(CursorRejected):
            CURSORS.open(cursor)


SEALED = CURSORS.seal({"n": 1})
