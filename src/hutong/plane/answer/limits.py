"""Quotas and guess budgets: how much may be asked a day under a grant, and about one data subject.

What is spent stands beside what may be, and the tables themselves refuse more (`quota_kept`, `guesses_kept`). So a list
spends with its commit, asking nobody first; only if that is refused is it answered anew, after a look at what is left
and going through its questions in order. Rows are added and locked in one order, guesses before quotas, so that two
lists never wait for each other in a circle.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

import psycopg
from psycopg import Cursor

from hutong.core import beijing
from hutong.core.errors import Exhausted, Problem
from hutong.db import arrays, sql, trips
from hutong.db.database import Database
from hutong.plane import rulebook
from hutong.plane.grants import Grant

statements = sql.load(__package__, "limits.sql")

Subject = tuple[str, bytes]

KEPT_DAYS = "spent.kept_days"
"""The rulebook's name of the days for which it is kept what was spent on a day."""
_KEPT = ("quota_kept", "guesses_kept")
"""Constraints that refuse to spend more than there is."""


class QuotaSpent(Exhausted):
    """Today's quota of grant {grant}, {quota}, does not cover this question."""


class GuessesSpent(Exhausted):
    """Under grant {grant} at most {guesses} claims a day may be made about one data subject."""


class Want(NamedTuple):
    """What one question would spend: of the quota, and of the claims about each subject."""

    grant: Grant
    amount: int
    subjects: Mapping[bytes, int]


def spend(cur: Cursor, *, wants: Sequence[Want], day: date) -> None:
    """Use up quota and guess budget for a list of questions, with the commit (`trips.leave`).

    Where that is more than there is, the transaction fails, and `overspent` says so of the failure.
    """
    for statement in (*spending_guesses(wants, day=day), *spending_quota(wants, day=day)):
        trips.leave(cur, statement)


def spending_guesses(wants: Sequence[Want], *, day: date) -> list[trips.Statement]:
    """Return the statement that uses up guess budget, where there is any to use up."""
    guesses = _sums(wants)[1]
    return [(statements.spend_guesses, _guesses(guesses, _mosts(wants), day))] if guesses else []


def spending_quota(wants: Sequence[Want], *, day: date) -> list[trips.Statement]:
    """Return the statement that uses up quota, where there is a question.

    The last of all: from here to the commit every other list under one of these grants waits for this one.
    """
    return [(statements.spend_quota, _quota(_sums(wants)[0], _mosts(wants), day))] if wants else []


def overspent(fault: psycopg.Error) -> bool:
    """Return whether a transaction failed because a list would have spent, or disclosed, more than there is."""
    if fault.sqlstate == "HT002":
        return True
    return isinstance(fault, psycopg.errors.CheckViolation) and fault.diag.constraint_name in _KEPT


def look(cur: Cursor, *, wants: Sequence[Want], day: date) -> list[Problem | None]:
    """Return the refusals in place: a question is taken whole or not at all, and a refused one uses nothing.

    So the list comes out as its questions would one by one (architecture 3.1). What is left for those taken is kept for
    this transaction.
    """
    spent = look_spent(cur, wants=wants, day=day)
    return allot(wants, quota_spent=spent.quota, guesses_spent=spent.guesses)


class Spent(NamedTuple):
    """What was spent this day, by grant and by subject; questions that are taken are counted on."""

    quota: Counter[str]
    guesses: Counter[Subject]

    def refusal(self, want: Want) -> Problem | None:
        """Return why a question is not covered by what is left, if it is not."""
        no = want.grant.no
        if self.quota[no] + want.amount > want.grant.quota:
            return QuotaSpent(grant=no, quota=want.grant.quota)
        if any(self.guesses[no, s] + n > want.grant.guesses for s, n in want.subjects.items()):
            return GuessesSpent(grant=no, guesses=want.grant.guesses)
        return None

    def take(self, want: Want) -> None:
        """Count a question that is taken."""
        self.quota[want.grant.no] += want.amount
        for subject, count in want.subjects.items():
            self.guesses[want.grant.no, subject] += count


def look_spent(
    cur: Cursor, *, wants: Sequence[Want], day: date, between: Iterable[trips.Statement] = ()
) -> Spent:
    """Lock what was spent this day under the grants of some questions and about their subjects, and return it.

    What else is locked, `between` locks in its place: after guesses and before quotas.
    """
    if not wants:
        return Spent(Counter(), Counter())
    quota, guesses = _sums(wants)
    guessed, *_, spent = trips.together(
        cur,
        [
            (statements.look_guesses, _guesses(dict.fromkeys(guesses, 0), _mosts(wants), day)),
            *between,
            (statements.look_quota, _quota(dict.fromkeys(quota, 0), _mosts(wants), day)),
        ],
    )
    return Spent(Counter(dict(spent)), Counter({(no, subject): count for no, subject, count in guessed}))


def allot(wants: Sequence[Want], *, quota_spent: Counter[str], guesses_spent: Counter[Subject]) -> list[Problem | None]:
    """Go through `wants` in order and return the refusals in place; the counters are brought up to date."""
    spent = Spent(quota_spent, guesses_spent)
    refused: list[Problem | None] = []
    for want in wants:
        problem = spent.refusal(want)
        if problem is None:
            spent.take(want)
        refused.append(problem)
    return refused


def forget(db: Database, *, now: datetime) -> int:
    """Drop what was spent on days longer ago than the rulebook has it kept, and return how many rows that were.

    A budget is a day's: none is read once its day is over.
    """
    with db.transaction() as cur:
        today = beijing.day(now)
        before = {"day": today - timedelta(days=rulebook.number(cur, KEPT_DAYS, day=today))}
        return sum(cur.execute(each, before).rowcount for each in (statements.forget_quota, statements.forget_guesses))


def _mosts(wants: Sequence[Want]) -> dict[str, Grant]:
    return {want.grant.no: want.grant for want in wants}


def _sums(wants: Sequence[Want]) -> tuple[dict[str, int], dict[Subject, int]]:
    quota: dict[str, int] = {}
    guesses: dict[Subject, int] = {}
    for grant, amount, subjects in wants:
        no = grant.no
        quota[no] = quota.get(no, 0) + amount
        for subject, claims in subjects.items():
            guesses[no, subject] = guesses.get((no, subject), 0) + claims
    return quota, guesses


def _quota(counts: Mapping[str, int], grants: Mapping[str, Grant], day: date) -> dict[str, Any]:
    names = sorted(counts)
    return {
        "day": day,
        "grants": arrays.texts(names),
        "counts": arrays.int4s([counts[no] for no in names]),
        "quotas": arrays.int4s([grants[no].quota for no in names]),
    }


def _guesses(counts: Mapping[Subject, int], grants: Mapping[str, Grant], day: date) -> dict[str, Any]:
    rows = sorted(counts)
    return {
        "day": day,
        "of": arrays.texts([no for no, _ in rows]),
        "subjects": arrays.blobs([subject for _, subject in rows]),
        "counts": arrays.int4s([counts[each] for each in rows]),
        "mosts": arrays.int4s([grants[no].guesses for no, _ in rows]),
    }
