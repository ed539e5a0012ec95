"""Canonical JSON against an implementation that is not ours."""

from datetime import UTC, date, datetime
from enum import StrEnum
from hashlib import sha256

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from hutong.core import canonical
from hutong.core.canonical import LARGEST, NotCanonical, NotJson

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-LARGEST, LARGEST) | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=5),
    max_leaves=20,
)


class Colour(StrEnum):
    RED = "red"


@given(VALUES)
def test_writes_what_another_implementation_writes_and_reads_it_back(value: object) -> None:
    written = canonical.dumps(value)
    assert written == rfc8785.dumps(value)  # type: ignore[arg-type]
    assert canonical.loads(written) == canonical.loads(written.decode()) == value


@given(VALUES)
def test_a_digest_is_that_of_what_another_implementation_writes(value: object) -> None:
    assert canonical.digest(value) == sha256(rfc8785.dumps(value)).hexdigest()  # type: ignore[arg-type]


def test_facts_have_their_days_and_moments_as_iso_8601_writes_them() -> None:
    facts = {"day": date(2026, 3, 2), "at": datetime(2026, 3, 2, 8, tzinfo=UTC), "words": "x"}
    plain = {"day": "2026-03-02", "at": "2026-03-02T08:00:00+00:00", "words": "x"}
    assert canonical.digest_of_facts(facts) == canonical.digest(plain)


def test_orders_keys_by_utf_16_and_not_by_code_point() -> None:
    assert canonical.dumps({"\ufb33": 1, "\U0001f600": 2}) == '{"\U0001f600":2,"\ufb33":1}'.encode()


def test_writes_enumerations_as_text_and_tuples_as_lists() -> None:
    assert canonical.dumps({Colour.RED: (Colour.RED, True)}) == b'{"red":["red",true]}'


@pytest.mark.parametrize(
    "value",
    [1.0, float("nan"), LARGEST + 1, {1: 2}, {None: 1}, b"x", {"a": {"b": 0.5}}, "\ud800", {"\ud800": 1}],
)
def test_refuses_what_has_no_canonical_form(value: object) -> None:
    with pytest.raises(NotCanonical):
        canonical.dumps(value)


@pytest.mark.parametrize(
    "text",
    [
        "1.5",
        "1e3",
        "NaN",
        "-Infinity",
        '{"a":1,"a":2}',
        "9007199254740992",
        "9" * 5000,
        "",
        "{",
        b"\xff",
        "[" * 99999,
    ],
)
def test_refuses_to_read_what_could_not_have_been_written(text: str | bytes) -> None:
    with pytest.raises(NotJson):
        canonical.loads(text)
