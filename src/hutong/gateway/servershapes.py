"""The shapes of what a front-end server says of itself, in and out."""

from datetime import datetime
from typing import Annotated

from msgspec import Meta, Struct

from hutong.gateway.shapes import LeafHash, SomeText

Moment = Annotated[datetime, Meta(tz=True, description="With its offset, as RFC 3339 has it.")]


class OutageIn(Struct, frozen=True, forbid_unknown_fields=True):
    """A time in which a front-end server did not run, and why; without an end it lasts."""

    from_at: Moment
    words: SomeText
    until_at: Moment | None = None


class ServerFactsIn(Struct, frozen=True, forbid_unknown_fields=True):
    """What a front-end server says of itself: that it runs, by this very request; and what else it tells."""

    digest: LeafHash | None = None
    """Of what it finds it declares, as its page on the desk has it."""
    outage: OutageIn | None = None


class ServerFactsOut(Struct, frozen=True):
    """When the server was heard."""

    heard_at: datetime
