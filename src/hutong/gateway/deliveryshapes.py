"""The shape of the reply to a delivery."""

from datetime import datetime
from typing import Literal

from msgspec import Struct

from hutong.gateway.shapes import LeafHash, ReadOut


class DeliveryOut(Struct, frozen=True):
    """What came of a delivery: `sent` = `accepted` + `rejected`; its changes begin at `first_change`."""

    resource: str
    key: str
    version: int
    kind: Literal["snapshot", "changes"]
    digest: LeafHash
    """SHA-256 of the file."""
    state: str
    """`loaded`, or `waiting` for the provider's word, with the `reason`."""
    reason: str | None
    sent: int | None
    accepted: int | None
    rejected: int | None
    inserted: int | None
    updated: int | None
    deleted: int | None
    first_change: int | None
    last_change: int | None
    delivered_by: str
    received_at: datetime
    loaded_at: datetime | None
    stored_rows: int | None
    removed_rows: int | None
    warned: int
    former_deleted: int
    read: ReadOut | None
    """How the file was read; null of one delivered before that was kept."""
    same_loaded_at: datetime | None
    """When the very same snapshot had been loaded under another key, where this one changed nothing by that."""
