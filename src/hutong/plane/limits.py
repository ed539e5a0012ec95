"""Quotas and guess budgets: how much may be asked a day under a grant, and about one data subject.

The whole list is added in one statement, rows in one order so that two lists never wait for each other in a
circle. Only if that makes too much are the questions gone through, in order, and what the refused
ones would have used is given back.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from psycopg import Cursor

from hutong.core.errors import Exhausted, Problem
from hutong.db import arrays, sql, trips
from hutong.db.database import Database
from hutong.plane import asking, grants
from hutong.plane.grants import Grant

queries = sql.load(__package__, "limits.sql")

Subject = tuple[str, bytes]


class QuotaSpent(Exhausted):
    """Today's quota of grant {grant}, {quota}, does not cover this question."""


class GuessesSpent(Exhausted):
    """Under grant {grant} at most {guesses} claims a day may be made about one data subject."""


@dataclass(frozen=True, slots=True)
class Want:
    """What one question would use: `count` of the quota, and so many claims about each subject."""

    grant: Grant
    count: int
    subjects: Mapping[bytes, int]


def spend(cur: Cursor, *, wants: Sequence[Want], day: date) -> list[Problem | None]:
    """Use up quota and guess budget for a list of questions; returns the refusals in place.

    A question is taken whole or not at all, and a refused one uses nothing, so that the list comes out as its
    questions would one by one (architecture 3.1).
    """
    if not wants:
        return []
    return settle(cur, wants=wants, spent=trips.together(cur, [spending(wants, day=day)])[0], day=day)


def spending(wants: Sequence[Want], *, day: date) -> trips.Statement:
    """Return the statement that adds up what a list of questions would use; its rows are for `settle`."""
    quota, guesses = _sums(wants)
    return queries.spend, {"day": day, **_grants(quota), **_subjects(guesses)}


def settle(cur: Cursor, *, wants: Sequence[Want], spent: Sequence[trips.Row], day: date) -> list[Problem | None]:
    """Return the refusals in place, as `spend`, once `spending` has answered `spent`; gives back what they used."""
    made: dict[str, int] = {}
    guessed: dict[Subject, int] = {}
    for no, subject, sum_ in spent:
        if subject is None:
            made[no] = sum_
        else:
            guessed[no, subject] = sum_
    if _fits(wants, made, guessed):
        return [None] * len(wants)
    quota, guesses = _sums(wants)
    quota_left = Counter({no: made[no] - count for no, count in quota.items()})
    guesses_left = Counter({subject: guessed[subject] - count for subject, count in guesses.items()})
    refused = allot(wants, quota_spent=quota_left, guesses_spent=guesses_left)
    _give_back(cur, [want for want, no in zip(wants, refused, strict=True) if no is not None], day)
    return refused


def spend_one_each(cur: Cursor, *, askings: Sequence[asking.Asking], now: datetime) -> None:
    """Use up one of the quota for each question that stands; what is refused has its problem set."""
    standing = [each for each in askings if each.problem is None and each.grant is not None]
    wants = [Want(each.grant, 1, {}) for each in standing if each.grant is not None]
    refusals = spend(cur, wants=wants, day=now.astimezone(grants.ZONE).date())
    for each, refusal in zip(standing, refusals, strict=True):
        each.problem = refusal


def allot(wants: Sequence[Want], *, quota_spent: Counter[str], guesses_spent: Counter[Subject]) -> list[Problem | None]:
    """Go through `wants` in order and return the refusals in place; the counters are brought up to date."""
    refused: list[Problem | None] = []
    for want in wants:
        no = want.grant.no
        if quota_spent[no] + want.count > want.grant.quota:
            refused.append(QuotaSpent(grant=no, quota=want.grant.quota))
        elif any(guesses_spent[no, s] + n > want.grant.guesses for s, n in want.subjects.items()):
            refused.append(GuessesSpent(grant=no, guesses=want.grant.guesses))
        else:
            quota_spent[no] += want.count
            for subject, count in want.subjects.items():
                guesses_spent[no, subject] += count
            refused.append(None)
    return refused


def forget(db: Database, *, before: date) -> int:
    """Drop what was spent on days before `before`, and return how many rows that were."""
    with db.transaction() as cur:
        gone = cur.execute(queries.forget_quota, {"day": before}).rowcount
        return gone + cur.execute(queries.forget_guesses, {"day": before}).rowcount


def _sums(wants: Sequence[Want]) -> tuple[dict[str, int], dict[Subject, int]]:
    quota: dict[str, int] = {}
    guesses: dict[Subject, int] = {}
    for want in wants:
        no = want.grant.no
        quota[no] = quota.get(no, 0) + want.count
        for subject, count in want.subjects.items():
            guesses[no, subject] = guesses.get((no, subject), 0) + count
    return quota, guesses


def _fits(wants: Sequence[Want], made: Mapping[str, int], guessed: Mapping[Subject, int]) -> bool:
    return all(
        made[want.grant.no] <= want.grant.quota
        and all(guessed[want.grant.no, subject] <= want.grant.guesses for subject in want.subjects)
        for want in wants
    )


def _give_back(cur: Cursor, unused: Sequence[Want], day: date) -> None:
    quota, guesses = _sums(unused)
    statements = [(queries.return_quota, {"day": day, **_grants(quota)})]
    if guesses:
        statements.append((queries.return_guesses, {"day": day, **_subjects(guesses)}))
    trips.together(cur, statements)


def _grants(quota: Mapping[str, int]) -> dict[str, Any]:
    rows = sorted(quota.items())
    return {"grants": arrays.texts([no for no, _ in rows]), "counts": arrays.int4s([count for _, count in rows])}


def _subjects(guesses: Mapping[Subject, int]) -> dict[str, Any]:
    rows = sorted(guesses.items())
    return {
        "of": arrays.texts([no for (no, _), _ in rows]),
        "subjects": arrays.blobs([subject for (_, subject), _ in rows]),
        "claims": arrays.int4s([count for _, count in rows]),
    }
