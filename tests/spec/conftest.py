"""What the chapters stand on: the small county of control, a platform that holds records, and a gateway before it."""

from collections.abc import Iterator
from pathlib import Path

import answering
import gateway_county
import pytest
from acting import county, database_url, django_db, log_down, peopled, template
from comparing import two_people
from gateway_county import prepared
from supplying import Provider

from databases import fresh_database
from hutong.db.database import Database
from hutong.db.embedded import Server
from hutong.plane.keys import Keyring

__all__ = ["county", "database_url", "django_db", "log_down", "peopled", "prepared", "template"]


@pytest.fixture
def platform(db: Database) -> Database:
    """A platform that holds the records of two people; no grant is open on them."""
    return two_people(db)


@pytest.fixture
def provider(db: Database, tmp_path: Path) -> Provider:
    """A unit with one published resource that nothing was delivered of yet."""
    return Provider.of(db, Keyring.create(tmp_path / "keyring.json"), tmp_path)


@pytest.fixture
def gate(
    server: Server, prepared: gateway_county.Prepared, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[gateway_county.Door]:
    """A gateway before twenty people's records and one grant in each mode: g1 compares, g2 queries, g3 subscribes."""
    monkeypatch.setattr(answering, "KEYRING", prepared.keyring)
    monkeypatch.setattr(answering, "NOW", gateway_county.now())
    with fresh_database(server, template=prepared.template) as url:
        made = prepared.at(url, tmp_path)
        (tmp_path / "spool").mkdir()
        yield made.start(spool=tmp_path / "spool")
        made.db.close()
        for process in made.running:
            process.terminate()
            process.wait(30)
