"""What happened to an officer's cases, grants and resources since they looked: computed, and kept nowhere.

A message is a step, an entry of the log, or a moment that a turn, a grant or a resource names: its deadline comes near
or has passed, its end comes near, its next delivery is due. Only up to what an officer has looked is remembered.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any

from django.db import connection, transaction

from hutong.control.procedures import handling, models, queries
from hutong.control.procedures.procedure import Actor, Procedure, installed
from hutong.core import beijing, defaults
from hutong.core.counting import COUNTED
from hutong.core.lifecycle import Seat, Tone
from hutong.db import sql

statements = sql.load(__package__, "messages.sql")

COUNTED_UNSEEN = 100
"""The number in the navigation is exact below this."""
ON_PAPER = 200
"""Messages of a week that are printed."""
OWN = 200
"""An officer's newest steps, and newest questions, whose cases are looked at for what others did there since."""
HANDLINGS = ("urge", "supervise", "consult", "answer")
"""What is done about a case without a step, and said to somebody."""
STOPPING = ("plane.suspended", "plane.suspension_lifted")
"""What is entered for every unit that provides under a grant it stops (SX-16-a), and told to each with its reason."""
ANNOUNCED = ("notices.announced",)
"""What is entered for every unit with a grant on resources of the unit that tells it (SX-15-a)."""
OVERSEEN = ("plane.grant_relinquished",)
"""What is entered for the authority besides, and told to who acts in an office."""
OF_OFFICE = (
    "notices.contact_told", "notices.contact_moved", "notices.maintenance_told", "notices.maintenance_moved",
    "notices.fault_detected", "notices.fault_moved",
    "registration.protection_ending", "registration.protection_lapsed",
)  # fmt: skip
"""What is entered for the unit that holds an office as well, and read there by who acts in one."""
READ_BY = ("authority", "operator")
"""Roles of offices whose officers read the cases that are of offices alone."""
STEPS = ("cases", "corrections")
"""Kinds of messages that are steps of a case."""
ADDRESSED = ("procedures.addressed", "procedures.handled")
"""What enters that something was said to somebody about a case: the second before its seat was kept."""
GIVEN = ("case.given", "case.given_on", "case.taken", "case.given_back")
"""A case was given to the reader; what the reader had was given to another, or taken over; what the reader gave came
back to the whole office."""
DISAGREED = "hand.disagreed"
"""A hand inside an office did not agree with a step to which the reader gave one before."""
KINDS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "cases": (*ADDRESSED, *GIVEN, DISAGREED),
        "corrections": (),
        "grants": (
            "plane.grant_opened", "plane.grant_switched", "plane.grant_revoked", "plane.grant_expired",
            "plane.grant_relinquished",
            *STOPPING, "grant.ending",
        ),
        "resources": ("catalog.version_published", "plane.last_day_set", "catalog.switch_reminded"),
        "deliveries": (
            "plane.delivered", "plane.delivery_refused", "plane.delivery_waits", "plane.delivery_approved",
            "delivery.near", "delivery.overdue", "delivery.missed",
        ),
        "deadlines": ("deadline.near", "deadline.passed"),
        "limits": ("plane.limit_raised",),
        "notices": ("notices.contact_told", "notices.maintenance_told", "notices.fault_detected", *ANNOUNCED),
        "protection": ("registration.protection_ending", "registration.protection_lapsed"),
    }
)  # fmt: skip
"""Kind of message → the events that are such messages, besides the steps of cases."""


@dataclass(frozen=True, slots=True)
class Message:
    """One message: what happened, when, to what, and by whom; the words are the reader's page's."""

    at: datetime
    event: str
    lifecycle: str
    case: str
    action: str
    from_state: str
    to_state: str
    by: str
    """The officer; empty where time did it."""
    reason: str
    about: str
    """Of what is no step: the grant, the system, the unit or the resource; of a case given on, the officer who has it.
    """
    detail: str
    """Of a delivery its key, of a limit its name, of a version its number or last day, of a deadline the title, of a
    hand which it was."""
    entry: int
    """The entry in the log; 0 of a step, a deadline and an end."""
    key: str
    new: bool
    """Whether it came since the officer looked."""


Place = tuple[datetime, str]
"""Where a page ends: the moment and the key of its last message."""


@dataclass(frozen=True, slots=True)
class MessageFilters:
    """Which messages are wanted: of one kind, and of a span of moments, its end included."""

    kind: str = ""
    from_at: datetime | None = None
    until_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class MessagesNow:
    """Up to what there are messages now, as the form says that marks them as looked at; and what was looked at."""

    at: datetime
    entry: int
    looked_at: datetime | None
    week_from: datetime
    """When the week that is printed begins."""


def unseen(actor: Actor, *, now: datetime) -> int:
    """Return how many messages an officer has not looked at, counted up to COUNTED_UNSEEN, in one statement."""
    with connection.cursor() as cur:
        cur.execute(statements.unseen, {**_asked(actor, now=now), "most": COUNTED_UNSEEN})
        (many, _) = cur.fetchone()
    return int(many)


def page(
    actor: Actor, *, now: datetime, filters: MessageFilters | None = None, after: Place | None = None, limit: int
) -> list[Message]:
    """Return the newest messages of an officer, at most `limit`, following `after`."""
    with connection.cursor() as cur:
        cur.execute(statements.messages, _page(actor, filters, now=now, after=after, limit=limit))
        names = [column.name for column in cur.description]
        return [Message(**dict(zip(names, row, strict=True))) for row in cur.fetchall()]


def counted(
    actor: Actor, *, now: datetime, filters: MessageFilters | None = None, most: int = COUNTED + 1
) -> int:
    """Return how many messages `page` has on all its pages, counted up to `most`."""
    with connection.cursor() as cur:
        cur.execute(statements.counted, _page(actor, filters, now=now, after=None, limit=most))
        (many,) = cur.fetchone()
    return int(many)


def newest(actor: Actor, *, now: datetime) -> MessagesNow:
    """Return up to what there are messages now, and up to when the officer has looked."""
    with connection.cursor() as cur:
        cur.execute(statements.newest, {"officer": actor.officer})
        entry, looked_at = cur.fetchone()
    return MessagesNow(now, int(entry), looked_at, week_from(now))


@dataclass(frozen=True, slots=True)
class Week:
    """An officer's week: its newest messages, what waits the most urgently, and how much there is of that."""

    from_at: datetime
    until_at: datetime
    messages: list[Message]
    more_messages: bool
    waiting: list[queries.Waiting]
    counts: queries.DeskCounts
    seats: frozenset[Seat]
    consultations: list[models.Handling]
    """The newest consultations that wait for the officer's unit."""


def week(actor: Actor, *, now: datetime) -> Week:
    """Return the last seven days of an officer, today included: at most ON_PAPER messages, and a page of what waits."""
    from_at = week_from(now)
    found = page(actor, now=now, filters=MessageFilters(from_at=from_at), limit=ON_PAPER + 1)
    own = queries.CaseFilters(reader=actor.officer)
    return Week(
        from_at, now, found[:ON_PAPER], len(found) > ON_PAPER, queries.waiting(actor.seats, filters=own),
        queries.counts(actor.seats, now=now, filters=own), actor.seats, handling.consultations(actor),
    )  # fmt: skip


def week_from(now: datetime) -> datetime:
    """Return when the week that is printed begins: seven days, today included."""
    return beijing.midnight(beijing.day(now) - timedelta(weeks=1) + timedelta(days=1))


def look(actor: Actor, *, at: datetime, entry: int, now: datetime) -> None:
    """Keep that an officer has looked at what a page showed: up to a moment and an entry, and never less than before.

    What came after the page was made stays unseen; a moment to come is taken as now.
    """
    with transaction.atomic(), connection.cursor() as cur:
        cur.execute(statements.newest, {"officer": actor.officer})
        (last, _) = cur.fetchone()
        told = {"officer": actor.officer, "looked_at": min(at, now), "entry": min(entry, int(last))}
        cur.execute(statements.look, told)


def _page(
    actor: Actor, filters: MessageFilters | None, *, now: datetime, after: Place | None, limit: int
) -> dict[str, Any]:
    filters = filters or MessageFilters()
    return {
        **_asked(actor, now=now, filters=filters),
        "kind": filters.kind,
        "wanted": _events(filters.kind, actor),
        "after_at": after[0] if after else None,
        "after_key": after[1] if after else "",
        "limit": limit,
        "own": OWN,
    }


def _asked(actor: Actor, *, now: datetime, filters: MessageFilters | None = None) -> dict[str, Any]:
    places, known = sorted(actor.seats), _told_of(actor)
    return {
        "officer": actor.officer, "unit": actor.unit, "now": now, "today": beijing.day(now),
        "roles": [each.role for each in places], "units": [each.unit for each in places],
        "lifecycles": list(known), "steps": [each.event for each in known.values()],
        "fields": [each.number_field for each in known.values()],
        "events": _events("", actor), "corrections": list(_corrections()),
        "handlings": list(HANDLINGS) if handling.takes_part(actor) or _reads_all(actor) else [],
        "office": _reads_offices(actor), "of_office": list(OF_OFFICE), "parties": _seats_of_parties(),
        "headed": [each.unit for each in places if each.role == handling.HEAD],
        "besides": [*STOPPING, *ANNOUNCED, *(OVERSEEN if _reads_offices(actor) else ())],
        "from_at": filters.from_at if filters else None,
        "until_at": filters.until_at if filters else None,
        **{f"{name}_days": defaults.limit(f"messages.{name}_days").value for name in ("near", "ending", "kept")},
        "grace_days": defaults.limit("delivery.grace_days").value,
    }  # fmt: skip


def _events(kind: str, actor: Actor) -> list[str]:
    """Return the events that are messages of a kind for a reader; of all, where none is said."""
    found = [event for each, events in KINDS.items() if kind in ("", each) for event in events]
    steps = [each.event for each in _told_of(actor).values()] if kind in ("", *STEPS) else []
    return [*found, *steps]


def _told_of(actor: Actor) -> Mapping[str, Procedure]:
    """Return the procedures whose cases an officer may read, by the name of their lifecycle."""
    office = _reads_offices(actor)
    return {name: each for name, each in installed().items() if office or not each.of_offices}


def _reads_offices(actor: Actor) -> bool:
    return _reads_all(actor) or any(seat.role in READ_BY for seat in actor.seats)


def _seats_of_parties() -> list[str]:
    """Return lifecycle and role of every seat that a party of a case has, and no office."""
    return [f"{name} {role}" for name, each in installed().items() if not each.of_offices for role in each.life.homes]


def _reads_all(actor: Actor) -> bool:
    return any(seat.role == "auditor" for seat in actor.seats)


def _corrections() -> Collection[str]:
    """Return lifecycle and state of every case that was sent back to be corrected."""
    return [
        f"{name} {code}"
        for name, procedure in installed().items()
        for code, state in procedure.life.states.items()
        if state.tone is Tone.WARN
    ]
