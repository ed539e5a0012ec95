import pytest

from hutong.db import sql

FILE = """-- What it is about.

-- name: first
-- Take one;
-- in two lines.
select %(a)s
-- inside
from t;

-- name: second
-- Another.
select 2
"""


def test_reads_names_descriptions_and_statements():
    assert sql.parse(FILE, file="f.sql") == {
        "first": sql.Query("first", "Take one; in two lines.", "select %(a)s\n-- inside\nfrom t"),
        "second": sql.Query("second", "Another.", "select 2"),
    }


@pytest.mark.parametrize(
    "broken",
    [
        "select 1\n-- name: a\n-- d\nselect 1",
        "-- name: a\nselect 1",
        "-- name: a\n-- d\n",
        "-- name: a b\n-- d\nselect 1",
        "-- name: a\n-- d\nselect 1\n-- name: a\n-- d\nselect 2",
        "-- part: a\n-- d\nselect 1\n-- name: a\n-- d\nselect 2",
        "-- name: a\n-- d\nselect {{b}}\n-- part: b\n-- d\n1",
    ],
)
def test_refuses_a_file_that_breaks_the_form(broken):
    with pytest.raises(ValueError, match=r"f\.sql"):
        sql.parse(broken, file="f.sql")


def test_a_query_is_an_attribute_and_an_unknown_one_names_the_file():
    queries = sql.Queries("p/f.sql", sql.parse(FILE, file="f.sql"))

    assert queries.second == "select 2"
    assert dir(queries) == ["first", "second"]
    with pytest.raises(AttributeError, match=r"p/f\.sql holds no query named third"):
        _ = queries.third


def test_a_part_is_told_once_and_stands_in_every_query_that_names_it():
    text = """-- part: some
-- What is asked for.
from t where a = %(a)s
-- name: rows
-- Rows.
select x {{some}} limit 1
-- name: counted
-- How many.
select count(*) {{some}}
"""
    assert {name: query.text for name, query in sql.parse(text, file="f.sql").items()} == {
        "rows": "select x from t where a = %(a)s limit 1", "counted": "select count(*) from t where a = %(a)s",
    }  # fmt: skip
