"""Emergency plans: one in force a region, replaced by its next version, and rehearsed by its day."""

from datetime import date, timedelta

import pytest
import securing
from acting import NOW, UNITS, entries
from psycopg.errors import InsufficientPrivilege
from securing import attached, drafted, facts, in_force, take

from hutong.control.procedures import queries as procedures
from hutong.control.procedures.models import Clock, Step
from hutong.control.rulebook.rules import RegionUnreadable
from hutong.control.security import operations, passes, queries, rules
from hutong.control.security.models import Drill, EmergencyPlan
from hutong.control.units.queries import NoSuchUnit
from hutong.core import beijing
from hutong.core.errors import Faults
from hutong.core.workdays import Calendar


def state(no: str) -> str:
    return EmergencyPlan.objects.get(no=no).state


def later(days: int):
    return NOW + timedelta(days=days)


def test_a_plan_is_adopted_only_with_its_text_and_by_the_authority(county):
    no = drafted(county)
    with pytest.raises(rules.PlanWithoutFile):
        take(county, no, "submit", by="operator")
    attached(county, no)
    assert take(county, no, "submit", by="operator") == "SUBMITTED"
    assert take(county, no, "return", by="authority", reason="联系人不全") == "RETURNED"
    operations.amend(no, facts=facts(county, owner="李强、周明"), actor=county.actor("operator"), now=NOW)
    take(county, no, "submit", by="operator")
    assert take(county, no, "adopt", by="authority") == "IN_FORCE"
    plan = EmergencyPlan.objects.get(no=no)
    assert (plan.version, plan.owner, plan.adopted_at) == (1, "李强、周明", NOW)
    assert [entries(county.url, f"security.plan_{event}") for event in ("drafted", "changed", "moved")] == [1, 1, 4]


def test_one_plan_is_in_force_and_its_next_version_takes_its_place(county):
    first = in_force(county)
    second = drafted(county, summary="更新联系人")
    with pytest.raises(rules.PlanUnderWay):
        drafted(county)
    attached(county, second)
    take(county, second, "submit", by="operator")
    assert [state(first), state(second)] == ["IN_FORCE", "SUBMITTED"]
    take(county, second, "adopt", by="authority")
    assert [state(first), state(second)] == ["REPLACED", "IN_FORCE"]
    assert EmergencyPlan.objects.get(no=first).successor.no == second
    assert [EmergencyPlan.objects.get(no=no).version for no in (first, second)] == [1, 2]
    assert queries.in_force("").no == second


def test_the_number_of_a_version_that_was_dropped_is_given_again(county):
    take(county, drafted(county), "drop", by="operator")
    assert EmergencyPlan.objects.get(no=drafted(county)).version == 1


def test_a_plan_says_what_it_must_and_its_next_rehearsal_lies_ahead(county):
    with pytest.raises(Faults) as raised:
        drafted(county, owner=" ", title="")
    assert [(type(each), each.fields) for each in raised.value.problems] == [
        (rules.PlanIncomplete, ("title",)), (rules.PlanIncomplete, ("owner",)),
    ]  # fmt: skip
    with pytest.raises(NoSuchUnit):
        drafted(county, unit="nobody")
    with pytest.raises(rules.RehearsalPast):
        drafted(county, rehearsal_date=beijing.day(NOW))
    no = drafted(county, rehearsal_date=date(2026, 3, 10))
    attached(county, no)
    with pytest.raises(rules.RehearsalPast):
        take(county, no, "submit", by="operator", now=later(9))


def test_others_than_the_operator_prepare_no_plan(county):
    for other in ("authority", "consumer"):
        with pytest.raises(rules.NotOfThisRegion):
            operations.draft(facts(county), region="", actor=county.actor(other), now=NOW)


@pytest.mark.parametrize("region", ["县城", "33052", "3305231", "３３０５２３", " 330523", "330523\n", "'", "x" * 4000])
def test_neither_plan_nor_drill_is_for_what_is_no_region(county, region):
    with pytest.raises(RegionUnreadable):
        operations.draft(facts(county), region=region, actor=county.actor("operator"), now=NOW)
    with pytest.raises(RegionUnreadable):
        operations.plan_drill(
            planned_date=later(5).date(), scope="全部", region=region, actor=county.actor("operator"), now=NOW,
            calendar=Calendar.official(),
        )  # fmt: skip
    assert (EmergencyPlan.objects.count(), Drill.objects.count()) == (0, 0)


def test_a_rehearsal_becomes_the_operators_turn_when_its_day_is_near_and_is_late_after_it(county):
    no = in_force(county)
    near = beijing.midnight(securing.REHEARSAL - timedelta(days=30))
    assert passes.bring_rehearsals_near(now=near - timedelta(seconds=1), calendar=county.calendar) == []
    assert procedures.turns("security.plan", no) == []
    assert passes.bring_rehearsals_near(now=near, calendar=county.calendar) == [no]
    assert passes.bring_rehearsals_near(now=near, calendar=county.calendar) == []
    (turn,) = procedures.turns("security.plan", no)
    assert (turn.action, turn.role, turn.unit) == ("rehearse", "operator", UNITS[1])
    assert turn.late_at == beijing.over(securing.REHEARSAL)
    assert entries(county.url, "security.plan_moved") == 3


def test_a_rehearsal_sets_its_next_day_by_the_rulebook_and_ends_the_limit(county):
    no = in_force(county)
    day = beijing.midnight(securing.REHEARSAL - timedelta(days=3))
    passes.bring_rehearsals_near(now=day, calendar=county.calendar)
    assert take(county, no, "rehearse", by="operator", now=day, reason="桌面推演，参加12人") == "IN_FORCE"
    plan = EmergencyPlan.objects.get(no=no)
    assert (plan.rehearsed_at, plan.rehearsal_date) == (day, beijing.day(day) + timedelta(days=365))
    assert Clock.objects.get(case=no, name="rehearsal").result == "met"
    assert procedures.turns("security.plan", no) == []


def test_a_rehearsal_held_too_late_is_told_as_late(county):
    no = in_force(county)
    after = beijing.midnight(securing.REHEARSAL + timedelta(days=1))
    passes.bring_rehearsals_near(now=after, calendar=county.calendar)
    take(county, no, "rehearse", by="operator", now=after, reason="补做演练")
    assert Clock.objects.get(case=no, name="rehearsal").result == "late"


def test_what_is_wanting_of_plans_is_told_to_those_who_look_after_them(county):
    def told(who: str, now=NOW) -> list[str]:
        return [type(problem).__name__ for problem in queries.wanting(county.actor(who, now=now), now=now)]

    assert [told(who) for who in ("operator", "authority", "consumer")] == [["PlanMissing"], ["PlanMissing"], []]
    no = in_force(county)
    assert told("operator") == []
    near = beijing.midnight(securing.REHEARSAL - timedelta(days=2))
    passes.bring_rehearsals_near(now=near, calendar=county.calendar)
    assert told("operator", near) == ["RehearsalDue"]
    assert told("authority", beijing.over(securing.REHEARSAL)) == ["RehearsalLate"]
    take(county, no, "rescind", by="authority", reason="机构撤并")
    assert told("operator") == ["PlanMissing"]


def test_nothing_is_adopted_or_replaced_where_its_entry_cannot_be_written(county, log_down):
    first, second = in_force(county), drafted(county)
    attached(county, second)
    take(county, second, "submit", by="operator")
    log_down(county.url)
    with pytest.raises(InsufficientPrivilege):
        take(county, second, "adopt", by="authority")
    assert [state(first), state(second)] == ["IN_FORCE", "SUBMITTED"]
    assert not Step.objects.filter(action__in=("adopt", "replace"), case=second).exists()


def test_plans_are_read_by_operator_authority_and_auditor_alone(county):
    no = in_force(county)
    assert queries.plan(no, actor=county.actor("authority")).no == no
    with pytest.raises(rules.NoSuchPlan):
        queries.plan(no, actor=county.actor("consumer"))
    wanted = queries.PaperFilters()
    assert [len(queries.plans(county.actor(who), wanted)) for who in ("operator", "consumer")] == [1, 0]
    assert queries.plans(county.actor("operator"), queries.PaperFilters(words="事件 李强", state="IN_FORCE"))
    assert not queries.plans(county.actor("operator"), queries.PaperFilters(words="别的"))
