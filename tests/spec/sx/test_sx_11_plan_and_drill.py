"""Article 11: the operator sets up how emergencies are handled and how the platform is restored after a disaster."""

from datetime import timedelta
from itertools import product

import pytest
import securing
from acting import NOW, UNITS, entries
from desks import at, entered, seen
from outcomes import DONE, came_of, result_of

from hutong.control.procedures import queries as procedures
from hutong.control.procedures.models import Attachment
from hutong.control.security import passes, queries
from hutong.control.security.lifecycle import DRILL, PLAN
from hutong.control.security.models import Drill, EmergencyPlan
from hutong.core import beijing, lifecycle
from hutong.core.lifecycle import Counting

DAY = beijing.day(NOW)
DATES = [(PLAN, "rehearsal", {"REHEARSAL_DUE"}), (DRILL, "planned", {"PLANNED", "BACKED_UP", "VERIFIED"})]
"""Lifecycle, the date that its case names, and the states in which that is the limit."""


@pytest.mark.clause("SX-11-c")
@pytest.mark.parametrize(("life", "date", "states"), DATES, ids=["plan", "drill"])
def test_the_date_that_a_plan_or_a_drill_names_is_its_limit_where_it_waits_for_it_and_nowhere_else(life, date, states):
    (clock,) = [each for each in life.clocks if each.counting is Counting.ORDER]
    assert (clock.date, clock.limit) == (date, "")
    for state in life.states:
        ticks = lifecycle.ticking(life, state, facts={}, running=set(), paused=set())
        assert (clock in ticks.begins) == (state in states), state


@pytest.mark.clause("SX-11-c")
def test_who_prepares_a_plan_or_holds_a_drill_does_not_decide_on_it_and_a_plan_is_changed_while_it_is_prepared():
    assert PLAN.editable == {"DRAFT", "RETURNED"} and not DRILL.editable
    pairs = [
        (PLAN, ("draft", "submit"), ("adopt", "return", "stop")),
        (DRILL, ("plan", "back_up", "verify", "drill", "fail", "report"), ("note", "stop")),
    ]
    for life, one, other in pairs:
        for here, there in product(one, other):
            assert lifecycle.kept_apart(life, there, acted={here: {"p"}}) == {"p"}, (here, there)
            assert lifecycle.kept_apart(life, here, acted={there: {"p"}}) == {"p"}, (here, there)


@pytest.mark.clause("SX-11-c")
def test_there_is_one_emergency_plan_in_force_with_version_owner_text_and_the_day_of_its_next_rehearsal(county):
    """建立应急处置……机制：预案由平台运维单位编制，电子政务主管部门批准，写明版本、责任人和下次演练日期。"""
    assert "没有现行有效的应急预案" in seen("operator", "/zh/desk/")
    bare = securing.drafted(county)
    assert came_of(securing.take, county, bare, "submit", by="operator") == "PLAN_WITHOUT_FILE"
    securing.attached(county, bare)
    assert came_of(securing.take, county, bare, "submit", by="operator") == DONE
    assert came_of(securing.take, county, bare, "adopt", by="operator") == "NOT_YOUR_ROLE"
    securing.take(county, bare, "adopt", by="authority")
    second = result_of(securing.in_force, county, summary="更新联系人")
    found = queries.in_force("")
    assert (found.no, found.version, found.owner, found.rehearsal_date) == (second, 2, "李强", securing.REHEARSAL)
    assert [EmergencyPlan.objects.get(no=no).state for no in (bare, second)] == ["REPLACED", "IN_FORCE"]
    assert "没有现行有效的应急预案" not in seen("operator", "/zh/desk/")


@pytest.mark.clause("SX-11-c")
def test_the_plan_is_rehearsed_by_its_day_which_stands_on_the_operators_desk_and_runs_late_after_it(county):
    """应急预案按期演练：日期临近的，列入平台运维单位的待办；过期未演练的，记为逾期。"""
    no = securing.in_force(county)
    assert procedures.turns("security.plan", no) == []
    near = beijing.midnight(securing.REHEARSAL - timedelta(days=30))
    passes.bring_rehearsals_near(now=near, calendar=county.calendar)
    found = [(turn.role, turn.unit, turn.late_at) for turn in procedures.turns("security.plan", no)]
    assert found == [("operator", UNITS[1], beijing.over(securing.REHEARSAL))]
    with at(beijing.over(securing.REHEARSAL)):
        assert "至今没有演练" in seen("operator", "/zh/desk/")
    securing.filed(county, now=near)
    assert EmergencyPlan.objects.get(no=no).rehearsal_date == beijing.day(near) + timedelta(days=365)
    assert procedures.turns("security.plan", no) == []


@pytest.mark.clause("SX-11-c")
def test_a_drill_is_recorded_with_what_was_measured_and_reported_to_the_authority_with_its_papers(county):
    """灾难恢复机制：恢复演练有记录，写明数据丢失时长和恢复用时，连同材料报告电子政务主管部门。"""
    securing.in_force(county)
    no = securing.filed(county)
    drill = Drill.objects.get(no=no)
    assert (drill.passed, drill.set_number, drill.rpo_seconds, drill.rto_seconds) == (True, 12, 42, 426)
    assert sorted(each.name for each in Attachment.objects.filter(case=no)) == [
        f"恢复演练数据 {no}.csv", f"恢复演练记录 {no}.xlsx",
    ]  # fmt: skip
    (turn,) = procedures.turns("security.drill", no)
    assert (turn.action, turn.role, turn.unit) == ("note", "authority", UNITS[0])
    page = seen("authority", f"/zh/desk/security/drills/{no}/")
    assert "42 秒" in page and "7 分 6 秒" in page and "已校验到最后一个检查点" in page
    assert entries(county.url, "security.drill_moved") == 4


@pytest.mark.clause("SX-11-c")
def test_a_drill_that_failed_is_reported_as_failed_and_another_is_due_soon(county):
    """演练未通过的，如实报告未通过及其原因，并限期再次演练。"""
    plan = securing.in_force(county)
    no = securing.filed(county, verified=False)
    drill = Drill.objects.get(no=no)
    assert (drill.state, drill.passed) == ("REPORTED", False)
    assert "未能校验到最后一个检查点" in drill.failed_with
    found = [(turn.action, turn.late_at) for turn in procedures.turns("security.plan", plan)]
    assert found == [("rehearse", beijing.over(DAY + timedelta(days=30)))]


@pytest.mark.clause("SX-11-c")
def test_plan_and_drills_are_read_by_operator_authority_and_auditor(county):
    """应急预案和演练记录由平台运维单位、电子政务主管部门和审计员查阅。"""
    no = securing.filed(county)
    assert no in seen("authority", "/zh/desk/security/drills/")
    assert entered("consumer").get("/zh/desk/security/drills/").status_code == 403
    assert entered("consumer").get(f"/zh/desk/security/drills/{no}/").status_code == 404
