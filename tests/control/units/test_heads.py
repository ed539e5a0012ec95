"""What a head is told of the desks there, and giving a case to an officer."""

import pytest
from acting import NOW

from hutong.control.sharing.procedure import APPLICATIONS
from hutong.control.units import heads
from hutong.control.units.queries import NoSuchOfficer


def test_where_nothing_waits_nobody_is_offered(county):
    desk = heads.desk([], actor=county.actor("competent"), now=NOW)
    assert desk == heads.HeadDesk(frozenset(), [], {})


def test_a_case_is_given_to_an_officer_there_is(county):
    no = county.draft()
    county.take(no, "lodge", by="consumer")
    given = {"words": "", "actor": county.actor("competent"), "now": NOW}
    with pytest.raises(NoSuchOfficer):
        heads.give(APPLICATIONS, no, to="nobody", **given)
    own = county.actor("competent")
    assert heads.give(APPLICATIONS, no, to=own.officer, **given) == own.name
