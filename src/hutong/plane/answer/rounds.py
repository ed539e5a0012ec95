"""How a list of questions is answered: one transaction for all of it, each question as if it were asked alone.

A list is checked in the transaction that answers it, with a handful of statements however long it is, and its entries
are committed with what it spends before any reply is given.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any, Generic, NamedTuple, TypeVar

import psycopg
from psycopg import Cursor

from hutong.audit import clock, log, subjects
from hutong.audit.record_templates import RecordTemplate
from hutong.core import beijing
from hutong.core.errors import Conflicting, Problem, TooLarge, Unavailable
from hutong.db import sql, trips
from hutong.db.database import Database
from hutong.plane.answer import asking, facts, limits
from hutong.plane.answer.asking import Asking, Context, SignedQuestion
from hutong.plane.answer.facts import Facts, Memory
from hutong.plane.answer.limits import Want
from hutong.plane.definition import Mode
from hutong.plane.grants import Grant
from hutong.plane.keys import Keyring
from hutong.plane.tables import Store

statements = sql.load(__package__, "rounds.sql")


class Replayed(Conflicting):
    """This request was received before; a request is answered once."""


class QuestionFailed(Unavailable):
    """The question could not be answered; nothing was given out and no quota was used."""


class QuestionTooSlow(TooLarge):
    """The question takes longer than an answer may; it was given up, nothing was given out and no quota was used."""


class AnswerSummary(NamedTuple):
    """What the entry of an answered question says besides its caller and grant."""

    event: str
    digest: str | None = None
    """Keyed digest of what was asked about."""
    more: Mapping[str, Any] = {}
    subjects: bytes = b""
    """Whom it was about, gathered (`audit.subjects`)."""


Q = TypeVar("Q")
A = TypeVar("A")
R = TypeVar("R")


@dataclass(slots=True)
class Round:
    """One try at answering a list of questions of one mode, in one transaction, as of `now`.

    A round that looks finds out which nonces and budgets are spent before it answers. Another leaves it to the tables
    to refuse them and uses what `memory` holds; its transaction fails where anything is otherwise.
    """

    cur: Cursor
    mode: Mode
    keyring: Keyring
    now: datetime
    looks: bool = True
    memory: Memory | None = None
    started: float = field(default_factory=time.perf_counter)
    _first: list[trips.Statement] = field(default_factory=list)
    """What has to be asked before anything is read: whether what was remembered is still so."""
    _reserving: int = 0
    """Which of these reserves ids of entries, if one does."""

    def admit(self, askings: Sequence[Asking]) -> None:
        """Check every question: fills in grant, held and keys, or the problem.

        No service that is used is stopped from here to the commit (architecture 3.7).
        """
        found, entries, fresh = self._facts([each.asked for each in askings])
        passed: dict[tuple[object, ...], Asking] = {}
        for each, entry in zip(askings, entries, strict=True):
            each.entry = entry
            each.department = asking.department(each.asked, found)
            caller = each.asked.caller
            if fresh is not None:
                nonce = (caller.system, caller.nonce)
                if nonce not in fresh:
                    each.problem = Replayed()
                    continue
                fresh.remove(nonce)
            alike = asking.alike(each)
            if (other := passed.get(alike)) and caller.nonce_until >= self.now:
                each.grant, each.store, each.keys, each.items = other.grant, other.store, other.keys, other.items
                each.like = other
                continue
            try:
                asking.check(each, found, mode=self.mode, keyring=self.keyring, now=self.now)
                passed[alike] = each
            except Problem as problem:
                each.problem = problem

    def look(self, wants: Sequence[tuple[Asking, Want]]) -> None:
        """See, if this round looks, what is left today; a question it does not cover has its problem set."""
        if not self.looks:
            return
        standing = [(each, want) for each, want in wants if each.problem is None]
        refusals = limits.look(self.cur, wants=[want for _, want in standing], day=self.day)
        for (each, _), refusal in zip(standing, refusals, strict=True):
            each.problem = refusal

    def read(self, reads: Sequence[trips.Statement]) -> list[list[trips.Row]]:
        """Return the rows that statements read."""
        first, self._first = self._first, []
        return self._stocked(first, trips.together(self.cur, [*first, *reads]))

    def enter(
        self, told: Sequence[tuple[Asking, AnswerSummary]], *, wants: Sequence[tuple[Asking, Want]] = ()
    ) -> list[log.Receipt]:
        """Append one entry a question, in order, with the commit: what was told, or plane.refused with the code.

        The quota that questions want is spent for every question that is not refused. A refused question's problem
        gets the facts `entry` and `leaf`.
        """
        if not self.looks:
            trips.leave(self.cur, (statements.spend_nonces, asking.nonces([each.asked for each, _ in told])))
        ids = [each.entry for each, _ in told if each.entry is not None]
        receipts = log.append(self.cur, self._entries(told), ids=ids if len(ids) == len(told) else None)
        for (each, _), receipt in zip(told, receipts, strict=True):
            if each.problem is not None:
                each.problem.facts.update(entry=receipt.entry_id, leaf=receipt.leaf_hash)
        # The last of all: from here to the commit every other list under one of these grants waits for this one.
        limits.spend(self.cur, wants=[want for each, want in wants if each.problem is None], day=self.day)
        return receipts

    def read_last(self, reads: Sequence[trips.Statement], then: trips.Then) -> Callable[[], list[list[trips.Row]]]:
        """Send statements that read, with what was entered; returns what waits for their rows.

        The commit goes with the statements that `then` makes of the rows.
        """
        first, self._first = self._first, []
        coming = trips.lastly(self.cur, [*first, *reads], lambda rows: then(rows[len(first) :]))
        return lambda: self._stocked(first, coming())

    @property
    def day(self) -> date:
        """The day on which it is answered."""
        return beijing.day(self.now)

    def end(self) -> None:
        """Send what a round has to send before its commit, where it read nothing and so has not sent it yet."""
        if self._first:
            self.read([])

    def _facts(self, asked: Sequence[SignedQuestion]) -> tuple[Facts, Sequence[int], set[trips.Row] | None]:
        """Return facts about callers and grants, an id for each entry, and the fresh nonces where this round looks."""
        count, names, memory = len(asked), asking.names(asked), self.memory
        day = beijing.day(self.now)
        if not self.looks and memory and (found := memory.recall(names, day=day)) and (ids := memory.ids(count)):
            self._first = [facts.lock(), found.unchanged]
            if memory.short_of_ids(count):
                self._reserving = len(self._first)
                self._first.append(log.reserving(_STOCK * count))
            return found, ids, None
        wanted = [log.reserving((1 + _STOCK) * count if memory else count)]
        if self.looks:
            wanted.append((statements.spend_fresh_nonces, asking.nonces(asked)))
        found, (reserved, *fresh) = facts.read(self.cur, names, wanted, day=day)
        ids = [number for (number,) in reserved]
        if memory:
            memory.learn(names, found)
            memory.keep_ids(ids[count:])
        return found, ids[:count], set(fresh[0]) if fresh else None

    def _stocked(self, first: Sequence[trips.Statement], rows: list[list[trips.Row]]) -> list[list[trips.Row]]:
        if first and self.memory and self._reserving:
            self.memory.keep_ids([number for (number,) in rows[self._reserving]])
        return rows[len(first) :]

    def _entries(self, told: Sequence[tuple[Asking, AnswerSummary]]) -> list[log.LogEntry]:
        elapsed = (time.perf_counter() - self.started) * 1000
        templates: dict[tuple[object, ...], RecordTemplate] = {}
        entries = []
        for each, what in told:
            code = each.problem.code if each.problem else None
            kind = (id(each.like or each), each.count, code, what.event, *what.more.items())
            template = templates.get(kind)
            if template is None:
                template = templates[kind] = _template(each, what, mode=self.mode)
            # Whole milliseconds: its parties read the record, and what a list took besides is nobody's business.
            latency = round((self.now - each.asked.received_at) / _MILLISECOND + elapsed) * 1000
            about = what.subjects
            record = template.filled(what.digest, latency, subjects.root(about))
            parties = each.asked.caller.unit, each.grant.provider if each.grant else None
            entries.append(
                log.LogEntry(template.event.name, self.now, record, *parties, (), about, template.columns, latency)
            )
        return entries


_STOCK = 2
"""Ids that are reserved for the next lists, for each question of this one."""


@dataclass(frozen=True, slots=True)
class Answering(Generic[Q, A, R]):
    """How questions of one mode are answered as a list."""

    mode: Mode
    answer: Callable[[Round, Sequence[Q]], Sequence[A | Problem]]
    """The answers, in a round; the transaction may be on its way to its commit then."""
    lost: Callable[[Q], tuple[Asking, AnswerSummary]]
    """What is entered of a question that cannot be answered."""
    make: Callable[[Q, A | Problem], R]
    """What becomes of a question and its answer: made while the entries are being written, given after the commit."""


def in_halves(
    db: Database, questions: Sequence[Q], *, answering: Answering[Q, A, R], keyring: Keyring, now: datetime
) -> list[R]:
    """Answer a list in one transaction; should it fail in SQL, each half alone, down to the culprit.

    The culprit is told QuestionFailed, or QuestionTooSlow, entered in a transaction of its own. Nothing is split where
    PostgreSQL itself cannot be reached: that is raised. A list that asks for more than is left today, or again, is
    answered in a round that looks, and so are the lists of the next moment: who was refused often asks on.
    """
    if not questions:
        return []
    # A subscriber is told how far the feed has come, and that is read each time.
    remembered = facts.memory(db)
    memory = None if answering.mode is Mode.SUBSCRIBE else remembered

    def once(looks: bool) -> list[R]:
        with db.transaction() as cur:
            this = Round(cur, answering.mode, keyring, now, looks, memory, started)
            answers = answering.answer(this, questions)
            this.end()
            return [answering.make(question, answer) for question, answer in zip(questions, answers, strict=True)]

    started = time.perf_counter()
    try:
        if not remembered.budget_ran_out_lately():
            try:
                return once(looks=False)
            except psycopg.Error as fault:
                if limits.overspent(fault) or _replayed(fault):
                    remembered.budget_ran_out()
                elif not facts.changed(fault):
                    raise
        return once(looks=True)
    except psycopg.Error as fault:
        if _out_of_reach(fault):
            remembered.forget()  # what comes back may be another database
            raise
        if len(questions) == 1:
            each, told = answering.lost(questions[0])
            slow = isinstance(fault, psycopg.errors.QueryCanceled)
            each.problem = problem = QuestionTooSlow() if slow else QuestionFailed()
            # What it names may be what PostgreSQL cannot take, so nothing is read of it.
            each.department = remembered.department(each.asked.caller.unit, each.asked.context.user)
            with db.transaction() as cur:
                Round(cur, answering.mode, keyring, now, started=started).enter([(each, told)])
            problem.__cause__ = fault
            return [answering.make(questions[0], problem)]
    middle = len(questions) // 2
    halves = questions[:middle], questions[middle:]
    return [made for half in halves for made in in_halves(db, half, answering=answering, keyring=keyring, now=now)]


NONCES_KEPT = timedelta(minutes=2)
"""How long after its request's end a nonce is kept: a list taken before may spend it after, and clocks differ."""


SWEPT_READ = timedelta(seconds=10)
"""After this time every gateway has read up to where nonces may be swept, or knows no callers any more."""


def forget_nonces(db: Database, *, now: datetime, read: timedelta = SWEPT_READ) -> int:
    """Drop the nonces of requests too old to be answered, and return how many.

    Up to where they may go is noted first: gateways answer nothing that ends before, whatever the clock is set to.
    """
    with db.transaction() as cur:
        before = clock.swept(cur, noted_before=now - read)
        gone = cur.execute(statements.forget_nonces, {"before": before}).rowcount if before else 0
        ((oldest,),) = cur.execute(statements.oldest_nonce)
        clock.note_swept(cur, before=now - NONCES_KEPT, oldest=oldest, now=now)
        return gone


def _replayed(fault: psycopg.Error) -> bool:
    return isinstance(fault, psycopg.errors.UniqueViolation) and fault.diag.constraint_name == "nonce_once"


def _template(each: Asking, what: AnswerSummary, *, mode: Mode) -> RecordTemplate:
    refused, asked, grant, store = each.problem, each.asked, each.grant, each.store
    # No template is kept of a refusal, which quotes its caller, nor of following a feed: its place always differs.
    make = _new_template if refused or what.more else _kept_template
    return make(
        "plane.refused" if refused else what.event,
        str(mode),
        (asked.caller.system, asked.caller.unit, each.department, asked.caller.profile),
        asked.context,
        asked.grant,
        _source(grant, store),
        tuple(each.items),
        each.count,
        refused.code if refused else "OK",
        () if refused else tuple(what.more.items()),
    )


def _source(grant: Grant | None, store: Store | None) -> tuple[str | None, int | None, str | None]:
    """Return what was answered from: resource, version, and since when it stands still, if it does."""
    if grant is None or store is None:
        return None, None, None
    return grant.code, grant.version, store.as_of.isoformat() if store.as_of else None


def _new_template(
    event: str,
    mode: str,
    caller: tuple[str, str, str | None, str],
    context: Context,
    grant: str,
    source: tuple[str | None, int | None, str | None],
    items: tuple[str, ...],
    asked: int,
    result: str,
    more: tuple[tuple[str, Any], ...],
) -> RecordTemplate:
    system, unit, department, profile = caller
    code, version, as_of = source
    record = {
        "unit": unit,
        "department": department,
        **context._asdict(),
        "system": system,
        "grant": grant,
        "mode": mode,
        "resource": code,
        "version": version,
        "as_of": as_of,
        "items": list(items),
        "asked": asked,
        "result": result,
        "profile": profile,
    }
    return RecordTemplate(event, {**record, **dict(more)}, open=_OPEN)


_kept_template = lru_cache(maxsize=1000)(_new_template)

_OPEN = ("condition_digest", "latency_us", "subjects")
_MILLISECOND = timedelta(milliseconds=1)


def _out_of_reach(fault: psycopg.Error) -> bool:
    if isinstance(fault, psycopg.InterfaceError):
        return True
    state = fault.sqlstate
    if isinstance(fault, psycopg.errors.QueryCanceled):
        return False
    if isinstance(fault, psycopg.errors.LockNotAvailable):  # of tables that are being upgraded, for one
        return True
    return isinstance(fault, psycopg.OperationalError) and (state is None or state[:2] in {"08", "53", "57", "58"})
