"""A county whose provider hands in files at the desk: the pages find a spool, keys and a database."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from acting import County
from django.conf import settings

from hutong.plane.keys import Keyring
from hutong.web import plane


@pytest.fixture
def supplied(county: County, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[County]:
    """The county, with what handing in a file needs."""
    monkeypatch.setattr(settings, "SPOOL", tmp_path)
    monkeypatch.setattr(settings, "DATABASE_URL", county.url)
    monkeypatch.setattr(settings, "KEYRING", tmp_path / "keys.json")
    Keyring.create(tmp_path / "keys.json")
    plane.database.cache_clear()
    plane.keyring.cache_clear()
    yield county
    plane.database().close()
    plane.database.cache_clear()
    plane.keyring.cache_clear()
