"""Offices: held per region by one unit at a time, passed on with their open cases, and nobody's elsewhere (D-23)."""

from datetime import date, timedelta

import psycopg
import pytest
from acting import NOW, PASSWORD, UNITS, County, entries
from hypothesis import given
from hypothesis import strategies as st

from hutong.control.calendars import rules as calendars
from hutong.control.enrolment.giving import Carrier
from hutong.control.enrolment.operations import check_entitled
from hutong.control.procedures import passes
from hutong.control.procedures import queries as procedures
from hutong.control.procedures.models import Clock, HandGiven, Turn
from hutong.control.procedures.operations import open_to
from hutong.control.procedures.rules import NotYourRole
from hutong.control.rulebook import operations as rulebook
from hutong.control.rulebook.rules import RegionUnreadable
from hutong.control.sharing import operations as sharing
from hutong.control.sharing import service, stopping
from hutong.control.sharing.models import Application
from hutong.control.sharing.procedure import APPLICATIONS
from hutong.control.units import deputies, deputyships, offices, passing_on, queries
from hutong.control.units import operations as members
from hutong.control.units.deputyships import DeputyFilters
from hutong.control.units.models import Office
from hutong.control.units.offices import Offices
from hutong.control.units.rules import OFFICES, UnitStopped
from hutong.core import canonical
from hutong.core.lifecycle import Seat
from hutong.plane.suspensions import Suspendable

LIFE = APPLICATIONS.life.name
AUTHORITY, OPERATOR, POLICE, CIVIL, SOCIAL = UNITS
LATER = NOW + timedelta(hours=1)


def officer(username: str, *, unit: str, roles: list[str]) -> str:
    return members.add_officer(
        username=username, password=PASSWORD, name=f"姓名{username}", unit=unit, roles=roles, now=NOW, by="init"
    )


def give(role: str, unit: str, *, region: str = "", now=LATER) -> int | None:
    return passing_on.give(role=role, region=region, unit=unit, reason="县委编办〔2026〕3号", now=now, by="init")


def register(unit: str, *, region: str) -> None:
    """Let a unit be in a region."""
    known = queries.registered(unit)
    members.change(
        unit, name=known.name, kind=known.kind, region_code=region, competent=known.competent, now=NOW, by="init"
    )


@pytest.mark.clause("D-23")
@pytest.mark.parametrize(("role", "state", "action"), [("authority", "DEPARTMENT_ENDORSED", "accept"),
                                                       ("operator", "SUPPLIED", "verify")])  # fmt: skip
def test_an_officer_of_another_unit_with_the_role_of_an_office_takes_no_step_and_reads_nothing(
    county, role, state, action
):
    no = county.draft()
    county.walk(no, to=state)
    officer("stranger", unit=SOCIAL, roles=["competent"])
    officer("pretender", unit=POLICE, roles=[role])
    pretender = county.actor("pretender")
    assert (pretender.roles, pretender.seats, pretender.everywhere) == (set(), set(), False)
    assert open_to(APPLICATIONS, Application.objects.get(no=no), actor=pretender, now=NOW) == []
    with pytest.raises(NotYourRole):
        county.take(no, action, by="pretender")
    county.walk(no, to="FILED")
    with pytest.raises(NotYourRole):
        service.suspend(Suspendable.GRANT, f"G-{no}", reason="整改", clause="SX-16-a", actor=pretender, now=NOW)
    with pytest.raises(rulebook.rules.RulebookNotYours):
        rulebook.change({"sharing.endorse_days": 1}, from_date=date(2026, 3, 3), reason="x", actor=pretender, now=NOW)
    with pytest.raises(NotYourRole):
        name_deputy(county, by="pretender", unit=POLICE)


def name_deputy(county: County, *, by: str, unit: str, role: str = "provider_approver", who: str = "consumer") -> int:
    return deputies.name(
        role=role, unit=unit, username=who, until_date=date(2026, 6, 30), reason="空缺", actor=county.actor(by), now=NOW
    )


@pytest.mark.clause("D-23")
def test_an_office_passed_on_takes_its_open_cases_with_it_and_what_was_decided_stays_with_who_decided(county):
    new = officer("successor", unit=SOCIAL, roles=["authority"])
    register(CIVIL, region="330523")
    states = ("DEPARTMENT_ENDORSED", "COMPLIANCE_CHECK", "PROVIDER_REPLY", "FILED")
    numbers = {state: county.draft() for state in states}
    for state, no in numbers.items():
        county.walk(no, to=state)
    clocks = list(Clock.objects.order_by("id").values())
    due = {row.case: (row.late_at, row.entered_at) for row in Turn.objects.all()}
    before = county.actor("authority")
    assert give("authority", SOCIAL) == 2
    assert list(Clock.objects.order_by("id").values()) == clocks
    assert {row.case: (row.late_at, row.entered_at) for row in Turn.objects.all()} == due
    moved = numbers["COMPLIANCE_CHECK"]
    assert county.turn(numbers["DEPARTMENT_ENDORSED"]) == county.turn(moved) == ("authority", SOCIAL)
    assert county.turn(numbers["PROVIDER_REPLY"]) == ("provider_approver", POLICE)
    assert procedures.waiting(before.seats) == []
    waiting = {each.case for each in procedures.waiting(county.actor(new).seats)}
    assert waiting == {numbers["DEPARTMENT_ENDORSED"], moved}
    with pytest.raises(NotYourRole):
        county.take(moved, "pass_on", by="authority")
    with pytest.raises(NotYourRole):  # also one whose page was opened before
        sharing.take(moved, "pass_on", actor=before, now=LATER, calendar=county.calendar)
    county.take(moved, "pass_on", by=new, now=LATER)
    taken = [(step.action, step.by, step.by_unit, step.unit) for step in procedures.steps(LIFE, moved)]
    assert taken[-2:] == [("accept", "authority", AUTHORITY, AUTHORITY), ("pass_on", new, SOCIAL, SOCIAL)]
    held = [(each.unit, each.from_at, each.until_at) for each in offices.history() if each.role == "authority"]
    assert held == [(SOCIAL, LATER, None), (AUTHORITY, NOW, LATER)]
    assert passes.check_turns(now=LATER) == {}


@pytest.mark.clause("D-23")
def test_passing_on_is_entered_with_who_held_it_who_holds_it_and_why(county):
    no = county.draft()
    county.walk(no, to="SUPPLIED")
    assert (give("operator", OPERATOR), give("operator", SOCIAL)) == (None, 1)
    with psycopg.connect(county.url, options="-c role=hutong_owner") as opened:
        asked = "select record, unit, counterpart from audit.entry where event = 'units.office_given' order by id"
        record, *parties = opened.execute(asked).fetchall()[-1]
    assert (canonical.loads(record), parties) == (
        {"role": "operator", "region": None, "before": OPERATOR, "after": SOCIAL, "reason": "县委编办〔2026〕3号",
         "cases": 1, "by": "init"},
        [SOCIAL, OPERATOR],
    )  # fmt: skip
    assert entries(county.url, "units.office_given") == 3


def test_an_office_is_not_passed_on_where_that_cannot_be_entered(county, log_down):
    no = county.draft()
    county.walk(no, to="DEPARTMENT_ENDORSED")
    log_down(county.url)
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        give("authority", SOCIAL)
    assert offices.current().unit_of("authority", region="") == AUTHORITY
    assert county.turn(no) == ("authority", AUTHORITY)


@pytest.mark.parametrize(
    ("given", "refusing"),
    [
        ({"role": "consumer"}, passing_on.NoSuchOffice), ({"region": "3305"}, RegionUnreadable),
        ({"reason": " "}, passing_on.OfficeWithoutReason), ({"unit": CIVIL}, UnitStopped),
    ],
)  # fmt: skip
def test_what_is_no_office_no_region_no_reason_or_no_unit_any_more_is_refused(county, given, refusing):
    stopping.stop(CIVIL, reason="撤并", now=NOW, by="init")
    asked = {"role": "authority", "region": "", "unit": SOCIAL, "reason": "职责调整", **given}
    with pytest.raises(refusing):
        passing_on.give(**asked, now=NOW, by="init")
    assert Office.objects.count() == 2


@pytest.mark.clause("D-23")
def test_the_authority_passes_an_office_on_and_nobody_else_does(county):
    officer("district", unit=SOCIAL, roles=["authority"])
    give("authority", SOCIAL, region="330523")

    def passes_on(who: str, region: str) -> int:
        return passing_on.pass_on(
            role="operator", region=region, unit=POLICE, reason="职责调整", actor=county.actor(who), now=LATER
        )

    for who, region in (("operator", ""), ("consumer", "330523"), ("district", ""), ("district", "330500")):
        with pytest.raises(NotYourRole):
            passes_on(who, region)
    passes_on("district", "330523")
    with pytest.raises(passing_on.OfficeAlreadyTheirs):
        passes_on("authority", "330523")
    passes_on("authority", "")


@pytest.mark.clause("D-23")
@pytest.mark.parametrize(
    ("role", "unit", "theirs"),
    [
        ("provider_approver", POLICE, True), ("provider_approver", CIVIL, False), ("operator", OPERATOR, False),
        ("authority", AUTHORITY, False), ("operator", POLICE, True), ("operator", CIVIL, False),
    ],
)  # fmt: skip
def test_the_authority_of_a_region_names_and_ends_deputies_of_its_units_and_offices_alone(county, role, unit, theirs):
    officer("district", unit=SOCIAL, roles=["authority"])
    officer("deputy", unit=SOCIAL, roles=[])
    for each, region in ((POLICE, "330523"), (CIVIL, "330106"), (OPERATOR, "330523"), (AUTHORITY, "330523")):
        register(each, region=region)
    give("authority", SOCIAL, region="330523")
    give("operator", POLICE, region="330523")
    give("operator", CIVIL, region="330106")
    number = name_deputy(county, by="authority", unit=unit, role=role, who="deputy")
    if theirs:
        deputies.end(number, actor=county.actor("district"), now=NOW)
        assert name_deputy(county, by="district", unit=unit, role=role, who="deputy") > number
        return
    with pytest.raises(NotYourRole):
        deputies.end(number, actor=county.actor("district"), now=NOW)
    assert [each.id for each in deputyships.listed(DeputyFilters(now=True))] == [number]
    deputies.end(number, actor=county.actor("authority"), now=NOW)
    with pytest.raises(NotYourRole):
        name_deputy(county, by="district", unit=unit, role=role, who="deputy")
    assert deputyships.listed(DeputyFilters(now=True)) == []


@pytest.mark.clause("D-23")
@pytest.mark.parametrize("role", ["operator", "authority"])
def test_the_office_of_a_region_loads_no_calendar_and_brings_no_file_for_all_of_them(county, role):
    officer("district", unit=SOCIAL, roles=[role])
    give(role, SOCIAL, region="330523")
    district, whole = county.actor("district"), county.actor(role)
    with pytest.raises(calendars.CalendarNotYours):
        calendars.check_may_load(district)
    calendars.check_may_load(whole)
    with pytest.raises(NotYourRole):
        check_entitled(district)
    with pytest.raises(NotYourRole):
        Carrier(district).runs()
    if role == "operator":
        check_entitled(whole)
        Carrier(whole).runs()


@pytest.mark.clause("D-23")
def test_a_unit_is_not_stopped_while_it_holds_an_office(county):
    with pytest.raises(stopping.UnitHasOffice, match="operator"):
        stopping.stop(OPERATOR, reason="撤并", now=NOW, by="init")
    give("operator", AUTHORITY)
    stopping.stop(OPERATOR, reason="撤并", now=NOW, by="init")
    assert offices.of_units([AUTHORITY]) == {(AUTHORITY, "authority", ""), (AUTHORITY, "operator", "")}


@pytest.mark.clause("D-23")
def test_a_case_goes_to_the_office_of_its_region_and_to_that_one_alone(county):
    no = county.draft()
    county.walk(no, to="DEPARTMENT_ENDORSED")
    officer("city", unit=POLICE, roles=["authority"])
    assert give("authority", POLICE, region="330500") == 0
    assert county.turn(no) == ("authority", AUTHORITY)
    register(CIVIL, region="330523")
    assert county.turn(no) == ("authority", POLICE)
    with pytest.raises(NotYourRole):
        county.take(no, "accept", by="authority")
    assert give("authority", SOCIAL, region="330523") == 1
    assert county.turn(no)[1] == SOCIAL
    assert Turn.objects.get(case=no, action="accept").why == "nobody_there"
    with pytest.raises(NotYourRole):
        county.take(no, "accept", by="city")


@pytest.mark.clause("D-23")
def test_where_no_unit_holds_an_office_its_cases_wait_with_the_authority_and_say_so(county):
    no = county.draft()
    county.walk(no, to="SUPPLIED")
    assert offices.lacking() == []
    Office.objects.filter(role="operator").delete()
    passes.check_turns(now=NOW)
    (turn,) = Turn.objects.filter(case=no)
    assert (turn.role, turn.unit, turn.of_unit, turn.why) == ("authority", AUTHORITY, "", "no_office")
    assert offices.lacking() == ["operator"]
    assert give("operator", SOCIAL) == 1
    assert (Turn.objects.get(case=no).of_unit, Turn.objects.get(case=no).why) == (SOCIAL, "nobody_there")
    Office.objects.all().delete()
    passes.check_turns(now=NOW)
    (turn,) = Turn.objects.filter(case=no)
    assert ((turn.role, turn.unit), offices.lacking()) == (("authority", ""), ["authority", "operator"])
    assert procedures.waiting(county.actor("authority").seats) == []


def test_hands_and_deputies_of_an_office_end_with_its_passing_on(county):
    switched = {"hands.sharing.application.refuse": True}
    rulebook.change(switched, from_date=date(2026, 3, 2), reason="三级办理", actor=county.actor("authority"), now=NOW)
    no, other = county.draft(), county.draft()
    for each in (no, other):
        county.walk(each, to="COMPLIANCE_CHECK")
    county.walk(other, to="PROVIDER_REPLY")
    name_deputy(county, by="authority", unit=AUTHORITY, role="authority", who="operator")
    name_deputy(county, by="authority", unit=POLICE, who="operator")
    for each, by in ((no, "authority"), (other, "approver")):
        county.take(each, "refuse", by=by, reason="与职责无关", basis="SX-08")
    officer("successor", unit=SOCIAL, roles=["authority"])
    give("authority", SOCIAL)
    assert {row.case for row in HandGiven.objects.filter(live=True)} == {other}
    assert county.actor("operator").deputises == {Seat("provider_approver", POLICE)}
    assert entries(county.url, "units.deputy_ended") == 1
    assert passes.check_turns(now=LATER) == {}


# --- which unit it is, whatever is held ------------------------------------------------------------------------------

REGIONS = ("", "330000", "330500", "330523", "330106", "310000", "310104")
held = st.dictionaries(st.tuples(st.sampled_from(OFFICES), st.sampled_from(REGIONS)), st.sampled_from(UNITS))


@pytest.mark.clause("D-23")
@given(units=held, region=st.sampled_from(REGIONS), role=st.sampled_from(OFFICES))
def test_the_office_of_a_region_is_its_own_or_that_of_the_nearest_above_it(units, region, role):
    covering = [
        each for (office, each) in units
        if office == role and (not each or region.startswith(each.rstrip("0") if each[2:] != "0000" else each[:2]))
    ]  # fmt: skip
    covering = [each for each in covering if each in ("", region, f"{region[:4]}00", f"{region[:2]}0000")]
    nearest = max(covering, key=lambda each: len(each.rstrip("0")), default=None)
    assert Offices(units).unit_of(role, region=region) == (None if nearest is None else units[(role, nearest)])
