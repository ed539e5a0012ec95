"""The week on paper: of everybody the own, and of the contact of a unit what is due there (P-29)."""

from datetime import timedelta

import pytest
import telling
from acting import NOW, County
from desks import hire

from hutong.control.sharing import weeks

LATER = NOW + timedelta(days=60)


@pytest.fixture
def waits(county: County) -> str:
    """An application of the bureau that was returned to its desk, and has a day."""
    telling.staffed(county)
    no = county.draft()
    county.take(no, "lodge", by="consumer")
    county.take(no, "return", by="competent", reason="请补充")
    return no


def test_the_contact_of_a_unit_prints_what_is_late_there_and_what_comes(county, waits):
    telling.told(county)
    (due,) = weeks.page(county.actor("first", now=LATER), now=LATER).unit.rows
    assert due.case == waits
    assert weeks.page(county.actor("first", now=LATER), now=LATER).unit.counts.late == 1


def test_who_is_not_the_contact_prints_the_own_week_alone(county, waits):
    telling.told(county)
    found = weeks.page(county.actor("second"), now=NOW)
    assert found.unit is None and found.own.seats


def test_until_a_unit_names_somebody_its_head_prints_it(county, waits):
    hire(county, "head", "何平", unit=county.civil, roles=("unit_head",))
    assert weeks.is_contact(county.actor("head")) and not weeks.is_contact(county.actor("first"))
    telling.told(county)
    assert weeks.is_contact(county.actor("first")) and not weeks.is_contact(county.actor("head"))


def test_what_comes_later_than_the_week_is_not_on_paper(county, waits):
    telling.told(county)
    early = weeks.page(county.actor("first"), now=NOW).unit
    assert all(row.late_at is not None and row.late_at <= NOW + timedelta(days=8) for row in early.rows)
