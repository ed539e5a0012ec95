"""Whether a caller may ask anything at all where no grant is named: when it asks for what is its own, or sends what
cannot be read."""

from collections.abc import Sequence
from datetime import datetime

from psycopg import Cursor

from hutong.core import beijing
from hutong.core.errors import Problem
from hutong.plane.answer import asking, facts, rounds
from hutong.plane.answer.asking import Asking, SignedQuestion
from hutong.plane.answer.rounds import AnswerSummary, Round
from hutong.plane.definition import Mode
from hutong.plane.keys import Keyring


def refusals(cur: Cursor, asked: Sequence[SignedQuestion], *, now: datetime) -> list[Problem | None]:
    """Spend the nonces and return, in order, why each caller may not ask anything, or None where it may.

    That is because its request was received before (Replayed), came too late (RequestStale), or its system is not as
    it was when it signed. No system that is in order is stopped from here to the commit (architecture 3.7).
    """
    spending = (rounds.statements.spend_fresh_nonces, asking.nonces(asked))
    found, (fresh,) = facts.read(cur, asking.names(asked), [spending], day=beijing.day(now))
    unspent = set(fresh)
    return [_refusal(each, found, unspent, now) for each in asked]


def _refusal(
    asked: SignedQuestion, found: facts.Facts, unspent: set[tuple[object, ...]], now: datetime
) -> Problem | None:
    nonce = (asked.caller.system, asked.caller.nonce)
    if nonce not in unspent:
        return rounds.Replayed()
    unspent.remove(nonce)
    try:
        asking.check_caller(asked.caller, found, now=now)
    except Problem as problem:
        return problem
    return None


def enter_refused(
    cur: Cursor, refused: Sequence[tuple[SignedQuestion, Problem]], *, mode: Mode, keyring: Keyring, now: datetime
) -> None:
    """Append one `plane.refused` a caller, with the commit; each problem gets the facts `entry` and `leaf`."""
    found, _ = facts.read(cur, asking.names([asked for asked, _ in refused]), day=beijing.day(now))
    askings = [
        Asking(asked, (), 0, problem=problem, department=asking.department(asked, found)) for asked, problem in refused
    ]
    Round(cur, mode, keyring, now).enter([(each, AnswerSummary("plane.refused")) for each in askings])
