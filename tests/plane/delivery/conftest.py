"""A provider with an empty resource on a real database."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from delivering import NOW, Provider, definition

from hutong.db.database import Database
from hutong.plane import tables
from hutong.plane.keys import Keyring


@pytest.fixture
def plane(database_url: str) -> Iterator[Database]:
    database = Database(database_url, role="plane")
    yield database
    database.close()


@pytest.fixture
def keyring(tmp_path: Path) -> Keyring:
    return Keyring.create(tmp_path / "keys.json")


@pytest.fixture
def published(db: Database) -> None:
    with db.transaction() as cur:
        tables.publish(cur, definition=definition(), now=NOW)


@pytest.fixture
def provider(plane: Database, keyring: Keyring, published: None, tmp_path: Path) -> Provider:
    return Provider(plane, keyring, tmp_path)
