"""The front part of every answer: may these questions be asked, by whom, under which grant?

A list of questions is checked in the transaction that answers it, with a handful of statements however long
it is. Every question is checked as if it were asked alone, in the order of the list.
"""

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, Generic, NamedTuple, TypeVar

import psycopg
from psycopg import Cursor

from hutong.audit import log
from hutong.audit.forms import Form
from hutong.core import normalise
from hutong.core.errors import Conflicting, Missing, Problem, Refused, TooLarge, Unavailable, Unidentified
from hutong.db import arrays, sql, trips
from hutong.db.database import Database
from hutong.plane import facts, grants, ladder, limits
from hutong.plane.definition import Mode
from hutong.plane.facts import Facts, Memory, Names, System
from hutong.plane.grants import Grant
from hutong.plane.keys import Keyring, ResourceKeys
from hutong.plane.limits import Want
from hutong.plane.tables import Held

queries = sql.load(__package__, "asking.sql")


class Replayed(Conflicting):
    """This request was received before; a request is answered once."""


class RequestStale(Unidentified):
    """The request waited past its expiry and was not answered."""


class SystemChanged(Unidentified):
    """The registration of system {system} changed since the request was signed for."""


class SystemStopped(Refused):
    """System {system} has been stopped."""

    clause = "SX-10-d"


class ProtectionLapsed(Refused):
    """The evidence of MLPS level 2 of system {system} is no longer valid."""

    clause = "SX-09"


class GrantUnknown(Missing):
    """There is no grant {grant} for this caller."""


class SystemNotGranted(Refused):
    """Grant {grant} is not for system {system}."""

    clause = "SX-10-d"


class UserNotRegistered(Refused):
    """User {user} is not registered for this unit and grant {grant}."""

    clause = "SX-10-d"


class DeviceNotRegistered(Refused):
    """Device {device} is not registered for this unit and grant {grant}."""

    clause = "SX-10-d"


class PurposeNotGranted(Refused):
    """Grant {grant} was not given for the purpose {purpose}."""

    clause = "SX-10-e"


class MatterNotGranted(Refused):
    """Grant {grant} was not given for the matter {matter}."""

    clause = "SX-10-e"


class GrantNotYetValid(Refused):
    """Grant {grant} is valid from {from_at}."""

    clause = "SX-08-d"


class GrantExpired(Refused):
    """Grant {grant} was valid until {until_at}."""

    clause = "SX-08-d"


class ServiceSuspended(Refused):
    """The service under grant {grant} is suspended."""

    clause = "SX-16-a"


class GrantRevoked(Refused):
    """Grant {grant} has been revoked."""

    clause = "SX-08-d"


class ModeNotGranted(Refused):
    """Grant {grant} is for {granted}, not for {mode}."""

    clause = "SX-07-a"


class ItemNotGranted(Refused):
    """Grant {grant} does not cover {items}."""

    clause = "SX-11-b"


class HoldingUnusable(Unavailable):
    """The data of {code} cannot be used at this moment; the operator has to look to their keys."""


class QuestionFailed(Unavailable):
    """The question could not be answered; nothing was given out and no quota was used."""


class QuestionTooSlow(TooLarge):
    """The question takes longer than an answer may; it was given up, nothing was given out and no quota was used."""


class Caller(NamedTuple):
    """A system whose signature was verified, as it was registered then (`revision`)."""

    system: str
    org: str
    profile: str
    revision: int
    nonce: bytes
    nonce_until: datetime


class Context(NamedTuple):
    """Who uses what for which purpose, as the signing system asserts it."""

    user: str
    device: str
    purpose: str
    matter: str


class Asked(NamedTuple):
    """What every question has: caller, context, the grant it is asked under, and when it was accepted."""

    caller: Caller
    context: Context
    grant: str
    received_at: datetime


class Receipt(NamedTuple):
    """Where an answer stands in the log: the entry's id and the leaf's hash."""

    entry: int
    leaf: bytes


@dataclass(slots=True)
class Asking:
    """One question on its way through a list: what is known of it, and why it was refused if it was."""

    asked: Asked
    items: Sequence[str]
    count: int
    """Claims, or one."""
    grant: Grant | None = None
    held: Held | None = None
    keys: ResourceKeys | None = field(default=None, repr=False)
    problem: Problem | None = None
    entry: int | None = None
    """The id its entry will have, once it was admitted or refused."""
    like: "Asking | None" = field(default=None, repr=False)
    """The question of its list that was checked for it, where it differs in its nonce and values alone."""


class Told(NamedTuple):
    """What the entry of an answered question says besides its caller and grant."""

    event: str
    digest: str | None = None
    """Keyed digest of what was asked about."""
    more: Mapping[str, Any] = {}


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

    def admit(self, askings: Sequence[Asking]) -> None:
        """Check every question: fills in grant, held and keys, or the problem.

        No service that is used is stopped from here to the commit (architecture 3.7).
        """
        found, fresh = self._facts([each.asked for each in askings])
        passed: dict[tuple[Any, ...], Asking] = {}
        for each, entry in zip(askings, found.entries, strict=False):
            each.entry = entry
            if fresh is not None:
                nonce = (each.asked.caller.system, each.asked.caller.nonce)
                if nonce not in fresh:
                    each.problem = Replayed()
                    continue
                fresh.remove(nonce)
            alike = (*_alike(each.asked), *each.items)
            if (other := passed.get(alike)) and each.asked.caller.nonce_until >= self.now:
                each.grant, each.held, each.keys, each.items = other.grant, other.held, other.keys, other.items
                each.like = other
                continue
            try:
                _check(each, found, mode=self.mode, keyring=self.keyring, now=self.now)
                passed[alike] = each
            except Problem as problem:
                each.problem = problem

    def look(self, wants: Sequence[tuple[Asking, Want]]) -> None:
        """See, if this round looks, what is left today; a question it does not cover has its problem set."""
        if not self.looks:
            return
        standing = [(each, want) for each, want in wants if each.problem is None]
        refusals = limits.look(self.cur, wants=[want for _, want in standing], day=_day(self.now))
        for (each, _), refusal in zip(standing, refusals, strict=True):
            each.problem = refusal

    def read(self, statements: Sequence[trips.Statement]) -> list[list[trips.Row]]:
        """Return the rows of statements."""
        first, self._first = self._first, []
        return self._stocked(first, trips.together(self.cur, [*first, *statements]))

    def enter(
        self, told: Sequence[tuple[Asking, Told]], *, wants: Sequence[tuple[Asking, Want]] = ()
    ) -> list[Receipt]:
        """Append one entry a question, in order, with the commit: what was told, or plane.refused with the code.

        What the questions want is used up for those that are not refused. A refused question's problem gets the facts
        `entry` and `leaf`.
        """
        if not self.looks:
            trips.leave(self.cur, (queries.spend_nonces, _nonces([each.asked for each, _ in told])))
        ids = [each.entry for each, _ in told if each.entry is not None]
        kept = log.append(self.cur, self._entries(told), ids=ids if len(ids) == len(told) else None)
        receipts = [Receipt(receipt.entry_id, receipt.leaf_hash) for receipt in kept]
        for (each, _), receipt in zip(told, receipts, strict=True):
            if each.problem is not None:
                each.problem.facts.update(entry=receipt.entry, leaf=receipt.leaf)
        # The last of all: from here to the commit every other list under one of these grants waits for this one.
        limits.spend(self.cur, wants=[want for each, want in wants if each.problem is None], day=_day(self.now))
        return receipts

    def read_last(self, statements: Sequence[trips.Statement]) -> Callable[[], list[list[trips.Row]]]:
        """Send statements, with what was entered and with the commit; returns what waits for their rows."""
        first, self._first = self._first, []
        coming = trips.lastly(self.cur, [*first, *statements])
        return lambda: self._stocked(first, coming())

    def end(self) -> None:
        """See to what a round that read nothing has not asked yet; its transaction is not to commit without it."""
        if self._first:
            self.read([])

    def _facts(self, asked: Sequence[Asked]) -> tuple[Facts, set[trips.Row] | None]:
        """Return what is so of who asks what, and, if this round looks, the nonces that were not spent before."""
        count, names = len(asked), _names(asked)
        if not self.looks and self.memory and (found := self.memory.recall(names, entries=count)):
            self._first = [facts.lock(), found.unchanged(), log.reserving(_STOCK * count)]
            return found, None
        nonces = [(queries.spend_fresh_nonces, _nonces(asked))] if self.looks else []
        entries = (1 + _STOCK) * count if self.memory else count
        found, fresh = facts.read(self.cur, names, entries=entries, more=nonces)
        if self.memory:
            self.memory.learn(names, found)
            self.memory.stock(found.entries[count:])
        return found, set(fresh[0]) if self.looks else None

    def _stocked(self, first: Sequence[trips.Statement], rows: list[list[trips.Row]]) -> list[list[trips.Row]]:
        if first and self.memory:
            self.memory.stock([number for (number,) in rows[len(first) - 1]])
        return rows[len(first) :]

    def _entries(self, told: Sequence[tuple[Asking, Told]]) -> list[log.Entry]:
        elapsed = round((time.perf_counter() - self.started) * 1e6)
        forms: dict[tuple[Any, ...], Form] = {}
        entries = []
        for each, what in told:
            code = each.problem.code if each.problem else None
            kind = (id(each.like or each), each.count, code, what.event, *what.more.items())
            form = forms.get(kind)
            if form is None:
                form = forms[kind] = _form(each, what, mode=self.mode)
            record = form.filled(what.digest, _latency(each, now=self.now, elapsed=elapsed))
            counterpart = each.grant.provider if each.grant else None
            entries.append(log.Entry(form.event.name, self.now, record, each.asked.caller.org, counterpart))
        return entries


_STOCK = 2
"""Ids that are reserved for the next list, for each question of this one."""


@dataclass(frozen=True, slots=True)
class Manner(Generic[Q, A, R]):
    """How questions of one mode are answered as a list."""

    mode: Mode
    answer: Callable[[Round, Sequence[Q]], Sequence[A | Problem]]
    """The answers, in a round; the transaction may be on its way to its commit then."""
    lost: Callable[[Q], tuple[Asking, Told]]
    """What is entered of a question that cannot be answered."""
    make: Callable[[Q, A | Problem], R]
    """What becomes of a question and its answer: made while the entries are being written, given after the commit."""


def in_halves(
    db: Database, questions: Sequence[Q], *, manner: Manner[Q, A, R], keyring: Keyring, now: datetime
) -> list[R]:
    """Answer a list in one transaction; should it fail in SQL, each half alone, down to the culprit.

    The culprit is told QuestionFailed, or QuestionTooSlow, entered in a transaction of its own. Nothing is split where
    PostgreSQL itself cannot be reached: that is raised. A list that asks for more than is left today, or again, is
    answered in a round that looks, and so are the lists of the next moment: who was refused often asks on.
    """
    if not questions:
        return []
    # A subscriber is told how far the feed has come, and that is read each time.
    memory = None if manner.mode is Mode.SUBSCRIBE else facts.memory(db)

    def once(looks: bool) -> list[R]:
        with db.transaction() as cur:
            this = Round(cur, manner.mode, keyring, now, looks, memory, started)
            answers = manner.answer(this, questions)
            this.end()
            return [manner.make(question, answer) for question, answer in zip(questions, answers, strict=True)]

    started = time.perf_counter()
    try:
        if not _short.lasts(started):
            try:
                return once(looks=False)
            except psycopg.Error as fault:
                if limits.overspent(fault) or _replayed(fault):
                    _short.begins(started)
                elif not facts.changed(fault):
                    raise
        return once(looks=True)
    except psycopg.Error as fault:
        if _out_of_reach(fault):
            facts.memory(db).forget()  # it may be another database that comes back
            raise
        if len(questions) == 1:
            each, told = manner.lost(questions[0])
            slow = isinstance(fault, psycopg.errors.QueryCanceled)
            each.problem = problem = QuestionTooSlow() if slow else QuestionFailed()
            with db.transaction() as cur:
                Round(cur, manner.mode, keyring, now, started=started).enter([(each, told)])
            problem.__cause__ = fault
            return [manner.make(questions[0], problem)]
    middle = len(questions) // 2
    halves = questions[:middle], questions[middle:]
    return [made for half in halves for made in in_halves(db, half, manner=manner, keyring=keyring, now=now)]


class _Short:
    """Whether some budget ran out a moment ago."""

    SECONDS = 1.0

    def __init__(self) -> None:
        self._until = float("-inf")

    def begins(self, at: float) -> None:
        self._until = at + self.SECONDS

    def lasts(self, at: float) -> bool:
        return at < self._until


_short = _Short()


NONCES_KEPT = timedelta(minutes=2)
"""How long after its request's end a nonce is kept: a list taken before may spend it after, and clocks differ."""


def forget_nonces(db: Database, *, now: datetime) -> int:
    """Drop the nonces of requests too old to be answered, and return how many."""
    with db.transaction() as cur:
        return cur.execute(queries.forget_nonces, {"before": now - NONCES_KEPT}).rowcount


def digest(keys: ResourceKeys, parts: Iterable[bytes]) -> str:
    """Return a keyed digest of what was asked about, for the entry: it tells nothing to who lacks the key."""
    return keys.suite.mac(keys.record, _ASKED + b"".join(parts)).hex()


_ASKED = b"\xff\xff\xff\xffasked"
"""No record key is made over anything that begins so: those begin with a length."""


def _names(asked: Sequence[Asked]) -> Names:
    return Names(
        frozenset([a.caller.system for a in asked]),
        frozenset([(a.caller.org, a.context.user) for a in asked]),
        frozenset([(a.caller.org, a.context.device) for a in asked]),
        frozenset([(a.caller.org, a.grant) for a in asked]),
    )


def _nonces(asked: Sequence[Asked]) -> dict[str, arrays.Column]:
    rows = sorted([(a.caller.system, a.caller.nonce, a.caller.nonce_until) for a in asked])
    return {
        "of": arrays.texts([system for system, _, _ in rows]),
        "nonces": arrays.blobs([nonce for _, nonce, _ in rows]),
        "untils": arrays.moments([until for _, _, until in rows]),
    }


def _replayed(fault: psycopg.Error) -> bool:
    return isinstance(fault, psycopg.errors.UniqueViolation) and fault.diag.constraint_name == "nonce_once"


def _alike(asked: Asked) -> tuple[str | int, ...]:
    """Return all that a check depends on besides the items; only the nonce and its end are left out."""
    caller, context = asked.caller, asked.context
    return (
        *(caller.system, caller.org, caller.profile, caller.revision, asked.grant),
        *(context.user, context.device, context.purpose, context.matter),
    )


def _check(each: Asking, found: Facts, *, mode: Mode, keyring: Keyring, now: datetime) -> None:
    asked = each.asked
    today = _day(now)
    if asked.caller.nonce_until < now:
        raise RequestStale
    _check_system(asked.caller, found.systems.get(asked.caller.system), today)
    granted = found.grants.get(asked.grant)
    if granted is None or granted.grant.consumer != asked.caller.org:
        raise GrantUnknown(grant=asked.grant)
    grant, held = each.grant, each.held = granted.grant, granted.held
    _check_context(asked, grant, found)
    _check_state(grant, now)
    if held is None:
        raise grants.DataNotSupplied(code=grant.code)
    items = each.items or grant.items
    if mode is not grant.mode:
        ladder.require(mode, grant.items, definition=held.definition, need=grant.need)
        raise ModeNotGranted(grant=grant.no, granted=str(grant.mode), mode=str(mode))
    if not set(items) <= set(grant.items):
        missing = ", ".join(code for code in items if code not in grant.items)
        raise ItemNotGranted(grant=grant.no, items=missing)
    ladder.require(mode, items, definition=held.definition, need=grant.need)
    each.items = items
    if held.normaliser_version != normalise.VERSION:
        raise HoldingUnusable(code=grant.code)
    try:
        each.keys = keyring.resource(grant.code, key_id=held.key_id, suite=held.suite)
    except Problem as problem:
        raise HoldingUnusable(code=grant.code) from problem


def _check_system(caller: Caller, system: System | None, today: date) -> None:
    if system is None:
        raise SystemChanged(system=caller.system)
    if system.state != "active":
        raise SystemStopped(system=caller.system)
    if (system.org, system.revision) != (caller.org, caller.revision) or caller.profile not in system.profiles:
        raise SystemChanged(system=caller.system)
    if system.mlps_level < 2 or system.mlps_until < today:
        raise ProtectionLapsed(system=caller.system)


def _check_context(asked: Asked, grant: Grant, found: Facts) -> None:
    context, org, no = asked.context, asked.caller.org, grant.no
    if grant.system != asked.caller.system:
        raise SystemNotGranted(grant=no, system=asked.caller.system)
    user, device = found.people.get(context.user), found.devices.get(context.device)
    if context.user not in grant.users or user is None or user.org != org:
        raise UserNotRegistered(grant=no, user=context.user)
    if context.device not in grant.devices or device is None or device.org != org:
        raise DeviceNotRegistered(grant=no, device=context.device)
    if context.purpose != grant.purpose:
        raise PurposeNotGranted(grant=no, purpose=context.purpose)
    if context.matter not in grant.matters:
        raise MatterNotGranted(grant=no, matter=context.matter)


def _check_state(grant: Grant, now: datetime) -> None:
    if now < grant.from_at:
        raise GrantNotYetValid(grant=grant.no, from_at=_moment(grant.from_at))
    if now >= grant.until_at or grant.state == "expired":
        raise GrantExpired(grant=grant.no, until_at=_moment(grant.until_at))
    if grant.state == "suspended":
        raise ServiceSuspended(grant=grant.no)
    if grant.state == "revoked":
        raise GrantRevoked(grant=grant.no)


def _moment(at: datetime) -> str:
    return at.astimezone(grants.ZONE).isoformat(timespec="minutes")


def _form(each: Asking, what: Told, *, mode: Mode) -> Form:
    asked, grant, held = each.asked, each.grant, each.held
    record = {
        "org": asked.caller.org,
        "dept": None,
        "user": asked.context.user,
        "device": asked.context.device,
        "system": asked.caller.system,
        "grant": asked.grant,
        "mode": str(mode),
        "purpose": asked.context.purpose,
        "matter": asked.context.matter,
        "resource": grant.code if grant else None,
        "version": held.definition.version if held else None,
        "items": list(each.items),
        "asked": each.count,
        "result": each.problem.code if each.problem else "OK",
        "profile": asked.caller.profile,
    }
    if each.problem is None:
        return Form(what.event, {**record, **what.more}, open=_OPEN)
    return Form("plane.refused", record, open=_OPEN)


_OPEN = ("condition_digest", "latency_us")


def _latency(each: Asking, *, now: datetime, elapsed: int) -> int:
    waited = now - each.asked.received_at
    # Whole milliseconds: its parties read the record, and what a list took besides is nobody's business.
    return int(round(waited.total_seconds() * 1e6 + elapsed, -3))


def _day(now: datetime) -> date:
    return now.astimezone(grants.ZONE).date()


def _out_of_reach(fault: psycopg.Error) -> bool:
    if isinstance(fault, psycopg.InterfaceError):
        return True
    state = fault.sqlstate
    if isinstance(fault, psycopg.errors.QueryCanceled):
        return False
    return isinstance(fault, psycopg.OperationalError) and (state is None or state[:2] in {"08", "53", "57", "58"})
