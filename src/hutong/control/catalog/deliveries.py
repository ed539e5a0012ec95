"""Reads of a unit's deliveries, and who may hand one in."""

from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction

from hutong.control.catalog import rules
from hutong.control.catalog.queries import NoSuchEntry
from hutong.control.orgs.rules import Actor, NotYourRole
from hutong.db import database
from hutong.plane import deliveries


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
    held_rows: int | None
    removed_rows: int | None
    overtaken: bool
    """Whether other data of the resource were loaded after it came."""


@dataclass(frozen=True, slots=True)
class RejectedRow:
    """One fault of a delivery; `shown` is masked where the item is."""

    number: int
    item: str | None
    rule: str
    reason: str
    shown: str | None


def of_provider(org: str) -> list[Delivery]:
    """Return the newest deliveries of a unit."""
    with connection.cursor() as cur:
        cur.execute(
            "select d.code, r.name, d.key, d.kind, d.sent, d.accepted, d.rejected, d.state, d.reason,"
            " d.delivered_by, d.received_at, d.held_rows, d.removed_rows,"
            " exists (select from plane.delivery o where o.code = d.code and o.loaded_at > d.received_at)"
            " from plane.delivery d join plane.resource r on r.code = d.code"
            " where r.provider = %s order by d.received_at desc limit 100",
            [org],
        )
        return [Delivery(*row) for row in cur.fetchall()]


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
