"""A row is read by its columns' names, in whatever order they come."""

import pytest

from hutong.db import rows


def test_rows_are_read_by_the_names_of_their_columns(db):
    with db.transaction() as cur:
        cur.execute("select * from (values (1, 'one'), (2, 'two')) as number (value, word)")
        assert rows.named(cur) == [{"word": "one", "value": 1}, {"word": "two", "value": 2}]


def test_the_only_row_is_none_where_there_is_none_and_never_one_of_several(db):
    with db.transaction() as cur:
        cur.execute("select 1 as number where false")
        assert rows.only(cur) is None
        cur.execute("select 1 as number")
        assert rows.only(cur) == {"number": 1}
        cur.execute("select 1 as number union select 2")
        with pytest.raises(AssertionError):
            rows.only(cur)


def test_one_row_is_neither_none_nor_one_of_several(db):
    with db.transaction() as cur:
        assert rows.one(cur.execute("select 1 as number")) == {"number": 1}
        for statement in ("select 1 as number where false", "select 1 as number union select 2"):
            with pytest.raises(AssertionError):
                rows.one(cur.execute(statement))
