"""Whose dues an officer reads: mine, my desks', my unit's; what an office decides stays with its officers."""

from datetime import timedelta

import pytest
from acting import NOW
from desks import hire

from hutong.control.procedures import handling
from hutong.control.procedures.due import DueFilters
from hutong.control.procedures.rules import NotYourRole
from hutong.control.sharing.procedure import APPLICATIONS
from hutong.control.units import dues
from hutong.core.lifecycle import Seat

ALL = DueFilters()
LATER = NOW + timedelta(days=60)


def read(county, username: str, scope: str) -> list[str]:
    found = dues.page(scope, county.actor(username), filters=ALL, after=None, limit=50)
    assert dues.counts(scope, county.actor(username), now=NOW, filters=ALL).due == len(found)
    return [each.case for each in found]


@pytest.fixture
def lodged(county) -> str:
    unit = county.actor("competent").unit
    hire(county, "second", "周敏", unit=unit, roles=("competent",))
    hire(county, "clerk", "卫东", unit=unit, roles=("consumer",))
    hire(county, "head", "何平", unit=unit, roles=("unit_head",))
    no = county.draft()
    county.take(no, "lodge", by="consumer")
    return no


def test_what_a_colleague_has_taken_is_my_desks_and_not_mine(county, lodged):
    assert read(county, "second", dues.MINE) == [lodged]
    handling.take_over(APPLICATIONS, lodged, actor=county.actor("competent"), now=NOW)
    assert (read(county, "second", dues.MINE), read(county, "second", dues.DESK)) == ([], [lodged])
    assert read(county, "competent", dues.MINE) == [lodged]


def test_an_officer_of_another_desk_reads_it_as_the_units(county, lodged):
    found = [read(county, "clerk", scope) for scope in dues.SCOPES]
    assert found == [[], [], [lodged]]


def test_another_unit_reads_nothing_of_it(county, lodged):
    assert [read(county, "editor", scope) for scope in dues.SCOPES] == [[], [], []]


def test_what_an_office_decides_is_not_read_by_all_of_its_unit(county, lodged):
    county.walk(lodged, to="COMPLIANCE_CHECK")
    hire(county, "beside", "旁人", unit=county.seat("authority").unit, roles=("consumer",))
    assert read(county, "authority", dues.UNIT) == [lodged]
    assert read(county, "beside", dues.UNIT) == []


def test_a_head_sees_what_is_late_who_has_it_and_what_comes_this_month(county, lodged):
    handling.take_over(APPLICATIONS, lodged, actor=county.actor("competent"), now=NOW)
    late = dues.of_head(county.actor("head"), now=LATER)
    assert [each.case for each in late.late] == [lodged] and late.counts.late == 1
    assert [(each.handler, each.late) for each in late.by_handler] == [("competent", 1)]
    now = dues.of_head(county.actor("head"), now=NOW)
    assert ([each.case for each in now.month], now.late, now.to_sign) == ([lodged], [], [])
    assert Seat("competent", county.actor("competent").unit) in now.seats


def test_who_is_no_head_has_no_page_of_a_head_and_chooses_no_officer(county, lodged):
    with pytest.raises(NotYourRole):
        dues.of_head(county.actor("second"), now=NOW)
    assert dues.choosable(county.actor("second")) == []
    assert ("second", "周敏") in dues.choosable(county.actor("head"))
