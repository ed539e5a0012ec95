"""Which of several cases may be decided together (P-4)."""

import pytest
from acting import NOW

from hutong.control.procedures import together
from hutong.control.procedures.likeness import CasesNotAlike, OneByOne
from hutong.control.procedures.rules import NothingWaits
from hutong.control.sharing import queries
from hutong.control.sharing.procedure import APPLICATIONS


def looked_at(county, action: str, *numbers: str, alike=queries.alike) -> together.CasesTogether:
    given = {"alike": alike, "actor": county.actor("competent"), "now": NOW}
    return together.looked_at(APPLICATIONS, action, numbers, **given)


def lodged(county, **changes) -> str:
    no = county.draft(**changes)
    county.take(no, "lodge", by="consumer")
    return no


def test_those_that_wait_for_the_step_at_the_officers_desk_are_looked_at_in_their_order(county):
    first, draft, second = lodged(county), county.draft(), lodged(county, quota=7)
    found = looked_at(county, "endorse", second, draft, first)
    assert (found.here, [*found.found], found.move.action) == ((second, first), [second, first], "endorse")


def test_what_is_not_alike_or_not_at_the_desk_or_decided_one_by_one_is_refused(county):
    first, second = lodged(county), lodged(county, legal_basis="《某条例》第三条")
    with pytest.raises(CasesNotAlike):
        looked_at(county, "endorse", first, second)
    with pytest.raises(NothingWaits):
        looked_at(county, "accept", first)
    with pytest.raises(OneByOne):
        looked_at(county, "endorse", first, alike=None)
    with pytest.raises(OneByOne):
        looked_at(county, "return", first)
