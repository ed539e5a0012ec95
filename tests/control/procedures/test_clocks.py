"""Clocks of cases: what they count from, how they stand still, over several states, and what is kept of each."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from acting import NOW, County
from django.db import transaction

from hutong.control.procedures import operations, passes, queries
from hutong.control.procedures.models import Clock, Turn
from hutong.control.rulebook import operations as rulebook
from hutong.control.sharing.models import Application
from hutong.control.sharing.procedure import APPLICATIONS, seen
from hutong.core import lifecycle
from hutong.core.lifecycle import Counting, Lifecycle, Move, State

LIFE = "sharing.application"


def day(month: int, number: int) -> datetime:
    return datetime(2026, month, number, 2, tzinfo=UTC)


def clock(no: str, name: str) -> Clock:
    return Clock.objects.filter(case=no, name=name).latest("id")


@pytest.mark.clause("D-4", "SX-08-f")
def test_the_five_working_days_begin_when_the_case_reaches_the_operator_not_when_the_operator_begins(county):
    no = county.draft()
    county.walk(no, to="SUPPLIED", now=day(3, 2))
    assert clock(no, "filing").day == date(2026, 3, 9)
    county.take(no, "verify", by="operator", now=day(3, 6))
    assert clock(no, "filing").day == date(2026, 3, 9)
    county.take(no, "file", by="operator", now=day(3, 10))
    filed = clock(no, "filing")
    assert (filed.result, filed.ended_at) == ("late", day(3, 10))
    application = Application.objects.get(no=no)
    assert (application.reached_at, application.verifying_at) == (day(3, 2), day(3, 6))


@pytest.mark.clause("D-4")
def test_where_the_data_are_held_the_case_reaches_the_operator_with_its_confirmation(county):
    county.supply()
    no = county.draft()
    county.walk(no, to="PROVIDER_AGREED", now=day(3, 2))
    assert county.take(no, "confirm", by="authority", now=day(3, 3)) == "SUPPLIED"
    assert (clock(no, "filing").from_at, clock(no, "filing").day) == (day(3, 3), date(2026, 3, 10))


@pytest.mark.clause("D-4", "SX-08-f")
def test_a_return_stops_the_clock_and_it_goes_on_where_it_stood_never_anew(county):
    no = county.draft()
    county.walk(no, to="PURPOSE_VERIFYING", now=day(3, 2))
    county.take(no, "return", by="operator", now=day(3, 4), reason="用途不清")
    stopped = clock(no, "filing")
    assert (stopped.late_at, stopped.left) == (None, 3)
    assert stopped.pauses == [
        {"from_at": day(3, 4).isoformat(), "until_at": None, "reason": "退回补正期间不计入办理期限"}
    ]
    county.walk(no, to="SUPPLIED", now=day(3, 16))
    gone_on = clock(no, "filing")
    assert (gone_on.pk, gone_on.from_at, gone_on.day) == (stopped.pk, day(3, 2), date(2026, 3, 19))
    assert Clock.objects.filter(case=no, name="filing").count() == 1
    assert "退回补正期间不计入办理期限" in gone_on.zh


def test_the_compliance_check_has_its_two_days_once_over_both_its_states(county):
    no = county.draft()
    county.walk(no, to="DEPARTMENT_ENDORSED", now=day(3, 2))
    first = clock(no, "compliance")
    county.take(no, "accept", by="authority", now=day(3, 3))
    assert [(c.pk, c.day) for c in Clock.objects.filter(case=no, name="compliance")] == [(first.pk, date(2026, 3, 4))]


def test_conditional_sharing_is_answered_within_ten_days_in_all_and_the_nearer_day_is_told(county):
    no = county.draft()
    county.walk(no, to="DEPARTMENT_ENDORSED", now=day(3, 2))
    assert county.due(no).name == "compliance"
    county.walk(no, to="PROVIDER_REPLY", now=day(3, 10))
    assert (clock(no, "conditional").day, clock(no, "provider_unsupplied").day) == (
        date(2026, 3, 16), date(2026, 3, 24),
    )  # fmt: skip
    assert (county.due(no).name, Turn.objects.filter(case=no).first().clock) == ("conditional", "conditional")
    county.take(no, "agree", by="approver", now=day(3, 11))
    assert clock(no, "provider_unsupplied").result == "met"
    county.take(no, "confirm", by="authority", now=day(3, 17))
    assert clock(no, "conditional").result == "late"


@pytest.mark.clause("SX-17", "D-8")
def test_a_limit_is_the_rulebooks_of_the_day_and_its_version_stays_with_the_deadline(county):
    before, after = county.draft(), county.draft()
    county.walk(before, to="SUPPLIED", now=day(3, 2))
    version = rulebook.change(
        {"sharing.filing_days": 3}, from_date=date(2026, 3, 3), reason="试行", actor=county.actor("authority"), now=NOW
    )
    county.walk(after, to="SUPPLIED", now=day(3, 3))
    assert (clock(before, "filing").amount, clock(before, "filing").rulebook_version) == (5, 0)
    assert (clock(after, "filing").amount, clock(after, "filing").rulebook_version) == (3, version)
    assert clock(after, "filing").day == date(2026, 3, 6)
    assert Turn.objects.filter(case=after).first().rulebook_version == version


def test_the_history_shows_which_clock_each_step_began_and_what_came_of_it(county):
    no = county.draft()
    county.walk(no, to="FILED", now=day(3, 2))
    told = {
        step.action: [(c.name, c.day, c.result) for c in step.clocks.order_by("id")]
        for step in queries.steps(LIFE, no)
    }
    assert told["lodge"] == [("endorse", date(2026, 3, 4), "met")]
    assert told["report_supply"] == [("filing", date(2026, 3, 9), "met")]
    assert told["verify"] == []


# --- the other ways to count, in a procedure of the test's own ------------------------------------------------------

NOTICE = Lifecycle(
    name=LIFE,  # it borrows the place of applications
    title="告知",
    start="DRAFT",
    states={
        "DRAFT": State("草稿", no_limit="起草没有期限。"), "TOLD": State("已告知"), "ORDERED": State("已责令"),
        "DONE": State("已完成"),
    },
    homes={"consumer": "consumer"},
    moves=(
        Move("tell", "告知", "DRAFT", "TOLD", "consumer", "SX-15-a"),
        Move("order", "责令", "TOLD", "ORDERED", "authority", "SX-16-b"),
        Move("done", "完成", "ORDERED", "DONE", "consumer", "SX-16-b"),
    ),
    clocks=(
        lifecycle.Clock("lead", "告知", Counting.LEAD, "maintenance.lead_days", ("TOLD",), "SX-15-a", date="work"),
        lifecycle.Clock("report", "告知", Counting.HOURS, "report_hours", ("TOLD",), "SX-15-b"),
        lifecycle.Clock("order", "责令", Counting.ORDER, "", ("ORDERED",), "SX-16-b", date="order"),
    ),
)  # fmt: skip


def told_at(county: County, now: datetime, *, work: date, order: date = date(2026, 3, 31), monkeypatch=None):
    """Take a notice of the test's own as far as it goes, and return its clocks by name."""
    procedure = replace(
        APPLICATIONS, life=NOTICE,
        seen=lambda cases: [replace(each, dates={"work": work, "order": order}) for each in seen(cases)],
    )  # fmt: skip
    no = county.draft()
    for action, by in (("tell", "consumer"), ("order", "authority")):
        with transaction.atomic():
            case = operations.locked(procedure, no)
            operations.take(procedure, case, action, actor=county.actor(by), now=now, calendar=county.calendar)
    return {c.name: c for c in Clock.objects.filter(case=no)}


@pytest.fixture
def report_hours(monkeypatch):
    """A limit in hours, which no procedure of the county has yet."""
    from hutong.core import defaults
    from hutong.core.limits import CountedIn as LimitUnit
    from hutong.core.limits import Limit

    limit = Limit("report_hours", 1, LimitUnit.CLOCK_HOURS, "SX-15-b", "报告", "Report")
    limits = {**clocks_default().limits, "report_hours": type(next(iter(clocks_default().limits.values())))(limit, 1)}
    monkeypatch.setattr("hutong.control.rulebook.queries.DELIVERED", replace(clocks_default(), limits=limits))
    monkeypatch.setattr(defaults, "LIMITS", {**defaults.LIMITS, "report_hours": limit})


def clocks_default():
    from hutong.control.rulebook.queries import DELIVERED

    return DELIVERED


@pytest.mark.clause("D-7")
def test_what_is_told_ahead_is_in_time_or_late_and_is_taken_either_way(county, report_hours):
    in_time = told_at(county, day(3, 9), work=date(2026, 3, 11))["lead"]
    assert (in_time.day, in_time.result, in_time.ended_at) == (date(2026, 3, 9), "met", day(3, 9))
    late = told_at(county, day(3, 10), work=date(2026, 3, 11))["lead"]
    assert (late.day, late.result) == (date(2026, 3, 9), "late")


@pytest.mark.clause("D-7")
def test_by_rule_b_full_working_days_lie_between(county, report_hours):
    rulebook.change(
        {"lead.rule": "B"}, from_date=date(2026, 3, 3), reason="从严", actor=county.actor("authority"), now=NOW
    )
    assert told_at(county, day(3, 9), work=date(2026, 3, 11))["lead"].result == "late"
    assert told_at(county, day(3, 6), work=date(2026, 3, 11))["lead"].result == "met"


def test_hours_are_of_the_clock_on_the_wall_and_an_order_sets_its_own_day(county, report_hours):
    saturday = day(3, 7)
    found = told_at(county, saturday, work=date(2026, 3, 31), order=date(2026, 3, 20))
    assert (found["report"].late_at, found["report"].result) == (saturday + timedelta(hours=1), "met")
    assert (found["order"].day, found["order"].amount, found["order"].rulebook_name) == (date(2026, 3, 20), 0, "")


def test_what_waits_for_a_calendar_is_computed_when_the_year_is_known_pauses_and_all(county):
    late = datetime(2026, 12, 30, 2, tzinfo=UTC)
    no = county.draft()
    county.walk(no, to="PURPOSE_VERIFYING", now=late)
    county.take(no, "return", by="operator", now=late, reason="用途不清")
    county.walk(no, to="SUPPLIED", now=datetime(2027, 1, 5, 2, tzinfo=UTC))
    assert clock(no, "filing").day is None
    with transaction.atomic():
        known = county.calendar.with_year(2027, [date(2027, 1, 1)], [])
        assert passes.recompute_deadlines(known) >= 1
    assert clock(no, "filing").day == date(2027, 1, 12)
    assert Turn.objects.filter(case=no).first().late_at == clock(no, "filing").late_at


def test_what_ended_before_its_year_was_known_is_told_met_or_late_when_it_is(county, report_hours):
    at = datetime(2026, 12, 30, 2, tzinfo=UTC)
    in_time, late = county.draft(), county.draft()
    for no, filed in ((in_time, datetime(2027, 1, 7, 2, tzinfo=UTC)), (late, datetime(2027, 1, 8, 2, tzinfo=UTC))):
        county.walk(no, to="PURPOSE_VERIFYING", now=at)
        county.take(no, "file", by="operator", now=filed)
    told = told_at(county, at, work=date(2027, 1, 5))["lead"].case
    ended = [(in_time, "filing"), (late, "filing"), (told, "lead")]
    assert [clock(*each).result for each in ended] == ["open", "open", "open"]
    known = county.calendar.with_year(2027, [date(2027, 1, 1)], [])
    with transaction.atomic():
        assert passes.recompute_deadlines(known) == 0  # none of these still runs
    assert [(clock(*each).day, clock(*each).result) for each in ended] == [
        (date(2027, 1, 7), "met"), (date(2027, 1, 7), "late"), (date(2026, 12, 31), "met"),
    ]  # fmt: skip
    assert not Clock.objects.filter(late_at=None, left=None).exists()


def test_a_limit_that_waits_for_its_calendar_stands_on_the_desk_with_the_words_why(county):
    no = county.draft()
    county.walk(no, to="SUPPLIED", now=datetime(2026, 12, 30, 2, tzinfo=UTC))
    (waits,) = [each for each in queries.waiting([county.seat("operator")]) if each.case == no]
    assert (waits.day, waits.late_at, waits.amount) == (None, None, 5)
    assert "2027年工作日历尚未载入" in waits.zh
    assert county.due(no).pk == clock(no, "filing").pk
