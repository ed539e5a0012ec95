"""Structured fields: read as another implementation reads them, or refused with the place."""

import http_sf
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hutong.core import structured
from hutong.core.errors import Problem

READ = [
    "",
    "a=1",
    'sig1=("@method" "x";sf;key="b" tok ?0 -1.5 :AA==:);created=1;keyid="a\\"b";flag',
    "a=:AAAA:,\t b=:BBBB:;x=?0 , c",
    "a=(  ), b=( 1   2 );c;d;e=*t/o:k",
    "a=(1 2)",
]
NOT_READ = ["a=", "=1", "A=1", "a=1,", "a=1 b=2", "a=(1", "a=(1)x", "a=(1(2))", 'a="x', 'a="\\x"', "a=:A", 'a="é"',
            "a=1;", "a=1;=2", "a=(1;)", "a=\n1", "a=?2", 'a=("x""y")']  # fmt: skip


def peers(text: str) -> object:
    return http_sf.parse(text.encode(), tltype="dictionary")


@pytest.mark.parametrize("text", READ)
def test_reads_what_another_implementation_reads(text: str) -> None:
    found = structured.dictionary(text, header="x")
    theirs = peers(text)
    assert [*found] == [*theirs]
    again = ", ".join(f"{key}={each}" for key, each in found.items())
    assert peers(again) == theirs


@pytest.mark.parametrize("text", NOT_READ)
def test_refuses_what_another_implementation_refuses(text: str) -> None:
    with pytest.raises(structured.HeaderUnreadable) as told:
        structured.dictionary(text, header="x")
    assert 1 <= told.value.facts["at"] <= len(text) + 1
    with pytest.raises((http_sf.StructuredFieldError, ValueError)):
        peers(text)


@pytest.mark.parametrize("text", ["a=1, a=2", "a=1;x;x=2", "a=(1;x=1;x=1)"])
def test_refuses_a_key_twice_of_which_the_standard_takes_the_last(text: str) -> None:
    with pytest.raises(structured.KeyTwice):
        structured.dictionary(text, header="x")


@given(st.text(alphabet='ab1"\\:;,=() ?.-*\t', max_size=40))
def test_reads_nothing_that_another_implementation_reads_as_something_else(text: str) -> None:
    try:
        found = structured.dictionary(text, header="x")
    except Problem:
        return
    assert [*found] == [*peers(text)]


def test_does_not_read_a_field_that_is_too_long() -> None:
    with pytest.raises(structured.HeaderUnreadable):
        structured.dictionary("a=1" + " " * structured.LONGEST + ", b=1", header="x")
