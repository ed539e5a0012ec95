"""What the door needs besides Django: the clock, the calendar, the keys and the plane's own connection."""

import os
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path

from hutong.core import beijing
from hutong.core.workdays import Calendar
from hutong.db.database import Database
from hutong.plane.keys import Keyring


def now() -> datetime:
    """Return the moment, by the training clock where there is one."""
    return datetime.now(UTC) + timedelta(seconds=float(os.environ.get("HUTONG_CLOCK_SHIFT", "0")))


def real() -> datetime:
    """Return the moment by the clock that telephones keep, whatever the training clock says."""
    return datetime.now(UTC)


def today() -> date:
    """Return the day in China."""
    return beijing.day(now())


def calendar() -> Calendar:
    """Return the working-day calendar."""
    return Calendar.official()


@cache
def plane() -> Database:
    """Return the plane's connection, for a delivery handed in at the desk."""
    return Database(os.environ["HUTONG_DATABASE_URL"], role="plane", size=2)


@cache
def keyring() -> Keyring:
    """Return the keys holdings are sealed with."""
    return Keyring.load(_data() / "keys" / "keyring.json")


def spool() -> Path:
    """Return the folder where a file waits until it is loaded."""
    return _data() / "spool"


def _data() -> Path:
    return Path(os.environ.get("HUTONG_DATA", ".hutong")).absolute()
