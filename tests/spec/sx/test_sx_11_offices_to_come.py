"""D-23: an office that goes to another unit on a day to come goes on that day, with its cases, and not before."""

from datetime import timedelta

import pytest
from acting import NOW, UNITS
from desks import at, entered, seen, words

from hutong.control.handovers import offices_to_come, rules
from hutong.control.procedures.rules import NotYourRole
from hutong.control.units import offices
from hutong.control.units.models import Unit
from hutong.core import beijing
from hutong.core.errors import Problem

HOME = "/zh/desk/handovers/offices/"
DAY = beijing.day(NOW) + timedelta(days=7)
THEN = NOW + timedelta(days=7)


def told(county, *, by: str = "authority", **changes) -> int:
    facts = {
        "role": "operator", "region": "", "unit": UNITS[4], "from_date": DAY, "reason": "编办〔2026〕3号", **changes,
    }  # fmt: skip
    return offices_to_come.tell(facts, actor=county.actor(by), now=NOW)


def holder() -> str | None:
    return offices.current().unit_of("operator", region="")


@pytest.mark.clause("D-23")
def test_an_office_goes_on_the_day_that_was_told_with_its_open_cases_and_not_before(county):
    no = county.draft()
    county.walk(no, to="SUPPLIED")
    with at(NOW):
        form = {"role": "operator", "unit": UNITS[4], "from_date": f"{DAY}", "reason": "编办〔2026〕3号", "at": "0-"}
        page = words(entered("authority").post(HOME, form, follow=True))
    assert "到移交日自行移交" in page and "未到移交日" in page
    before = holder()
    assert offices_to_come.pass_on(now=THEN - timedelta(days=1)) == []
    assert holder() == before
    assert offices_to_come.pass_on(now=THEN) == ["operator"]
    assert holder() == UNITS[4]
    assert county.turn(no) == county.at("authority")  # nobody is there yet
    assert "已移交" in seen("authority", HOME)


@pytest.mark.clause("D-23")
def test_what_was_taken_back_goes_nowhere_and_what_cannot_go_says_why(county):
    number, before = told(county), holder()
    with pytest.raises(rules.OfficeToComeAlready):
        told(county)
    with pytest.raises(NotYourRole):
        offices_to_come.take_back(number, actor=county.actor("operator"), now=NOW)
    offices_to_come.take_back(number, actor=county.actor("authority"), now=NOW)
    assert offices_to_come.pass_on(now=THEN) == []
    again = told(county)
    Unit.objects.filter(pk=UNITS[4]).update(active=False)
    assert offices_to_come.pass_on(now=THEN) == []
    assert holder() == before
    rows = {each.number: each.code for each in offices_to_come.desk(actor=county.actor("authority")).rows}
    assert rows == {number: "TAKEN_BACK", again: "UNIT_STOPPED"}
    assert "已撤回" in seen("authority", HOME)


@pytest.mark.clause("D-23")
@pytest.mark.parametrize(
    "changes",
    [{"by": "operator"}, {"by": "consumer"}, {"from_date": beijing.day(NOW)}, {"unit": "x"}, {"reason": " "},
     {"role": "consumer"}, {"unit": UNITS[1]}],
)  # fmt: skip
def test_nobody_but_the_authority_tells_of_it_and_only_for_a_day_to_come(county, changes):
    with pytest.raises(Problem):
        told(county, **changes)
    assert offices_to_come.desk(actor=county.actor("authority")).rows == ()
