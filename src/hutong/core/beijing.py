"""The one time zone of China, in which days begin and end: of quotas, deadlines and evidence (D-10)."""

import re
import unicodedata
from datetime import date, datetime, time, timedelta, timezone

from hutong.core.errors import Invalid

BEIJING = timezone(timedelta(hours=8))
YEARS = range(2000, 2200)
"""Years a day that somebody gives may lie in: what is outside is a slip of the finger, and some of it cannot be read
back from a database or moved by a day."""
FIRST, AFTER = date(YEARS.start, 1, 1), date(YEARS.stop, 1, 1)
"""The first of these days, and the day after the last."""


_WRITTEN = re.compile(
    r"(\d{4})(?:-(\d{1,2})-(\d{1,2})|/(\d{1,2})/(\d{1,2})|\.(\d{1,2})\.(\d{1,2})"
    r"|\s*年\s*(\d{1,2})\s*月\s*(\d{1,2})\s*日|(\d{2})(\d{2}))"
)
"""A day, its year first."""
_OF_A_DAY = re.compile(r"(.+?)(?:[T\s]\s*|(?<=日))(\d{1,2})[:时](\d{2})(?::\d{2}(?:\.\d+)?|分)?")
"""A moment: its day, and hour and minute of 24; a browser may send its seconds, too."""


class DayFarOff(Invalid):
    """{field}: {day} does not lie in the years {first} to {last}."""


def day(moment: datetime) -> date:
    """Return the day that a moment falls on."""
    return moment.astimezone(BEIJING).date()


def over(day: date) -> datetime:
    """Return the moment at which a day is over."""
    return midnight(day + timedelta(days=1))


def last_day(end: datetime) -> date:
    """Return the last day of a period that runs until a moment, its end excluded."""
    return day(end - timedelta(microseconds=1))


def midnight(day: date) -> datetime:
    """Return the moment at which a day begins."""
    return datetime.combine(day, time(), BEIJING)


def month(day: date, *, ahead: int = 0) -> date:
    """Return the first day of the month that lies `ahead` months after that of `day`; a negative number counts back."""
    year, number = divmod(day.year * 12 + day.month - 1 + ahead, 12)
    return date(year, number + 1, 1)


def written(text: str) -> date | None:
    """Return a day as an office writes it; None for what is none, or could be two.

    2026-03-02, 2026/3/2, 2026.3.2, 2026年3月2日 and 20260302 are one day: none of them can be another.
    """
    found = _WRITTEN.fullmatch(_plain(text))
    try:
        return date(*(int(part) for part in found.groups() if part)) if found else None
    except ValueError:
        return None


def written_moment(text: str) -> datetime | None:
    """Return a moment to its minute, its day as `written` reads it: 2026-03-02 17:30, 2026年3月2日17时30分."""
    found = _OF_A_DAY.fullmatch(_plain(text))
    day = written(found[1]) if found else None
    if found is None or day is None:
        return None
    try:
        return datetime.combine(day, time(int(found[2]), int(found[3])), BEIJING)
    except ValueError:
        return None


def _plain(text: str) -> str:
    """Return what was typed in its usual characters, without what nobody sees."""
    return "".join(each for each in unicodedata.normalize("NFKC", text) if unicodedata.category(each) != "Cf").strip()


def shown(moment: datetime | None) -> str:
    """Return a moment as people here read it, to the second; a dash where there is none."""
    return "-" if moment is None else f"{moment.astimezone(BEIJING):%Y-%m-%d %H:%M:%S}"


def check(given: date | datetime, *, field: str) -> None:
    """Refuse a day, or a moment, that somebody gave and that lies outside YEARS; raises DayFarOff."""
    near = midnight(FIRST) <= given < midnight(AFTER) if isinstance(given, datetime) else FIRST <= given < AFTER
    if not near:
        said = given.date() if isinstance(given, datetime) else given
        raise DayFarOff(field=field, day=said.isoformat(), first=YEARS.start, last=YEARS.stop - 1)
