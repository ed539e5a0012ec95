"""Columns come to PostgreSQL as the lists they were made of."""

from datetime import UTC, datetime, timedelta

import psycopg
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hutong.db import arrays

FIRST, LAST = datetime(1, 1, 2), datetime(9999, 12, 30)
TEXT = st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"]))
COLUMNS = st.one_of(
    st.tuples(st.just((arrays.texts, "text")), st.lists(st.none() | TEXT)),
    st.tuples(st.just((arrays.texts, "text")), st.lists(st.sampled_from([None, "", "审", "a" * 2000]))),
    st.tuples(st.just((arrays.blobs, "bytea")), st.lists(st.none() | st.binary())),
    st.tuples(st.just((arrays.int4s, "int")), st.lists(st.integers(-(2**31), 2**31 - 1))),
    st.tuples(st.just((arrays.int8s, "bigint")), st.lists(st.integers(-(2**63), 2**63 - 1))),
    st.tuples(
        st.just((arrays.moments, "timestamptz")), st.lists(st.datetimes(FIRST, LAST, timezones=st.just(UTC)))
    ),
)


@pytest.fixture(scope="module")
def connection(server):
    with psycopg.connect(server.superuser_url(), autocommit=True) as opened:
        yield opened


@given(COLUMNS)
def test_a_column_arrives_as_the_list_it_was_made_of(connection, drawn):
    (made, kind), values = drawn
    cur = connection.cursor(binary=True)
    ((arrived,),) = cur.execute(f"select %b::{kind}[]", [made(values)]).fetchall()
    assert arrived == values


def test_texts_that_are_utf8_already_are_texts(connection):
    cur = connection.cursor(binary=True)
    assert cur.execute("select %b", [arrays.utf8(["𠮷野".encode(), None])]).fetchone() == (["𠮷野", None],)


def test_a_value_longer_than_a_page_arrives_whole(connection):
    cur = connection.cursor(binary=True)
    assert cur.execute("select %b", [arrays.texts(["长" * 5000])]).fetchone() == (["长" * 5000],)


def test_refuses_a_moment_without_an_offset():
    with pytest.raises(TypeError):
        arrays.moments([datetime(2026, 1, 1) + timedelta(0)])
