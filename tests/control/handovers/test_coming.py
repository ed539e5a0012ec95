"""What is settled at a unit comes on its day: the nearest first, with its clause, and with its days of notice."""

from datetime import date, timedelta

import handing
import telling
from acting import NOW

from hutong.control.handovers import coming


def read(county, username: str) -> list[tuple[str, date, str, date | None]]:
    """Return number, day, clause, and the last day of notice, of what comes at an officer's unit."""
    found = coming.of_unit(county.actor(username))
    return [(each.number, each.day, each.clause, each.lead.day if each.lead else None) for each in found]


def test_the_nearest_comes_first_with_its_clause_and_its_days_of_notice(county):
    telling.staffed(county)
    telling.named(county)
    notice = telling.told(county, "second", effective_date=telling.IN_TIME)
    handover = handing.handed(county, to="first", effective_date=telling.IN_TIME - timedelta(days=1))
    assert read(county, "consumer") == [
        (handover, telling.IN_TIME - timedelta(days=1), "SX-11-a", None),
        (notice, telling.IN_TIME, "SX-12-a", NOW.date()),
    ]
    assert read(county, "editor") == []


def test_what_takes_effect_at_once_does_not_come(county):
    telling.staffed(county)
    telling.named(county)
    assert read(county, "consumer") == []
