"""Comparison (SX-07-d): claims in, a verdict for every value out, and nothing that is held.

Sealed, protected and plain items are compared alike: what is held is never decrypted for it.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple, TypeVar

from hutong.audit.log import Receipt
from hutong.audit.subjects import gathered
from hutong.core import normalise
from hutong.core.errors import Invalid, Problem, TooLarge
from hutong.db import arrays, trips
from hutong.db.database import Database
from hutong.plane import filters, sealing, subjects
from hutong.plane.answer import asking, rounds, selects
from hutong.plane.answer.asking import Asking, SignedQuestion
from hutong.plane.answer.limits import Want
from hutong.plane.answer.rounds import Answering, AnswerSummary, Round
from hutong.plane.definition import Definition, Holding, Mode
from hutong.plane.grants import Grant
from hutong.plane.keys import Keyring, ResourceKeys
from hutong.plane.tables import Store

R = TypeVar("R")

MOST_CLAIMS = 1000
"""Claims in one question."""


class Verdict(StrEnum):
    """What is said about one value. ABSENT: no such record, or nothing held in this item."""

    MATCH = "match"
    MISMATCH = "mismatch"
    ABSENT = "absent"


class ClaimsMissing(Invalid):
    """The question makes no claim, or claim {claim} names no value."""


class TooManyClaims(TooLarge):
    """The question makes {claims} claims; at most {most} are taken."""


class KeyIncomplete(Invalid):
    """Claim {claim} does not give the key of {code}: {key}, each with a value, in this order."""


class TextUnreadable(Invalid):
    """Claim {claim} has a text that is not valid Unicode."""


class Claim(NamedTuple):
    """What somebody says about one record: key values in the definition's order, and values by item."""

    key: tuple[str, ...]
    values: Mapping[str, str]


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
    sheets = _sheets(askings, questions)
    wants = [(sheet.asking, sheet.want()) for sheet in sheets if sheet]
    this.look(wants)
    told = [(each, sheet.told() if sheet else _TOLD) for each, sheet in zip(askings, sheets, strict=True)]
    receipts = this.enter(told, wants=wants)
    verdicts = _compare(this, [sheet for sheet in sheets if sheet and sheet.asking.problem is None])
    return [
        each.problem or Answer(verdicts[id(each)], receipt, this.now, each.as_of)
        for each, receipt in zip(askings, receipts, strict=True)
    ]


def _asking(question: CompareQuestion) -> Asking:
    claims = question.claims
    if len(claims) == 1:
        return Asking(question.asked, list(claims[0].values), 1)
    named = dict.fromkeys(code for claim in claims for code in claim.values)
    return Asking(question.asked, list(named), len(claims))


_TOLD = AnswerSummary("plane.compared")


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
        if len(claim.key) != len(definition.key) or not all(value.strip() for value in claim.key):
            return KeyIncomplete(claim=number, code=definition.code, key=", ".join(definition.key))
    return None


class _Sheet(NamedTuple):
    """The claims of one question with the digests of the records they are about."""

    asking: Asking
    grant: Grant
    store: Store
    keys: ResourceKeys
    claims: tuple[Claim, ...]
    records: list[bytes]
    subjects: list[bytes]

    def want(self) -> Want:
        """What a comparison spends: every claim counts for the quota, and for the claims about its record."""
        claimed = {self.records[0]: 1} if len(self.records) == 1 else Counter(self.records)
        return Want(self.grant, len(self.claims), claimed)

    def told(self) -> AnswerSummary:
        return AnswerSummary("plane.compared", asking.digest(self.keys, self.records), {}, gathered(self.subjects))


class _Claimed(NamedTuple):
    """The claims about one item: their numbers in the group, and the claimed values as they would be stored."""

    places: list[int]
    said: Sequence[bytes | str | None]


def _sheets(askings: Sequence[Asking], questions: Sequence[CompareQuestion]) -> list[_Sheet | None]:
    """Return a sheet for every question that still stands; record keys are made for a whole resource."""
    by_resource: dict[str, list[int]] = {}
    for place, each in enumerate(askings):
        if each.problem is None and each.store is not None:
            by_resource.setdefault(each.store.relation, []).append(place)
    sheets: list[_Sheet | None] = [None] * len(askings)
    for places in by_resource.values():
        store, keys = askings[places[0]].store, askings[places[0]].keys
        assert store is not None
        assert keys is not None
        rows = [claim.key for place in places for claim in questions[place].claims]
        records, named = record_keys(store.definition, keys, rows)
        at = 0
        for place in places:
            claims = questions[place].claims
            grant = askings[place].grant
            assert grant is not None
            own = slice(at, at := at + len(claims))
            sheets[place] = _Sheet(askings[place], grant, store, keys, claims, records[own], named[own])
    return sheets


def record_keys(
    definition: Definition, keys: ResourceKeys, rows: Sequence[tuple[str, ...]]
) -> tuple[list[bytes], list[bytes]]:
    """Return the digest of each record named by `rows` of key values, in the definition's order, and whom it is about.

    Whether a record is held changes neither.
    """
    columns = [
        _encoded(normalise.column(column, type=definition.item(code).type))
        for code, column in zip(definition.key, zip(*rows, strict=True), strict=True)
    ]
    records = sealing.record_keys(keys, columns)
    return records, subjects.of_rows(definition, keys, records, columns)


def _compare(this: Round, sheets: Sequence[_Sheet]) -> dict[int, list[dict[str, Verdict]]]:
    """Return the verdicts of every question, by its asking; the transaction is on its way to its commit then."""
    together: dict[tuple[str, str], list[_Sheet]] = {}
    for sheet in sheets:
        together.setdefault((sheet.store.relation, sheet.grant.read_alone), []).append(sheet)
    groups = list(together.values())
    asked = [list(dict.fromkeys(code for sheet in group for code in sheet.asking.items)) for group in groups]
    reading = this.read_last([_reading(group, items) for group, items in zip(groups, asked, strict=True)])
    claimed = [_claimed(group, items) for group, items in zip(groups, asked, strict=True)]
    verdicts: dict[int, list[dict[str, Verdict]]] = {}
    for group, items, mine, rows in zip(groups, asked, claimed, reading(), strict=True):
        verdicts.update(_verdicts(group, items, mine, rows))
    return verdicts


def _reading(group: Sequence[_Sheet], items: Sequence[str]) -> trips.Statement:
    keys = list(dict.fromkeys(k for sheet in group for k in sheet.records))
    inside = filters.inside(group[0].grant.row_filter, group[0].keys)
    return selects.digests(group[0].store, items, inside), {"keys": arrays.blobs(keys), **filters.values(inside)}


def _claimed(group: Sequence[_Sheet], items: Sequence[str]) -> list[_Claimed]:
    """Return, item by item, which claims say something about it, and what that is in the form in which it is held."""
    records = [k for sheet in group for k in sheet.records]
    claims = [claim.values for sheet in group for claim in sheet.claims]
    definition, keys = group[0].store.definition, group[0].keys
    found = []
    for code in items:
        places = [place for place, values in enumerate(claims) if code in values]
        values = [claims[place][code] for place in places]
        found.append(_Claimed(places, _comparable(definition, keys, code, [records[p] for p in places], values)))
    return found


def _verdicts(
    group: Sequence[_Sheet],
    items: Sequence[str],
    claimed: Sequence[_Claimed],
    rows: Sequence[tuple[bytes | str | None, ...]],
) -> dict[int, list[dict[str, Verdict]]]:
    """Compare item by item. Whether a record is there changes neither what is computed nor how often."""
    absent = [
        Verdict.MISMATCH if sheet.grant.fold_absent else Verdict.ABSENT
        for sheet in group
        for _ in sheet.claims
    ]
    nothing = (None,) * (len(items) + 1)
    by_key = {row[0]: row for row in rows}
    stored = [by_key.get(k, nothing) for sheet in group for k in sheet.records]
    told: list[dict[str, Verdict]] = [{} for _ in stored]
    definition = group[0].store.definition
    for column, (code, (places, said)) in enumerate(zip(items, claimed, strict=True), 1):
        there = [stored[place][column] for place in places]
        if definition.item(code).holding is Holding.PLAIN:
            there = _renormalised(there, type=definition.item(code).type)
        for place, mine, theirs in zip(places, said, there, strict=True):
            told[place][code] = (
                Verdict.MATCH if mine == theirs else absent[place] if theirs is None else Verdict.MISMATCH
            )
    by_question = iter(told)
    return {id(sheet.asking): [_in_order(next(by_question), claim) for claim in sheet.claims] for sheet in group}


def _comparable(
    definition: Definition, keys: ResourceKeys, code: str, records: Sequence[bytes], values: Sequence[str]
) -> Sequence[bytes | str | None]:
    item = definition.item(code)
    plain = normalise.column(values, type=item.type)
    if item.holding is Holding.SEALED:
        return sealing.seal_column(keys, code, records, _encoded(plain))
    if item.holding is Holding.PROTECTED:
        return sealing.blind_column(keys, code, _encoded(plain))
    return plain


def _encoded(values: Sequence[str | None]) -> list[bytes]:
    return [str.encode(value) for value in values]  # type: ignore[arg-type]  # what is claimed is never None


def _renormalised(values: Sequence[bytes | str | None], *, type: str) -> list[bytes | str | None]:
    # A record that is not held costs as much as one that is: the empty text is digested and compared in its place.
    texts = normalise.column([str(value or "") for value in values], type=type)
    return [None if value is None else text for value, text in zip(values, texts, strict=True)]


def _in_order(told: dict[str, Verdict], claim: Claim) -> dict[str, Verdict]:
    return {code: told[code] for code in claim.values}
