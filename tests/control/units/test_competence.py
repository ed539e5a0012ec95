"""The competent department of a unit: another from a day on, and who was competent is still known (D-23)."""

from datetime import date, timedelta

import pytest
from acting import NOW, UNITS, County
from django.db import IntegrityError, transaction

from hutong.control.procedures import passes
from hutong.control.procedures import queries as procedures
from hutong.control.procedures.rules import NotYourRole
from hutong.control.sharing import stopping
from hutong.control.units import competence, queries
from hutong.control.units import operations as members
from hutong.control.units.models import Competence

AUTHORITY, OPERATOR, POLICE, CIVIL, SOCIAL = UNITS
LATER = NOW + timedelta(days=30)


def becomes(department: str | None, *, now=LATER) -> list[str]:
    """Let the civil affairs bureau have another department."""
    known = queries.registered(CIVIL)
    return members.change(
        CIVIL, name=known.name, kind=known.kind, region_code=known.region_code, competent=department, now=now, by="init"
    )


@pytest.mark.clause("D-23", "SX-08-a")
def test_between_two_applications_the_department_becomes_another_and_open_ones_go_with_it(county: County):
    members.add_officer(
        username="new", password="correct horse 互通", name="何平", unit=POLICE, roles=["competent"], now=NOW, by="init"
    )  # fmt: skip
    endorsed, waiting = county.draft(), county.draft()
    county.walk(endorsed, to="DEPARTMENT_ENDORSED")
    county.walk(waiting, to="LODGED")
    assert becomes(POLICE) == ["competent"]
    assert becomes(POLICE) == []
    assert county.turn(waiting) == ("competent", POLICE)
    with pytest.raises(NotYourRole):
        county.take(waiting, "endorse", by="competent", now=LATER)
    county.take(waiting, "endorse", by="new", now=LATER)
    assert [(each.by, each.unit) for each in procedures.steps("sharing.application", endorsed)][-1] == (
        "competent", SOCIAL,
    )  # fmt: skip
    assert [(each.code, each.from_date, each.ended_date) for each in competence.history(CIVIL)] == [
        (POLICE, date(2026, 4, 1), None), (SOCIAL, date(2026, 3, 2), date(2026, 4, 1)),
    ]  # fmt: skip
    days = (date(2026, 3, 1), date(2026, 3, 2), date(2026, 3, 31), date(2026, 4, 1))
    assert [competence.department_on(day, unit=CIVIL) for day in days] == [None, SOCIAL, SOCIAL, POLICE]
    assert (competence.under(SOCIAL), competence.under(POLICE)) == ([], [CIVIL])
    assert passes.check_turns(now=LATER) == {}


def test_changed_twice_on_a_day_the_last_holds_and_none_is_none(county: County):
    for department in (POLICE, None, OPERATOR, None):
        becomes(department)
        assert competence.department(CIVIL) == competence.department_on(date(2026, 4, 1), unit=CIVIL) == department
    stopping.stop(SOCIAL, reason="撤并", now=LATER, by="init")


def test_a_unit_has_one_department_at_a_time(county: County):
    with pytest.raises(IntegrityError, match="competent_once"), transaction.atomic():
        Competence.objects.create(unit_id=CIVIL, department_id=POLICE, from_date=date(2026, 3, 3))
