"""Comparison (SX-07-d): claims in, a verdict for every value out, and nothing that is held.

Sealed, protected and plain items are compared alike: what is held is never decrypted for it.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import NamedTuple, TypeVar

from hutong.audit.log import Receipt
from hutong.core import labels, normalise
from hutong.core.errors import Invalid, Problem, TooLarge
from hutong.core.labels import Both
from hutong.db import trips
from hutong.db.database import Database
from hutong.plane import values
from hutong.plane.answer import alarms, limits, mismatches, rounds, verdicts
from hutong.plane.answer.asking import Asking, SignedQuestion
from hutong.plane.answer.limits import Want
from hutong.plane.answer.mismatches import Settlement
from hutong.plane.answer.rounds import Answering, AnswerSummary, Round
from hutong.plane.answer.verdicts import Claim as Claim
from hutong.plane.answer.verdicts import ListVerdicts, Sheet, VerdictsOf
from hutong.plane.answer.verdicts import Verdict as Verdict
from hutong.plane.answer.verdicts import record_keys as record_keys
from hutong.plane.definition import Item, Mode
from hutong.plane.keys import Keyring
from hutong.plane.tables import Store

R = TypeVar("R")

MOST_CLAIMS = 1000
"""Claims in one question."""


class ClaimsMissing(Invalid):
    """The question makes no claim, or claim {claim} names no value."""


class TooManyClaims(TooLarge):
    """The question makes {claims} claims; at most {most} are taken."""


class KeyIncomplete(Invalid):
    """Claim {claim} does not give the key of {code}: {key}, each with a value, in this order."""


class ValueImpossible(Invalid):
    """Claim {claim}: what is said of {item} can be no value of it: {kind}."""

    clause = "SX-07-d"


class TextUnreadable(Invalid):
    """Claim {claim} has a text that is not valid Unicode."""


class CompareQuestion(NamedTuple):
    """Some claims, asked under one grant; answered whole or refused whole."""

    asked: SignedQuestion
    claims: tuple[Claim, ...]


class Answer(NamedTuple):
    """One verdict a value, claim by claim, in the order asked, with the receipt.

    `as_of` is the moment of the last delivery that reached the version, where none reaches it any more.
    """

    verdicts: list[dict[str, Verdict]]
    receipt: Receipt
    at: datetime
    as_of: datetime | None = None


def answer(
    db: Database,
    *,
    questions: Sequence[CompareQuestion],
    keyring: Keyring,
    now: datetime,
    make: Callable[[CompareQuestion, Answer | Problem], R],
) -> list[R]:
    """Answer a list of comparisons, each as if asked alone, and return what `make` makes of answers or refusals.

    After return every answer and refusal is committed with its entry; `make` is called before that, so nothing it does
    may be seen. A question that fails in SQL fails alone.
    """

    def lost(question: CompareQuestion) -> tuple[Asking, AnswerSummary]:
        return _asking(question), _TOLD

    answering = Answering(Mode.COMPARE, _answer, lost, make)
    return rounds.in_halves(db, questions, answering=answering, keyring=keyring, now=now)


def _answer(this: Round, questions: Sequence[CompareQuestion]) -> list[Answer | Problem]:
    askings = [_asking(question) for question in questions]
    this.admit(askings)
    for each, question in zip(askings, questions, strict=True):
        if each.problem is None:
            each.problem = _fault(question, each)
    sheets = verdicts.sheets(askings, [question.claims for question in questions])
    told_of = _looked(this, sheets) if this.looks else {}
    told = {id(sheet.asking): sheet.told() for sheet in sheets}
    receipts = this.enter([(each, told.get(id(each), _TOLD)) for each in askings])
    if not this.looks:
        told_of = _settled(this, sheets)
    return [
        each.problem or Answer(told_of[id(each)], receipt, this.now, each.as_of)
        for each, receipt in zip(askings, receipts, strict=True)
    ]


def _settled(this: Round, sheets: Sequence[Sheet]) -> VerdictsOf:
    """Return the verdicts of every question; the transaction is on its way to its commit then, with what is spent.

    It fails where that, or what does not match, is more than there may be.
    """
    wants = [sheet.want() for sheet in sheets]
    for statement in limits.spending_guesses(wants, day=this.day):
        trips.leave(this.cur, statement)
    groups = verdicts.groups(sheets)
    compared: list[ListVerdicts] = []

    def then(rows: list[list[trips.Row]]) -> list[trips.Statement]:
        compared.append(verdicts.compared(groups, claimed, rows))
        settling = mismatches.settling(compared[0].settlement(sheets), day=this.day, expect=True)
        return [*settling, *limits.spending_quota(wants, day=this.day)]

    reading = this.read_last([verdicts.reading(group) for group in groups], then)
    claimed = [verdicts.claimed(this.keyring, group) for group in groups]
    reading()
    return compared[0].verdicts if compared else {}


def _looked(this: Round, sheets: Sequence[Sheet]) -> VerdictsOf:
    """Return the verdicts of every question, after a look at what is left; what it does not cover gets its problem.

    Questions are gone through in order, so the list comes out as they would one by one. What was gone through of one
    that is refused on the way is spent.
    """
    wants = [sheet.want() for sheet in sheets]
    units = [sheet.grant.consumer for sheet in sheets if sheet.limited]
    spent = limits.look_spent(this.cur, wants=wants, day=this.day, between=mismatches.locking(units, day=this.day))
    groups = verdicts.groups(sheets)
    claimed = [verdicts.claimed(this.keyring, group) for group in groups]
    compared = verdicts.compared(groups, claimed, this.read([verdicts.reading(group) for group in groups]))
    tried_by = compared.each_tried()
    ledger = mismatches.look(this.cur, tried=list(tried_by.values()), day=this.day)
    taken: list[Want] = []
    what = Settlement()
    for sheet, want in zip(sheets, wants, strict=True):
        tried = tried_by.get(id(sheet.asking))
        problem, gone = spent.refusal(want), len(sheet.claims)
        if problem is None and tried is not None:
            problem, gone = ledger.go_through(tried)
            what.add_tried(tried.first(gone))
        elif problem is not None:
            gone = 0
        sheet.asking.problem = problem
        if gone:
            part = sheet.want(gone)
            spent.take(part)
            taken.append(part)
    for unit, code, share, most in ledger.alarming():
        alarms.open_alarm(
            this.cur, limit=mismatches.SHARE, consumer=unit, code=code, seen=share, most=most, now=this.now
        )
    for statement in (
        *limits.spending_guesses(taken, day=this.day),
        *mismatches.settling(what, day=this.day, expect=False),
        *limits.spending_quota(taken, day=this.day),
    ):
        trips.leave(this.cur, statement)
    return compared.verdicts


def _asking(question: CompareQuestion) -> Asking:
    claims = question.claims
    if len(claims) == 1:
        return Asking(question.asked, list(claims[0].values), 1)
    named = dict.fromkeys(code for claim in claims for code in claim.values)
    return Asking(question.asked, list(named), len(claims))


_TOLD = AnswerSummary(verdicts.EVENT)


def _is_empty(value: str) -> bool:
    """Return whether a part of a key says nothing: what is delivered under such a key is rejected, too."""
    return not (value.isascii() and value.isalnum()) and not normalise.normalise(value).strip()


def _fault(question: CompareQuestion, each: Asking) -> Problem | None:
    assert each.store is not None
    definition, claims = each.store.definition, question.claims
    if not claims:
        return ClaimsMissing(claim=0)
    if len(claims) > MOST_CLAIMS:
        return TooManyClaims(claims=len(claims), most=MOST_CLAIMS)
    for number, claim in enumerate(claims, 1):
        if not claim.values:
            return ClaimsMissing(claim=number)
        try:
            "".join((*claim.key, *claim.values.values())).encode()
        except UnicodeEncodeError:
            return TextUnreadable(claim=number)
        if len(claim.key) != len(definition.key) or any(map(_is_empty, claim.key)):
            return KeyIncomplete(claim=number, code=definition.code, key=", ".join(definition.key))
        if (item := _impossible(claim, each.store)) is not None:
            return ValueImpossible(claim=number, item=item.code, kind=_kind(item))
    return None


def _impossible(claim: Claim, store: Store) -> Item | None:
    """Return the item of which a claim says what none of its values could be; what is held is not looked at."""
    said = [*zip(store.definition.key, claim.key, strict=True), *claim.values.items()]
    for code, value in said:
        item = store.definition.item(code)
        if not values.possible(item, value, form=store.normaliser_version):
            return item
    return None


def _kind(item: Item) -> Both:
    """Return what the values of an item are: its type or, of text, its first rule."""
    if item.type not in values.TEXT:
        return labels.both(f"types.{item.type}")
    return labels.both(f"rules.{next(rule.rule for rule in item.rules if not rule.warn)}")


