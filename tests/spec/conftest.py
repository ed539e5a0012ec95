"""What the chapters stand on: the small county of control, a platform that holds records, and a gateway before it."""

from collections.abc import Iterator
from pathlib import Path

import gateway_county
import pytest
from acting import county, database_url, django_db, log_down, peopled, template
from answering import Clock
from comparing import two_people
from gateway_county import place, prepared, standing
from stating import _stated
from supplying import Provider

from databases import a_name
from hutong.db.database import Database
from hutong.db.embedded import Server
from hutong.plane.answer import facts
from hutong.plane.keys import Keyring

__all__ = [
    "_stated", "county", "database_url", "django_db", "log_down", "peopled", "place", "prepared", "standing",
    "template",
]  # fmt: skip


@pytest.fixture
def platform(db: Database) -> Database:
    """A platform that holds the records of two people; no grant is open on them.

    What it remembers grows no older, however slow the machine is: a fault in what is remembered is seen each time.
    """
    facts.memory(db).clock = Clock()
    return two_people(db)


@pytest.fixture
def provider(db: Database, tmp_path: Path) -> Provider:
    """A unit with one published resource that nothing was delivered of yet."""
    return Provider.of(db, Keyring.create(tmp_path / "keyring.json"), tmp_path)


@pytest.fixture
def gate(
    server: Server, prepared: gateway_county.Prepared, place: str, standing: gateway_county.Standing, tmp_path: Path
) -> Iterator[gateway_county.Door]:
    """A gateway before twenty people's records and one grant in each mode: g1 compares, g2 queries, g3 subscribes."""
    with gateway_county.standing_at(place, server=server, prepared=prepared, folder=tmp_path) as made:
        yield standing.before(made)


@pytest.fixture
def own(server: Server, prepared: gateway_county.Prepared, tmp_path: Path) -> Iterator[gateway_county.Door]:
    """Such a gateway of the test's own, for who counts what it did, changes what it remembers, or ends it."""
    with gateway_county.standing_at(a_name(), server=server, prepared=prepared, folder=tmp_path) as made:
        (tmp_path / "spool").mkdir()
        yield made.start(spool=tmp_path / "spool")
