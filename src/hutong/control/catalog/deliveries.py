"""Reads of a unit's deliveries, who may hand one in, and the provider's word on one that waits for it."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction

from hutong.control.catalog import rules
from hutong.control.catalog.queries import NoSuchEntry
from hutong.control.orgs import queries as orgs
from hutong.control.orgs.rules import Actor
from hutong.control.procedures.rules import NotYourRole
from hutong.control.recording import record
from hutong.core.beijing import BEIJING
from hutong.core.errors import Conflicting, Refused
from hutong.db import database
from hutong.plane.delivery import ledger, rejections
from hutong.plane.delivery.rejections import RejectedRow

DIGEST_SHOWN = 12
"""Characters of a file's digest that tell it from others."""


class DeliveryNotWaiting(Conflicting):
    """The delivery {key} of {resource} does not wait to be confirmed."""


class OtherFileWaits(Conflicting):
    """{name}, delivery {key} of {received_at}, waits with a file of SHA-256 {digest}…; this one has {found}…"""


class ConfirmerDelivered(Refused):
    """{name}, delivery {key}, was handed in by {person}; another officer of the unit confirms it: {others}."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """One delivery as a page shows it."""

    code: str
    name: str
    key: str
    kind: str
    sent: int | None
    accepted: int | None
    rejected: int | None
    state: str
    reason: str | None
    delivered_by: str
    received_at: datetime
    digest: bytes
    held_rows: int | None
    removed_rows: int | None
    overtaken: bool
    """Whether other data of the resource were loaded after it came."""

    def needs_another(self, actor: Actor, *, others: Collection[str]) -> bool:
        """Whether the actor handed it in and somebody else is there to confirm it."""
        return self.delivered_by == actor.person and bool(others)

    @property
    def file(self) -> str:
        """How its file is told from others: the first characters of the digest."""
        return self.digest.hex()[:DIGEST_SHOWN]


def of_provider(org: str, *, code: str | None = None, key: str | None = None) -> list[Delivery]:
    """Return the newest deliveries of a unit, or only that of a resource under a key."""
    with connection.cursor() as cur:
        cur.execute(
            "select d.code, r.name, d.key, d.kind, d.sent, d.accepted, d.rejected, d.state, d.reason,"
            " d.delivered_by, d.received_at, d.digest, d.held_rows, d.removed_rows,"
            " exists (select from plane.delivery o where o.code = d.code and o.loaded_at > d.received_at)"
            " from plane.delivery d join plane.resource r on r.code = d.code"
            " where r.provider = %s and (%s is null or (d.code, d.key) = (%s, %s))"
            " order by d.received_at desc limit 100",
            [org, key, code, key],
        )
        return [Delivery(*row) for row in cur.fetchall()]


def others(actor: Actor) -> list[str]:
    """Return the names of those in the actor's unit, besides the actor, who may hand in and confirm deliveries."""
    editors = orgs.holders("provider_editor", org=actor.org)
    return [name for username, name in editors.items() if username != actor.person]


def confirm(*, code: str, key: str, digest: bytes, actor: Actor, now: datetime) -> None:
    """Enter the provider's word that a delivery may go on which deletes much, given with the very file that waits.

    Who handed it in gives it only where the unit has nobody else who may; the entry says so. Raises
    DeliveryNotWaiting, OtherFileWaits and ConfirmerDelivered, which is entered too.
    """
    waiting = next((each for each in of_provider(actor.org, code=code, key=key) if each.state == "held"), None)
    if waiting is None:
        raise DeliveryNotWaiting(key=key, resource=code)
    rest = others(actor)
    delivery = {"resource": code, "org": actor.org, "delivery": key, "delivered_by": waiting.delivered_by}
    if waiting.needs_another(actor, others=rest):
        with transaction.atomic():
            refused = delivery | {"reason": ConfirmerDelivered.code, "by": actor.person}
            record("catalog.delivery_not_confirmed", refused, now=now, org=actor.org)
        raise ConfirmerDelivered(name=waiting.name, key=key, person=actor.name, others=", ".join(rest))
    if waiting.digest != digest:
        raise OtherFileWaits(
            name=waiting.name,
            key=key,
            received_at=f"{waiting.received_at.astimezone(BEIJING):%Y-%m-%d %H:%M}",
            digest=waiting.file,
            found=digest.hex()[:DIGEST_SHOWN],
        )
    alone = waiting.delivered_by == actor.person
    with transaction.atomic():
        given = delivery | {"digest": digest.hex(), "alone": alone, "by": actor.person}
        record("catalog.delivery_confirmed", given, now=now, org=actor.org)


def rejected(*, code: str, key: str, org: str) -> list[RejectedRow]:
    """Return the first thousand faults of a delivery of this unit."""
    with transaction.atomic(), database.joined(connection) as cur:
        return rejections.rejected(cur, code=code, key=key, provider=org)


def check(*, code: str, actor: Actor) -> None:
    """Refuse a delivery to a resource that is not the actor's to supply (SX-06-b), or that was withdrawn (SX-06-a)."""
    with connection.cursor() as cur:
        cur.execute("select provider from plane.resource where code = %s", [code])
        row = cur.fetchone()
    if row is None:
        raise NoSuchEntry(code=code)
    if not rules.is_editor(actor, provider=row[0]):
        raise NotYourRole(role="provider_editor", person=actor.name)
    with transaction.atomic(), database.joined(connection) as joined:
        ledger.admit(joined, code=code)
