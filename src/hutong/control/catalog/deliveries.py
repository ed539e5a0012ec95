"""Reads of a unit's deliveries, who may hand one in, and which file it is that waits for the provider's word."""

from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction

from hutong.audit.years import BEIJING
from hutong.control.catalog import rules
from hutong.control.catalog.queries import NoSuchEntry
from hutong.control.orgs.rules import Actor, NotYourRole
from hutong.core.errors import Conflicting
from hutong.db import database
from hutong.plane import deliveries

DIGEST_SHOWN = 12
"""Characters of a file's digest that tell it from others."""


class DeliveryNotWaiting(Conflicting):
    """The delivery {key} of {resource} does not wait to be confirmed."""


class OtherFileWaits(Conflicting):
    """{name}, delivery {key} of {received_at}, waits with a file of SHA-256 {digest}…; this one has {found}…"""


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

    @property
    def file(self) -> str:
        """How its file is told from others: the first characters of the digest."""
        return self.digest.hex()[:DIGEST_SHOWN]


@dataclass(frozen=True, slots=True)
class RejectedRow:
    """One fault of a delivery; `shown` is masked where the item is."""

    number: int
    item: str | None
    rule: str
    reason: str
    shown: str | None


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


def check_file(*, code: str, key: str, digest: bytes, actor: Actor) -> None:
    """Refuse to confirm a delivery of the actor's unit with another file than the one that waits.

    Raises DeliveryNotWaiting and OtherFileWaits.
    """
    waiting = next((each for each in of_provider(actor.org, code=code, key=key) if each.state == "held"), None)
    if waiting is None:
        raise DeliveryNotWaiting(key=key, resource=code)
    if waiting.digest != digest:
        raise OtherFileWaits(
            name=waiting.name,
            key=key,
            received_at=f"{waiting.received_at.astimezone(BEIJING):%Y-%m-%d %H:%M}",
            digest=waiting.file,
            found=digest.hex()[:DIGEST_SHOWN],
        )


def rejected(*, code: str, key: str, org: str) -> list[RejectedRow]:
    """Return the first thousand faults of a delivery of this unit."""
    with connection.cursor() as cur:
        cur.execute(
            "select j.number, j.item, j.rule, j.reason, j.shown from plane.rejected_row j"
            " join plane.resource r on r.code = j.code where j.code = %s and j.key = %s and r.provider = %s"
            " order by j.number limit 1000",
            [code, key, org],
        )
        return [RejectedRow(*row) for row in cur.fetchall()]


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
        deliveries.admit(joined, code=code)
