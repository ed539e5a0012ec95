"""Subscription (SX-07-c): a snapshot to begin with, then every change, in order and without a gap.

A record goes by an id made for the grant, so that two subscribers cannot join what they got.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TypeVar, cast

from hutong.core import beijing
from hutong.core.errors import Problem
from hutong.core.page import Cursors
from hutong.db import trips
from hutong.db.database import Database
from hutong.plane import rulebook
from hutong.plane.answer import changes, feeds, rounds, snapshot
from hutong.plane.answer.asking import Asking
from hutong.plane.answer.changes import ChangesPlan, ChangesQuestion, FeedChanges
from hutong.plane.answer.limits import Want
from hutong.plane.answer.rounds import Answering, AnswerSummary, Round
from hutong.plane.answer.snapshot import Snapshot, SnapshotPlan, SnapshotQuestion
from hutong.plane.definition import Mode
from hutong.plane.keys import Keyring

R = TypeVar("R")

Question = SnapshotQuestion | ChangesQuestion
Answer = Snapshot | FeedChanges
Plan = SnapshotPlan | ChangesPlan


def answer(
    db: Database,
    *,
    questions: Sequence[Question],
    keyring: Keyring,
    now: datetime,
    make: Callable[[Question, Answer | Problem], R],
) -> list[R]:
    """Answer a list of subscribers' questions, each as if asked alone; returns what `make` makes of the answers.

    After return every answer and refusal is committed with its entry; `make` is called before that, so nothing it does
    may be seen. A question that fails in SQL fails alone.
    """

    def lost(question: Question) -> tuple[Asking, AnswerSummary]:
        return Asking(question.asked, (), 1), AnswerSummary(question.event)

    answering: Answering[Question, Answer, R] = Answering(Mode.SUBSCRIBE, _answer, lost, make)
    return rounds.in_halves(db, questions, answering=answering, keyring=keyring, now=now)


def _answer(this: Round, questions: Sequence[Question]) -> list[Answer | Problem]:
    askings = [Asking(question.asked, (), 1) for question in questions]
    this.admit(askings)
    cursors = Cursors(this.keyring.platform("cursor"))
    plans = [_standing(each, question, cursors) for each, question in zip(askings, questions, strict=True)]
    wants = [(plan.page.asking, Want(plan.page.grant, 1, {})) for plan in plans if plan]
    this.look(wants)
    allowed = [plan for plan in plans if plan is not None and plan.page.asking.problem is None]
    pages, kept_days = _read(this, [plan.statement() for plan in allowed])
    for plan, rows in zip(allowed, pages, strict=True):
        plan.page.rows = rows
        plan.page.asking.problem = plan.gap()
        if plan.page.asking.problem is None:
            plan.open()
    told = [
        (each, plan.told() if plan else AnswerSummary(question.event))
        for each, plan, question in zip(askings, plans, questions, strict=True)
    ]
    receipts = this.enter(told, wants=wants)
    return [
        each.problem or cast(Plan, plan).reply(receipt, days=kept_days, now=this.now)
        for each, plan, receipt in zip(askings, plans, receipts, strict=True)
    ]


def _read(this: Round, statements: Sequence[trips.Statement]) -> tuple[list[list[trips.Row]], int]:
    """Return the rows of statements and the days for which changes are kept, which are read on the same trip."""
    if not statements:
        return this.read([]), 0
    *pages, kept = this.read([*statements, rulebook.reading(feeds.KEPT_DAYS, day=beijing.day(this.now))])
    return pages, rulebook.read(feeds.KEPT_DAYS, kept)


def _standing(each: Asking, question: Question, cursors: Cursors) -> Plan | None:
    if each.problem is not None:
        return None
    try:
        if isinstance(question, SnapshotQuestion):
            return snapshot.plan(each, question, cursors)
        return changes.plan(each, question)
    except Problem as problem:
        each.problem = problem
        return None
