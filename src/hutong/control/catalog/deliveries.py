"""Reads of a unit's deliveries, who may hand one in, and the provider's approval of one that waits."""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection, transaction

from hutong.control.catalog import queries, rules
from hutong.control.catalog.models import Entry, Version
from hutong.control.catalog.queries import NoSuchEntry
from hutong.control.procedures.rules import NotYourRole
from hutong.control.recording import record
from hutong.control.rulebook import queries as rulebook
from hutong.control.units import meanwhile
from hutong.control.units import queries as members
from hutong.control.units.meanwhile import Thing
from hutong.control.units.rules import Actor
from hutong.core import beijing
from hutong.core.beijing import BEIJING
from hutong.core.counting import COUNTED
from hutong.core.errors import Conflicting, Refused
from hutong.db import database, sql
from hutong.plane import tables
from hutong.plane.delivery import ledger, rejections
from hutong.plane.delivery.reading.report import WhatWasRead
from hutong.plane.delivery.rejections import BEGINNING, BreachPlace, RejectedRow, RejectionFilters

statements = sql.load(__package__, "deliveries.sql")

PAGE = 50
REJECTED_PAGE = 500
"""Faults of a delivery on one page."""
DIGEST_SHOWN = 12
"""Characters of a file's digest that tell it from others."""


class DeliveryNotWaiting(Conflicting):
    """The delivery {key} of {resource} does not wait to be confirmed."""


class OtherFileWaits(Conflicting):
    """{name}, delivery {key} of {received_at}, waits with a file of SHA-256 {digest}…; this one has {found}…"""


class ApproverDelivered(Refused):
    """{name}, delivery {key}, was handed in by {officer}; another officer of the unit approves it: {others}."""


Place = tuple[datetime, str, str]
"""Where a page of deliveries ends: moment, resource and key of its last row."""


@dataclass(frozen=True, slots=True)
class DeliveryShown:
    """One delivery as a page shows it."""

    code: str
    name: str
    provider: str
    key: str
    kind: str
    sent: int | None
    accepted: int | None
    rejected: int | None
    warned: int | None
    """Warnings of rows that were taken (D-21)."""
    state: str
    reason: str | None
    delivered_by: str
    received_at: datetime
    digest: bytes
    stored_rows: int | None
    removed_rows: int | None
    what_was_read: WhatWasRead | None
    """How its file was read; None of one delivered before that was kept, or of which nothing could be read."""
    loaded_at: datetime | None
    version: int
    inserted: int | None
    updated: int | None
    deleted: int | None
    same_loaded_at: datetime | None
    """When the very same snapshot had been loaded, where this one changed nothing by that."""
    overtaken: bool
    """Whether other data of the resource were loaded after it came."""

    def needs_another(self, actor: Actor, *, others: Collection[str]) -> bool:
        """Whether the actor handed it in and somebody else is there to approve it."""
        return self.delivered_by == actor.officer and bool(others)

    @property
    def file(self) -> str:
        """How its file is told from others: the first characters of the digest."""
        return self.digest.hex()[:DIGEST_SHOWN]

    @property
    def place(self) -> Place:
        """Where it stands in the list."""
        return self.received_at, self.code, self.key


@dataclass(frozen=True, slots=True)
class WaitingDelivery:
    """A delivery that waits for its provider's word, and who may give it."""

    delivery: DeliveryShown
    may: bool
    """Whether the reader delivers for its provider."""
    another: bool
    """Whether the reader handed it in, and somebody else is there to approve it."""
    others: list[str]
    """The names of those, besides the reader, who may approve it."""
    at: str
    """The state it is shown in (`meanwhile.shown`)."""
    by_name: str
    """The name of who handed it in, or the system that did."""


@dataclass(frozen=True, slots=True)
class DueDelivery:
    """A resource that has to be delivered soon, or had to be (P-9)."""

    code: str
    name: str
    update_cycle: int
    delivered_at: datetime | None
    """When it was delivered last; None where it never was."""
    due_date: date
    late: bool


@dataclass(frozen=True, slots=True)
class DeliveryDesk:
    """What an officer has to do about deliveries."""

    waiting: list[WaitingDelivery]
    more_wait: bool
    """Whether more wait than these."""
    due: list[DueDelivery]
    """What the officer's units have to deliver soon or had to, the longest due first."""
    more_due: bool
    """Whether more is due than these."""
    supplied: list[Version]
    """What the officer may hand in files for."""
    may: bool
    """Whether the officer hands in files, once there is something to hand them in for."""
    most: int
    """Bytes that are kept of the officer's files."""


@dataclass(frozen=True, slots=True)
class EntryDelivery:
    """A delivery, with the entry it is of; None where there is none under the key."""

    entry: Entry
    delivery: DeliveryShown | None
    waiting: WaitingDelivery | None = None
    """Who may give the provider's word, where it waits for that."""


def to_approve(actor: Actor, *, now: datetime, limit: int = PAGE) -> list[WaitingDelivery]:
    """Return the deliveries that wait for the word of this very actor, the longest waiting first."""
    units = actor.units_as("provider_editor")
    found = waiting(units, limit=PAGE) if units else []
    every = (_waiting(each, actor=actor, now=now) for each in found)
    return [each for each in every if each.may and not each.another][:limit]


def desk(actor: Actor, *, now: datetime) -> DeliveryDesk:
    """Return which deliveries wait for the word of the actor's units, and what the actor supplies with data."""
    found = waiting(actor.units, limit=PAGE + 1)
    now_due = due(actor.units, today=beijing.day(now), limit=PAGE + 1)
    return DeliveryDesk(
        [_waiting(delivery, actor=actor, now=now) for delivery in found[:PAGE]],
        more_wait=len(found) > PAGE,
        due=now_due[:PAGE],
        more_due=len(now_due) > PAGE,
        supplied=queries.supplied(actor.units_as("provider_editor")),
        may=rules.edits(actor),
        most=rulebook.in_force(beijing.day(now)).number("delivery.upload_bytes"),
    )


def due(units: Collection[str], *, today: date, limit: int = PAGE) -> list[DueDelivery]:
    """Return what these units have to deliver, as near as messages tell of it, or had to (P-9)."""
    rules_now = rulebook.in_force(today)
    near, grace = (rules_now.number(name) for name in ("messages.near_days", "delivery.grace_days"))
    asked = {"units": sorted(units), "until": today + timedelta(days=near - 1), "limit": limit}
    with connection.cursor() as cur:
        cur.execute(statements.due, asked)
        return [
            DueDelivery(code, name, cycle, delivered_at, day, late=day + timedelta(days=grace) < today)
            for code, name, cycle, delivered_at, day in cur.fetchall()
        ]


def _waiting(delivery: DeliveryShown, *, actor: Actor, now: datetime) -> WaitingDelivery:
    rest = others(actor, provider=delivery.provider, now=now)
    return WaitingDelivery(
        delivery,
        may=rules.is_editor(actor, provider=delivery.provider),
        another=delivery.needs_another(actor, others=rest),
        others=rest,
        at=meanwhile.shown(state_of(delivery), now=now),
        by_name=members.people({delivery.delivered_by}).get(delivery.delivered_by, delivery.delivered_by),
    )


def of_entry(code: str, *, key: str, actor: Actor, now: datetime) -> EntryDelivery:
    """Return a delivery with its entry; raises NoSuchEntry, also where the entry is another unit's."""
    entry = queries.entry(code)
    if entry.provider_id not in actor.units:
        raise NoSuchEntry(code=code)
    found = one([entry.provider_id], code=code, key=key)
    waits = found is not None and found.state == "waiting" and not found.overtaken
    return EntryDelivery(entry, found, _waiting(found, actor=actor, now=now) if found and waits else None)


def of_units(
    units: Collection[str], *, words: str = "", state: str = "", after: Place | None = None, oldest: bool = False,
    limit: int = PAGE,
) -> list[DeliveryShown]:  # fmt: skip
    """Return a page of the deliveries of these units, the newest first, or the oldest: those after the place `after`.

    Each of `words` occurs in the key, the code or the name of the resource.
    """
    at, code, key = after or (None, "", "")
    asked = {"after_at": at, "after_code": code, "after_key": key, "limit": limit}
    return _read(statements.oldest if oldest else statements.newest, {**_asked(units, words, state), **asked})


def counted(units: Collection[str], *, words: str = "", state: str = "", most: int = COUNTED + 1) -> int:
    """Return how many deliveries `of_units` has on all its pages, counted up to `most`."""
    with connection.cursor() as cur:
        cur.execute(statements.counted, {**_asked(units, words, state), "limit": most})
        return int(cur.fetchone()[0])


def _asked(units: Collection[str], words: str, state: str) -> dict[str, object]:
    return {"units": sorted(units), "words": words.lower().split(), "state": state}


def waiting(units: Collection[str], *, limit: int = PAGE) -> list[DeliveryShown]:
    """Return the deliveries of these units that wait for their word, the longest waiting first."""
    return _read(statements.waiting, {"units": sorted(units), "limit": limit})


def one(units: Collection[str], *, code: str, key: str) -> DeliveryShown | None:
    """Return the delivery of a resource under a key, where it is one of these units'."""
    return next(iter(_read(statements.one, {"units": sorted(units), "code": code, "key": key})), None)


def _read(statement: str, asked: Mapping[str, object]) -> list[DeliveryShown]:
    with connection.cursor() as cur:
        cur.execute(statement, asked)
        names = [column.name for column in cur.description]
        return [_shown(dict(zip(names, row, strict=True))) for row in cur.fetchall()]


def _shown(row: dict[str, Any]) -> DeliveryShown:
    kept = row.pop("what_was_read")
    read = None if kept is None else WhatWasRead.from_json(json.loads(kept))
    return DeliveryShown(**row, what_was_read=read)


_APPROVED = "catalog.delivery_approved"
_LOADED = ("plane.delivered", "plane.delivery_waits")
"""What is entered where data of a resource came to count, or came to wait."""


def state_of(delivery: DeliveryShown) -> dict[str, object]:
    """Return what a page shows of a delivery that its provider's word depends on."""
    return {
        "state": delivery.state, "digest": delivery.digest.hex(), "received_at": delivery.received_at,
        "delivered_by": delivery.delivered_by, "reason": delivery.reason, "stored": delivery.stored_rows,
        "removed": delivery.removed_rows, "overtaken": delivery.overtaken,
    }  # fmt: skip


def check_newest(
    entry: Entry, meant_for: str | None, *, key: str, actor: Actor, now: datetime
) -> None:  # fmt: skip
    """Refuse what was meant for other data of a resource than it has now; raises what `meanwhile.check` does."""
    with transaction.atomic():
        meanwhile.check(
            Thing(entry.name, _LOADED, ({"resource": entry.code},)), meant_for, state=lambda: newest_loaded(entry.code),
            doing=_LOADED[0], same={"resource": entry.code, "delivery": key}, actor=actor, now=now,
        )  # fmt: skip


def newest_loaded(code: str) -> dict[str, object]:
    """Return which delivery of a resource counted last: its key and when, or neither."""
    with connection.cursor() as cur:
        cur.execute(statements.newest_loaded, {"code": code})
        key, loaded_at = cur.fetchone() or ("", "")
    return {"key": key, "loaded_at": f"{loaded_at}"}


def others(actor: Actor, *, provider: str, now: datetime) -> list[str]:
    """Return the names of those in a unit, besides the actor, who may hand in and approve its deliveries."""
    editors = members.officers_with("provider_editor", unit=provider, now=now)
    return [name for username, name in editors.items() if username != actor.officer]


def approve(
    *, code: str, key: str, digest: bytes, actor: Actor, now: datetime, meant_for: str | None = None
) -> None:
    """Enter the provider's word that a delivery may go on which deletes much, given with the very file that waits.

    Who handed it in gives it only where the unit has nobody else who may; the entry says so. `meant_for` is what a page
    showed of it (`state_of`). Raises DeliveryNotWaiting, OtherFileWaits, ApproverDelivered, which is entered too, and
    what `meanwhile.check` does.
    """
    waiting = one(actor.units_as("provider_editor"), code=code, key=key)
    same = {"resource": code, "delivery": key, "digest": digest.hex()}
    if waiting is not None:
        with transaction.atomic():
            meanwhile.check(
                Thing(f"{waiting.name} {key}", (*_LOADED, _APPROVED), ({"resource": code},)), meant_for,
                state=lambda: state_of(waiting), doing=_APPROVED, same=same, actor=actor, now=now,
            )  # fmt: skip
    if waiting is None or waiting.state != "waiting":
        raise DeliveryNotWaiting(key=key, resource=code)
    unit, rest = waiting.provider, others(actor, provider=waiting.provider, now=now)
    delivery = {"resource": code, "unit": unit, "delivery": key, "delivered_by": waiting.delivered_by}
    if waiting.needs_another(actor, others=rest):
        with transaction.atomic():
            refused = delivery | {"reason": ApproverDelivered.code, "by": actor.officer}
            record("catalog.delivery_not_approved", refused, now=now, unit=unit)
        raise ApproverDelivered(name=waiting.name, key=key, officer=actor.name, others=", ".join(rest))
    if waiting.digest != digest:
        raise OtherFileWaits(
            name=waiting.name,
            key=key,
            received_at=f"{waiting.received_at.astimezone(BEIJING):%Y-%m-%d %H:%M}",
            digest=waiting.file,
            found=digest.hex()[:DIGEST_SHOWN],
        )
    alone = waiting.delivered_by == actor.officer
    with transaction.atomic():
        given = delivery | {"digest": digest.hex(), "alone": alone, "by": actor.officer}
        name = f"{waiting.name} {key}"
        if meanwhile.made(_APPROVED, "delivery", meant_for, name=name, same=[same], actor=actor) is None:
            record(_APPROVED, given, now=now, unit=unit)


def rejected(
    *, code: str, key: str, provider: str, after: BreachPlace = BEGINNING, filters: RejectionFilters | None = None,
    size: int = REJECTED_PAGE,
) -> tuple[list[RejectedRow], bool]:  # fmt: skip
    """Return a page of the faults of a delivery, those that follow `after`, and whether there are more.

    The faults of one row stand on one page.
    """
    with transaction.atomic(), database.joined(connection) as cur:
        found = rejections.rejected(
            cur, code=code, key=key, provider=provider, after=after, filters=filters, limit=size + 1
        )
    if len(found) <= size:
        return found, False
    return [row for row in found if row.number != found[-1].number] or found, True


def faults(
    *, code: str, key: str, provider: str, filters: RejectionFilters | None = None, most: int = COUNTED + 1
) -> int:
    """Return how many faults `rejected` has on all its pages, counted up to `most`."""
    with transaction.atomic(), database.joined(connection) as cur:
        return rejections.counted(cur, code=code, key=key, provider=provider, filters=filters, most=most)


def check(*, code: str, actor: Actor) -> None:
    """Refuse a delivery to a resource that is not the actor's to supply (SX-06-b), or that was withdrawn (SX-06-a)."""
    with transaction.atomic(), database.joined(connection) as cur:
        provider = tables.provider(cur, code=code)
    if provider is None:
        raise NoSuchEntry(code=code)
    if not rules.is_editor(actor, provider=provider):
        raise NotYourRole(role="provider_editor", officer=actor.name)
    with transaction.atomic(), database.joined(connection) as joined:
        ledger.admit(joined, code=code)
