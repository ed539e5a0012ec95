"""What a delivery handed in at the desk needs of the plane: its connection, its keys and its spool."""

from functools import cache
from pathlib import Path

from django.conf import settings

from hutong.db.database import Database
from hutong.plane.keys import Keyring


@cache
def database() -> Database:
    """Return the plane's own connection, beside the one Django has."""
    return Database(settings.DATABASE_URL, role="plane", size=2)


@cache
def keyring() -> Keyring:
    """Return the keys stores are sealed with, and second factors kept under."""
    return Keyring.load(settings.KEYRING)


def spool() -> Path:
    """Return the folder where a file waits until it is loaded."""
    return settings.SPOOL
