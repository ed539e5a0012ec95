"""No door may do in the database what none of our statements does."""

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import psycopg
import pytest

import hutong
from hutong.db import rights
from hutong.db.database import Database

ROOT = Path(hutong.__file__).parent


@cache
def statements() -> tuple[str, ...]:
    """Return every statement that stands in a file of ours, functions of the database among them."""
    files = [path.read_text(encoding="utf-8") for path in sorted(ROOT.rglob("*.sql"))]
    return tuple(" ".join(each.lower().split()) for file in files for each in re.split(r"\n\s*\n|;\s*\n", file))


def named() -> Iterator[tuple[str, str, str]]:
    """Yield role, table and right for each right on a whole table that changes or removes rows."""
    for role, tables in rights.RIGHTS.items():
        for table, said in tables.items():
            listed = {each.strip() for each in said.partition("update (")[0].split(",")}
            yield from ((role, table, right) for right in ("update", "delete") if right in listed and "*" not in table)


def done(table: str, right: str) -> bool:
    """Whether a statement updates or locks rows of a table, or removes some."""
    name = re.escape(table)
    if right == "delete":
        return any(re.search(rf"delete from {name}\b", each) for each in statements())
    forms = rf"update {name}\b|insert into {name}\b.*do update|from {name}\b.*for (no key )?(update|share)"
    return any(re.search(forms, each) for each in statements())


def test_no_right_is_given_that_no_statement_uses() -> None:
    assert [each for each in named() if not done(*each[1:])] == []


@pytest.mark.parametrize(
    ("role", "statement"),
    [
        ("plane", "update plane.nonce set until_at = now()"), ("plane", "delete from plane.nonce"),
        ("plane", "update feed.r1_v1 set change = 2"), ("plane", "delete from feed.r1_v1"),
        ("plane", "update plane.rejected_row set reason = ''"), ("control", "update plane.definition set digest = ''"),
    ],
)  # fmt: skip
def test_what_was_remembered_is_changed_by_no_door(db, role: str, statement: str) -> None:
    with db.transaction() as cur:
        cur.execute("set role hutong_owner")
        cur.execute("create table feed.r1_v1 (change bigint primary key)")  # made after rights were given
    acting = Database(db.url, role=role, size=1)
    try:
        with pytest.raises(psycopg.errors.InsufficientPrivilege), acting.transaction() as cur:
            cur.execute(statement)
    finally:
        acting.close()


def test_a_right_on_what_is_still_to_be_made_is_taken_back_with_its_line(database_url) -> None:
    given = "alter default privileges for role hutong_owner in schema feed grant update on tables to hutong_plane"
    with psycopg.connect(database_url) as connection, connection.cursor() as cur:
        cur.execute(given)
        rights.apply(cur)
        cur.execute("set local role hutong_owner")
        cur.execute("create table feed.r2_v1 (change bigint primary key)")
        cur.execute("select has_table_privilege('hutong_plane', 'feed.r2_v1', 'update')")
        assert cur.fetchone() == (False,)
