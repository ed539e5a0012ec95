"""Sixty people, and who asks for them by conditions."""

from dataclasses import replace
from datetime import timedelta

from answering import KEYRING, NOW, PEOPLE, a_grant, as_it_is, asked, establish, person, supply

from hutong.core.errors import Problem
from hutong.plane import rulebook
from hutong.plane.answer import query
from hutong.plane.answer.query import Condition, QueryQuestion
from hutong.plane.answer.selects import Op
from hutong.plane.definition import Mode

DAY = timedelta(days=1)
PERSONS = replace(PEOPLE, personal=True)
BY = ("street", "born", "children", "name")
ALL = [person(number) for number in range(1, 61)]
EVERYBODY = ("born", "2000-01-01", Op.AT_LEAST), ("born", "2001-01-01", Op.BELOW)


def set_limit(db, **changed):
    """Let the rulebook have other numbers of queries from the first day on."""
    with db.transaction() as cur:
        rulebook.keep(
            cur, {f"query.{name}": value for name, value in changed.items()}, version=1, from_date=NOW.date()
        )


def a_query_grant(no="g1", **changes):
    """Return a grant to query people by what may be a condition."""
    return a_grant(no, **{"mode": Mode.QUERY, "conditions": BY, "until_at": NOW + 1500 * DAY, "quota": 10**9} | changes)


def county(db, definition):
    """Hold sixty people."""
    establish(db, definition=definition)
    supply(db, ALL, definition=definition)
    with db.transaction() as cur:
        cur.execute("update plane.system set mlps_until = '2036-01-01'")
        cur.execute("update plane.store set rows = %s", [len(ALL)])
    return db


def question(*where, grant="g1", **more):
    """Return a question by conditions."""
    return QueryQuestion(asked(grant, nonce_until=NOW + 1000 * DAY), tuple(Condition(*each) for each in where), **more)


def by_key(number, **more):
    """Return the question for one of them by key."""
    return question(("id", person(number)["id"]), **more)


def answer(db, *questions, now=NOW):
    """Ask a list of questions."""
    return query.answer(db, questions=questions, keyring=KEYRING, now=now, make=as_it_is)


def codes(answers):
    """Return how many records each answer has, or the code of its refusal."""
    return [each.code if isinstance(each, Problem) else len(each.rows) for each in answers]
