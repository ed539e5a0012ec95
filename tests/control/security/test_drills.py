"""Restore drills: from their plan to their report, by hand or as `hutong drill` measured them."""

import io
from datetime import timedelta

import pytest
import securing
from acting import NOW, UNITS, entries
from openpyxl import load_workbook
from psycopg.errors import InsufficientPrivilege
from securing import FAULT, filed, in_force, planned, record, report, step

from hutong.control.procedures import attachments
from hutong.control.procedures import queries as procedures
from hutong.control.procedures.attachments import CaseReference
from hutong.control.procedures.models import Attachment, Clock, Step
from hutong.control.procedures.rules import NotYourRole, OtherSideTaken
from hutong.control.security import measures, operations, queries, rules
from hutong.control.security.models import Drill, EmergencyPlan
from hutong.core import beijing

DAY = beijing.day(NOW)


def papers(county, no: str) -> dict[str, bytes]:
    """Return the papers of a drill by the ending of their names."""
    of = CaseReference("security.drill", no)
    given = {"by": county.actor("authority"), "keyring": securing.keyring(), "now": NOW}
    opened = [attachments.read(of, each.id, **given) for each in attachments.listed(of)]
    return {each.about.name.rpartition(".")[2]: each.content for each in opened}


def told(county, no: str) -> dict[str, str]:
    """Return what the record of a drill says, by label."""
    sheet = load_workbook(io.BytesIO(papers(county, no)["xlsx"])).active
    return {row[0]: row[1] for row in sheet.iter_rows(values_only=True) if row[0]}


def test_a_drill_goes_from_its_plan_to_its_report_and_is_noted(county):
    plan = in_force(county)
    no = planned(county)
    states = [record(county, no, action) for action in ("back_up", "verify", "drill")]
    states += [step(county, no, "report"), step(county, no, "note", by="authority")]
    assert states == ["BACKED_UP", "VERIFIED", "RESTORE_DRILLED", "REPORTED", "NOTED"]
    drill = Drill.objects.get(no=no)
    assert (drill.plan.no, drill.passed, drill.set_number, drill.rpo_seconds, drill.rto_seconds) == (
        plan, True, 12, 42, 426,
    )  # fmt: skip
    assert entries(county.url, "security.drill_planned") == 1
    assert entries(county.url, "security.drill_moved") == 5


def test_each_step_says_what_was_found_and_nothing_lies_ahead(county):
    no = planned(county)
    with pytest.raises(measures.DrillIncomplete):
        record(county, no, "back_up", set_number=None)
    with pytest.raises(measures.DrillIncomplete):
        step(county, no, "back_up")
    with pytest.raises(measures.DrillAhead):
        record(county, no, "back_up", set_ended_at=NOW + timedelta(seconds=1))
    record(county, no, "back_up")
    with pytest.raises(measures.MeasureUnreadable):  # before the set was finished
        record(county, no, "verify", read_back_at=FAULT - timedelta(hours=6))
    record(county, no, "verify")
    with pytest.raises(measures.DrillIncomplete) as raised:
        record(county, no, "drill", rto_seconds=None, log_until=None, rpo_seconds=None)
    assert raised.value.facts == {"fields": "log_until, rpo_seconds, rto_seconds"}
    assert Drill.objects.get(no=no).state == "VERIFIED"


def test_what_hutong_drill_measured_is_filed_as_a_case_whose_steps_have_their_moments(county):
    plan = in_force(county)
    no = filed(county)
    drill = Drill.objects.get(no=no)
    assert (drill.state, drill.passed, drill.plan.no, drill.reported_at) == ("REPORTED", True, plan, NOW)
    steps = Step.objects.filter(case=no).order_by("id")
    over = FAULT + timedelta(seconds=426)
    assert [(each.action, each.at) for each in steps] == [
        ("back_up", FAULT - timedelta(hours=5)), ("verify", FAULT), ("drill", over), ("report", NOW),
    ]  # fmt: skip
    (turn,) = procedures.turns("security.drill", no)
    assert (turn.action, turn.role, turn.unit) == ("note", "authority", UNITS[0])
    assert {clock.name: clock.result for clock in Clock.objects.filter(case=no)} == {
        "planned": "met", "report": "met", "note": "",
    }  # fmt: skip


def test_a_drill_filed_long_after_it_was_held_is_reported_late(county):
    no = filed(county, now=NOW + timedelta(days=30))
    assert Clock.objects.get(case=no, name="report").result == "late"
    assert Clock.objects.get(case=no, name="planned").result == "met"


def test_what_was_measured_is_filed_into_the_drill_that_was_planned_for_it_and_into_no_other(county):
    no = planned(county, now=NOW - timedelta(hours=9), day=DAY)
    assert filed(county, no=no) == no
    assert Step.objects.filter(case=no).order_by("id")[0].at == FAULT - timedelta(hours=5)
    with pytest.raises(rules.DrillBegun):
        filed(county, no=no)
    with pytest.raises(rules.NoSuchDrill):
        filed(county, no="YL20200101-0001")
    assert Drill.objects.count() == 1


def test_a_drill_that_failed_is_reported_as_failed_with_what_failed_and_asks_for_another_soon(county):
    in_force(county)
    steps = [{"name": "verify", "seconds": 3, "ok": False, "told": "entry 17 is missing"}]
    no = filed(county, verified=False, steps=steps, rto_seconds=None, rpo_seconds=None, log_until=None)
    drill = Drill.objects.get(no=no)
    assert (drill.state, drill.passed) == ("REPORTED", False)
    assert "entry 17 is missing" in drill.failed_with and measures.LOG_UNVERIFIED in drill.failed_with
    said = told(county, no)
    assert said["结论"] == "未通过" and "entry 17 is missing" in said["未通过的原因"]
    plan = EmergencyPlan.objects.get()
    assert (plan.rehearsed_at, plan.rehearsal_date) == (NOW, DAY + timedelta(days=30))
    (turn,) = procedures.turns("security.plan", plan.no)
    assert (turn.action, turn.role, turn.late_at) == ("rehearse", "operator", beijing.over(plan.rehearsal_date))


def test_a_drill_that_passed_is_the_rehearsal_of_the_plan_in_force(county):
    in_force(county)
    no = filed(county)
    plan = EmergencyPlan.objects.get()
    assert (plan.state, plan.rehearsed_at, plan.rehearsal_date) == ("IN_FORCE", NOW, DAY + timedelta(days=365))
    (last,) = Step.objects.filter(lifecycle="security.plan", action="rehearse")
    assert no in last.reason and "通过" in last.reason


def test_a_drill_without_a_plan_says_so_and_none_is_rehearsed(county):
    assert told(county, filed(county))["依据的预案"] == "当时没有现行有效的应急预案"


def test_the_papers_are_a_record_to_read_and_the_measures_as_a_table(county):
    plan = in_force(county)
    no = filed(county)
    said = told(county, no)
    assert said["恢复演练记录"] is None
    assert {name: said[name] for name in ("演练编号", "演练单位", "结论", "数据库版本")} == {
        "演练编号": no, "演练单位": "示范县信息中心", "结论": "通过", "数据库版本": "PostgreSQL 18.1",
    }  # fmt: skip
    assert said["依据的预案"] == f"数据共享交换平台网络安全事件应急预案（第 1 版，{plan}）"
    assert said["数据丢失时长（RPO）"] == "42 秒" and said["恢复服务用时（RTO）"] == "7 分 6 秒"
    assert "51,204" in said["日志校验"] and "一致" in said["抽验比对记录"]
    assert said["unpack"] == "12 files"
    lines = papers(county, no)["csv"].decode("utf-8-sig").splitlines()
    assert "rpo_seconds,数据丢失时长（RPO）,42" in lines
    assert "compare.entry,抽验比对记录,50001" in lines and "steps.1.seconds,步骤,95.25" in lines
    assert {each.added_by for each in Attachment.objects.filter(case=no)} == {"operator"}


def test_what_was_measured_reads_the_same_again():
    found = measures.read(report())
    assert measures.read(found.plain()) == found
    assert measures.read({"fault_at": FAULT.isoformat(), "log_until": FAULT - timedelta(seconds=1.2)}).rpo_seconds == 2
    assert measures.read({"fault_at": FAULT, "log_until": FAULT + timedelta(seconds=1)}).rpo_seconds == 0


@pytest.mark.parametrize(
    "changes",
    [
        {"rto_seconds": -1}, {"rto_seconds": "9"}, {"rto_seconds": True}, {"fault_at": "yesterday"},
        {"fault_at": "2026-03-02T09:00:00"}, {"verified": "yes"}, {"compare": "proven"},
        {"compare": {"entry": 1}}, {"log_until": "0001-01-02T00:00:00+00:00", "rpo_seconds": None},
        {"steps": "unpack"}, {"steps": [("unpack", -1, True, "")]},
        {"steps": [("", 1, True, "")]}, {"steps": [("unpack", 1, "yes", "")]}, {"machine": 7},
        {"machine": "m" * 1001}, {"steps": [("unpack", 1.0, True, "")] * 101}, {"set_ended_at": NOW},
        {"rto_seconds": float("nan")}, {"rto_seconds": float("inf")},
    ],
    ids=str,
)  # fmt: skip
def test_a_report_that_cannot_be_read_is_refused(changes):
    with pytest.raises(measures.MeasureUnreadable):
        measures.read(report(**changes))
    with pytest.raises(measures.DrillIncomplete):
        measures.read({})


def test_nothing_is_filed_that_lies_ahead_by_others_or_without_its_entries(county, log_down):
    with pytest.raises(measures.DrillAhead):
        filed(county, fault_at=NOW, log_until=NOW)
    with pytest.raises(rules.NotOfThisRegion):
        filed(county, by="authority")
    with pytest.raises(NotYourRole):
        record(county, planned(county), "back_up", by="authority")
    log_down(county.url)
    with pytest.raises(InsufficientPrivilege):
        filed(county)
    assert [Drill.objects.count(), Attachment.objects.count(), Step.objects.filter(case__startswith="YL").count()] == [
        1, 0, 0,
    ]  # fmt: skip


def test_who_carried_a_drill_out_takes_no_note_of_it(county):
    no = filed(county)
    drill = Drill.objects.get(no=no)
    Drill.objects.filter(pk=drill.pk).update(written_by=["authority"])
    with pytest.raises(OtherSideTaken):
        step(county, no, "note", by="authority")


def test_a_drill_is_planned_for_a_day_to_come_and_says_its_scope(county):
    given = {"region": "", "actor": county.actor("operator"), "now": NOW, "calendar": county.calendar}
    with pytest.raises(rules.DrillDayPast):
        operations.plan_drill(planned_date=DAY - timedelta(days=1), scope="恢复", **given)
    with pytest.raises(rules.DrillWithoutScope):
        operations.plan_drill(planned_date=DAY, scope="　", **given)


def test_a_drill_that_is_not_held_by_its_day_is_late(county):
    no = planned(county)
    (turn,) = procedures.turns("security.drill", no)
    assert turn.late_at == beijing.over(DAY)


def test_drills_are_listed_by_result_and_words_to_those_who_look_after_them(county):
    good, bad = filed(county), filed(county, verified=False)
    open_ = planned(county)

    def listed(who: str, **narrowed: str) -> list[str]:
        return sorted(each.no for each in queries.drills(county.actor(who), queries.PaperFilters(**narrowed)))

    assert listed("authority") == sorted([good, bad, open_])
    assert [listed("operator", result=result) for result in ("passed", "failed", "open")] == [[good], [bad], [open_]]
    assert listed("operator", words="检查点") == [bad]
    assert listed("consumer") == []


def test_nothing_that_was_typed_of_a_drill_is_reckoned_with_where_its_table_is_opened(county):
    in_force(county)
    no = filed(county, machine="=cmd()", postgres="@x", steps=(("+1", 1.0, True, "-2"),), checkpoint_root="+k3")
    lines = papers(county, no)["csv"].decode("utf-8-sig").splitlines()
    told = {line.split(",")[0]: line.rsplit(",", 1)[1] for line in lines}
    assert [told[name] for name in ("machine", "postgres", "steps.1.name", "steps.1.told")] == [
        "'=cmd()", "'@x", "'+1", "'-2",
    ]  # fmt: skip
    assert told["checkpoint_root"] == "+k3"
