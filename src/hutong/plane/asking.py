"""The front part of every answer: may these questions be asked, by whom, under which grant?

A list of questions is checked in the transaction that answers it, with a handful of statements however long
it is. Every question is checked as if it were asked alone, in the order of the list.
"""

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Generic, NamedTuple, TypeVar

import psycopg
from psycopg import Cursor

from hutong.audit import log
from hutong.audit.forms import Form
from hutong.core import normalise
from hutong.core.errors import Conflicting, Missing, Problem, Refused, TooLarge, Unavailable, Unidentified
from hutong.db import arrays, sql, trips
from hutong.db.database import Database
from hutong.plane import definition as definitions
from hutong.plane import grants, ladder, limits
from hutong.plane.definition import Definition, Mode
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


def admit(cur: Cursor, askings: Sequence[Asking], *, mode: Mode, keyring: Keyring, now: datetime) -> None:
    """Check every question of a list, in this transaction: fills in grant, held and keys, or the problem.

    Takes the lock that keeps a service from being stopped before this commits (architecture 3.7).
    """
    facts = _read(cur, [each.asked for each in askings])
    unspent = set(facts.fresh)
    passed: dict[tuple[Any, ...], Asking] = {}
    for each, entry in zip(askings, facts.entries, strict=True):
        each.entry = entry
        nonce = (each.asked.caller.system, each.asked.caller.nonce)
        if nonce not in unspent:
            each.problem = Replayed()
            continue
        unspent.remove(nonce)
        alike = (*_alike(each.asked), *each.items)
        if (other := passed.get(alike)) and each.asked.caller.nonce_until >= now:
            each.grant, each.held, each.keys, each.items = other.grant, other.held, other.keys, other.items
            each.like = other
            continue
        try:
            _check(each, facts, mode=mode, keyring=keyring, now=now)
            passed[alike] = each
        except Problem as problem:
            each.problem = problem


def look(cur: Cursor, wants: Sequence[tuple[Asking, Want]], *, now: datetime) -> None:
    """See who can still be answered today, in order; what quota or guess budget does not cover has its problem set."""
    standing = [(each, want) for each, want in wants if each.problem is None]
    refusals = limits.look(cur, wants=[want for _, want in standing], day=_day(now))
    for (each, _), refusal in zip(standing, refusals, strict=True):
        each.problem = refusal


def enter(
    cur: Cursor,
    told: Sequence[tuple[Asking, Told]],
    *,
    wants: Sequence[tuple[Asking, Want]] = (),
    mode: Mode,
    now: datetime,
    started: float,
) -> list[Receipt]:
    """Append one entry a question, in order: what was told, or plane.refused with the code.

    What the questions want is used up for those that are not refused. A refused question's problem gets the facts
    `entry` and `leaf`.
    """
    elapsed = round((time.perf_counter() - started) * 1e6)
    forms: dict[tuple[Any, ...], Form] = {}
    entries = []
    for each, what in told:
        kind = (id(each.like or each), each.count, each.problem and each.problem.code, what.event, *what.more.items())
        form = forms.get(kind)
        if form is None:
            form = forms[kind] = _form(each, what, mode=mode)
        record = form.filled(what.digest, _latency(each, now=now, elapsed=elapsed))
        counterpart = each.grant.provider if each.grant else None
        entries.append(log.Entry(form.event.name, now, record, each.asked.caller.org, counterpart))
    ids = [each.entry for each, _ in told if each.entry is not None]
    kept = log.append(cur, entries, ids=ids if len(ids) == len(entries) else None)
    receipts = [Receipt(receipt.entry_id, receipt.leaf_hash) for receipt in kept]
    for (each, _), receipt in zip(told, receipts, strict=True):
        if each.problem is not None:
            each.problem.facts.update(entry=receipt.entry, leaf=receipt.leaf)
    # The last of all: from here to the commit every other list under one of these grants waits for this one.
    limits.spend(cur, wants=[want for each, want in wants if each.problem is None], day=_day(now))
    return receipts


@dataclass(frozen=True, slots=True)
class Manner(Generic[Q, A, R]):
    """How questions of one kind are answered as a list."""

    work: Callable[[Cursor, Sequence[Q], float, bool], Sequence[A | Problem]]
    """The answers, in a transaction; given when the list was begun (`time.perf_counter`), and whether to `look`."""
    lost: Callable[[Q], tuple[Asking, Told]]
    """What is entered of a question that cannot be answered."""
    make: Callable[[Q, A | Problem], R]
    """What becomes of a question and its answer: made while the entries are being written, given after the commit."""
    mode: Mode


def in_halves(db: Database, questions: Sequence[Q], *, manner: Manner[Q, A, R], now: datetime) -> list[R]:
    """Answer a list in one transaction; should it fail in SQL, each half alone, down to the culprit.

    The culprit is told QuestionFailed, or QuestionTooSlow, entered in a transaction of its own. Nothing is split where
    PostgreSQL itself cannot be reached: that is raised. A list that asks for more than is left today is answered anew
    with a look at what is left, and so are the lists of the next moment: where one budget has run out, its
    owner often asks on.
    """
    if not questions:
        return []
    started = time.perf_counter()
    try:
        if not _short.lasts(started):
            try:
                return _at_once(db, questions, manner, started, look=False)
            except psycopg.errors.CheckViolation as fault:
                if not limits.overspent(fault):
                    raise
                _short.begins(started)
        return _at_once(db, questions, manner, started, look=True)
    except psycopg.Error as fault:
        if _out_of_reach(fault):
            raise
        if len(questions) == 1:
            return [_failed(db, questions[0], manner, started, fault=fault, now=now)]
    middle = len(questions) // 2
    halves = questions[:middle], questions[middle:]
    return [made for half in halves for made in in_halves(db, half, manner=manner, now=now)]


def _at_once(db: Database, questions: Sequence[Q], manner: Manner[Q, A, R], started: float, *, look: bool) -> list[R]:
    with db.transaction() as cur:
        answers = manner.work(cur, questions, started, look)
        return [manner.make(question, answer) for question, answer in zip(questions, answers, strict=True)]


def _failed(
    db: Database, question: Q, manner: Manner[Q, A, R], started: float, *, fault: psycopg.Error, now: datetime
) -> R:
    each, told = manner.lost(question)
    slow = isinstance(fault, psycopg.errors.QueryCanceled)
    each.problem = problem = QuestionTooSlow() if slow else QuestionFailed()
    with db.transaction() as cur:
        enter(cur, [(each, told)], mode=manner.mode, now=now, started=started)
    problem.__cause__ = fault
    return manner.make(question, problem)


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


def forget_nonces(db: Database, *, now: datetime) -> int:
    """Drop the nonces of requests too old to be answered, and return how many."""
    with db.transaction() as cur:
        return cur.execute(queries.forget_nonces, {"now": now}).rowcount


@dataclass(frozen=True, slots=True)
class _Facts:
    fresh: set[tuple[str, bytes]]
    systems: dict[str, tuple[Any, ...]]
    people: dict[str, str]
    devices: dict[str, str]
    grants: dict[str, tuple[Grant, Held | None]]
    entries: list[int]
    """Ids for the entries of the list."""


def _read(cur: Cursor, asked: Sequence[Asked]) -> _Facts:
    nonces = sorted({(a.caller.system, a.caller.nonce): a.caller.nonce_until for a in asked}.items())
    who = {
        "of": arrays.texts([system for (system, _), _ in nonces]),
        "nonces": arrays.blobs([nonce for (_, nonce), _ in nonces]),
        "untils": arrays.moments([until for _, until in nonces]),
        "systems": arrays.texts(list({a.caller.system for a in asked})),
        "users": arrays.texts(list({a.context.user for a in asked})),
        "devices": arrays.texts(list({a.context.device for a in asked})),
    }
    # The lock comes first and by itself: only what is read after it was granted is what counts.
    _, found, granted, numbers = trips.together(
        cur,
        [
            (queries.share_lock, {"lock": grants.LOCK}),
            (queries.facts, who),
            (queries.grants, {"grants": arrays.texts(list({a.grant for a in asked}))}),
            log.reserving(len(asked)),
        ],
    )
    _learn(cur, {row[20] for row in granted if row[20] is not None})
    return _Facts(
        fresh={(row[1], row[3]) for row in found if row[0] == "n"},
        systems={row[1]: row for row in found if row[0] == "s"},
        people={row[1]: row[2] for row in found if row[0] == "p"},
        devices={row[1]: row[2] for row in found if row[0] == "d"},
        grants={row[0]: (grants.value(row[:20]), _held(row[20:])) for row in granted},
        entries=[number for (number,) in numbers],
    )


def digest(keys: ResourceKeys, parts: Iterable[bytes]) -> str:
    """Return a keyed digest of what was asked about, for the entry: it tells nothing to who lacks the key."""
    return keys.suite.mac(keys.record, _ASKED + b"".join(parts)).hex()


_ASKED = b"\xff\xff\xff\xffasked"
"""No record key is made over anything that begins so: those begin with a length."""


# Definitions are frozen, so one that was read is never read again; the digest is of the very body.
_definitions: dict[bytes, Definition] = {}


def _learn(cur: Cursor, digests: set[bytes]) -> None:
    if unknown := [digest for digest in digests if digest not in _definitions]:
        for digest, body in cur.execute(queries.definitions, {"digests": unknown}).fetchall():
            _definitions[bytes(digest)] = definitions.load(body)


def _held(row: Sequence[Any]) -> Held | None:
    digest, relation, *rest = row
    return None if relation is None else Held(_definitions[digest], relation, *rest)


def _alike(asked: Asked) -> tuple[str | int, ...]:
    """Return all that a check depends on besides the items; only the nonce and its end are left out."""
    caller, context = asked.caller, asked.context
    return (
        *(caller.system, caller.org, caller.profile, caller.revision, asked.grant),
        *(context.user, context.device, context.purpose, context.matter),
    )


def _check(each: Asking, facts: _Facts, *, mode: Mode, keyring: Keyring, now: datetime) -> None:
    asked = each.asked
    today = _day(now)
    if asked.caller.nonce_until < now:
        raise RequestStale
    _check_system(asked.caller, facts.systems.get(asked.caller.system), today)
    grant, held = facts.grants.get(asked.grant, (None, None))
    if grant is None or grant.consumer != asked.caller.org:
        raise GrantUnknown(grant=asked.grant)
    each.grant, each.held = grant, held
    _check_context(asked, grant, facts)
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


def _check_system(caller: Caller, system: tuple[Any, ...] | None, today: date) -> None:
    if system is None:
        raise SystemChanged(system=caller.system)
    _, _, org, _, revision, profiles, mlps_level, mlps_until, state = system
    if state != "active":
        raise SystemStopped(system=caller.system)
    if (org, revision) != (caller.org, caller.revision) or caller.profile not in profiles:
        raise SystemChanged(system=caller.system)
    if mlps_level < 2 or mlps_until < today:
        raise ProtectionLapsed(system=caller.system)


def _check_context(asked: Asked, grant: Grant, facts: _Facts) -> None:
    context, org, no = asked.context, asked.caller.org, grant.no
    if grant.system != asked.caller.system:
        raise SystemNotGranted(grant=no, system=asked.caller.system)
    if context.user not in grant.users or facts.people.get(context.user) != org:
        raise UserNotRegistered(grant=no, user=context.user)
    if context.device not in grant.devices or facts.devices.get(context.device) != org:
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
