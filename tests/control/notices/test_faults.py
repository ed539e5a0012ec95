"""Faults: what a list is narrowed to, what is kept of them, and what is not written without its entry."""

import faulting
import pytest
from acting import NOW
from psycopg.errors import InsufficientPrivilege

from hutong.control.notices import faulted, faults
from hutong.control.notices.faulted import FaultFilters
from hutong.control.notices.models import FaultAccount, FaultCase


def test_nothing_is_told_of_a_fault_where_its_entry_cannot_be_written(county, log_down):
    faulting.staffed(county)
    log_down(county.url)
    with pytest.raises(InsufficientPrivilege):
        faulting.reported(county)
    assert (FaultCase.objects.count(), FaultAccount.objects.count()) == (0, 0)


def test_a_fault_is_found_by_its_number_unit_kind_and_state(county):
    faulting.staffed(county)
    no, operator = faulting.reported(county), county.actor("operator")
    for asked, many in (
        (FaultFilters(words=no), 1), (FaultFilters(words="民政"), 1), (FaultFilters(words="公安"), 0),
        (FaultFilters(unit=county.civil), 1), (FaultFilters(unit=county.police), 0), (FaultFilters(kind="node"), 1),
        (FaultFilters(kind="network"), 0), (FaultFilters(state="REPORTED"), 1), (FaultFilters(state="RESTORED"), 0),
        (FaultFilters(late=True), 0),
    ):  # fmt: skip
        found = faulted.visible(operator, asked, now=NOW)
        assert (len(found), faulted.counted(operator, asked, now=NOW)) == (many, many), asked
    assert faulted.units(operator) == [(county.civil, "示范县民政局")]
    assert faulted.units(county.actor("editor")) == []


def test_the_same_form_sent_twice_tells_once(county):
    faulting.staffed(county)
    given = {"actor": county.actor("unit_admin"), "now": NOW, "calendar": county.calendar, "meant_for": "0-"}
    first, second = (faults.report(faulting.facts(), dict(faulting.SAID), **given) for _ in range(2))
    assert first == second and FaultCase.objects.count() == 1


def test_the_operator_chooses_among_the_units_of_its_region_and_others_among_none(county):
    form = faulted.new_form(actor=county.actor("operator"), now=NOW)
    assert form.finds and (county.civil, "示范县民政局") in form.units
    assert faulted.new_form(actor=county.actor("editor"), now=NOW).units == ()
