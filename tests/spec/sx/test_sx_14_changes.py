"""Article 14: a configuration is changed after a written application, once it is approved, and in its window."""

from datetime import date, timedelta

import fronting
import psycopg
import pytest
from acting import NOW
from desks import at, entered, seen, words
from fronting import HOURS, IN_TIME

from hutong.control.nodes import operations, passes, queries
from hutong.control.nodes.models import FrontEndServer, ServerChange
from hutong.control.procedures.rules import CaseCannotMove, NotYourRole, OtherSideTaken
from hutong.core import beijing, deadlines
from hutong.core.deadlines import DeadlineFacts
from hutong.core.lifecycle import Counting

HOME = "/zh/desk/nodes/changes/"
MINUTE = timedelta(minutes=1)


@pytest.fixture
def running(county) -> str:
    return fronting.registered(county)


def typed(no: str, **changes: str) -> dict[str, str]:
    """Return what the form of a change sends: as the server is declared, with what changes."""
    facts = FrontEndServer.objects.get(no=no).facts
    kept = {name: "\n".join(value) if isinstance(value, list) else str(value) for name, value in facts.items()}
    return {
        **kept, "reason": "安全加固", "window_from_at": "2026-03-09 20:00", "window_until_at": "2026-03-09 22:00",
        "at": "0-", **changes,
    }  # fmt: skip


def carried_out(county, no: str, *, at) -> ServerChange:
    fronting.take(county, no, "execute", by="unit_admin", now=max(NOW, at), executed_at=at)
    return ServerChange.objects.get(no=no)


@pytest.mark.clause("SX-14-b", "SX-14-c")
def test_a_change_goes_its_way_on_pages_from_its_application_to_what_the_server_declares_then(county, running):
    unit, operator = entered("unit_admin"), entered("operator")
    with at(NOW):
        form = words(unit.get(f"/zh/desk/nodes/{running}/change/"))
        assert "应当提前 5 个工作日申请，今日提交的，最早2026-03-09实施" in form
        sent = unit.post(f"/zh/desk/nodes/{running}/change/", typed(running, port="6432", accounts="share_in"))
        page = sent.headers["Location"].partition("?")[0]
        unit.post(page, {"act": "step", "action": "submit"})
        read = seen("operator", page)
        assert "安全加固" in read and "连接参数、访问账号" in read and "5432" in read and "6432" in read
        assert "是，最迟应于2026-03-02提交" in read
        operator.post(page, {"act": "step", "action": "approve"})
    passes.windows(now=IN_TIME, calendar=county.calendar)
    with at(IN_TIME + MINUTE):
        assert "变更时间内，待实施" in seen("unit_admin", page)
        executed = {"executed_at": "2026-03-09 20:00", "executed_by": "何静", "done": "改了端口"}
        unit.post(f"{page}execute/", executed)
        told = seen("operator", page)
        assert "改了端口" in told and "否，留存备查" not in told
        operator.post(page, {"act": "step", "action": "verify"})
    assert "已核验，配置已更新" in seen("unit_admin", page)
    facts = FrontEndServer.objects.get(no=running).facts
    assert (facts["port"], facts["accounts"], facts["host"]) == (6432, ["share_in"], "10.20.30.40")


@pytest.mark.clause("SX-14-b")
@pytest.mark.parametrize(("days", "in_time"), [(0, True), (-3, False), (-7, False)])
def test_five_working_days_ahead_it_is_in_time_and_later_it_is_taken_and_marked(county, running, days, in_time):
    begins = IN_TIME + timedelta(days=days)
    no = fronting.submitted(county, running, window_from_at=begins, window_until_at=begins + HOURS)
    assert queries.clocked([no])[no].in_time is in_time
    assert ("否，最迟应于" in seen("operator", f"{HOME}{no}/")) is not in_time
    event = DeadlineFacts(Counting.LEAD, 5, NOW, beijing.day(begins), "A")
    assert deadlines.reckon(event, calendar=county.calendar).result(at=NOW) == ("met" if in_time else "late")
    assert fronting.take(county, no, "approve", by="operator") in ("APPROVED", "IN_WINDOW")


@pytest.mark.clause("SX-14-b")
def test_an_application_says_why_and_when_and_what_changes(county, running):
    with at(NOW):
        sent = {"reason": " ", "window_from_at": "", "window_until_at": ""}
        lacking = entered("unit_admin").post(f"/zh/desk/nodes/{running}/change/", typed(running, port="1", **sent))
        nothing = entered("unit_admin").post(f"/zh/desk/nodes/{running}/change/", typed(running))
        turned = typed(running, port="1", window_until_at="2026-03-09 20:00")
        ends_first = entered("unit_admin").post(f"/zh/desk/nodes/{running}/change/", turned)
    assert "有 3 处需要更正" in words(lacking)
    assert "没有变更任何登记的内容" in words(nothing)
    assert "截止不晚于开始" in words(ends_first)
    assert not ServerChange.objects.exists()


@pytest.mark.clause("SX-14-a")
@pytest.mark.parametrize(
    ("changes", "part"),
    [
        ({"host": "10.9.9.9"}, "connection"), ({"accounts": "other"}, "account"),
        ({"password_changes": True}, "password"), ({"tables": "relief: id"}, "schema"),
        ({"database_name": "other"}, "other"), ({"managed": "ENTRUSTED"}, "management"),
    ],
)  # fmt: skip
def test_whatever_a_server_declares_changes_by_an_application_the_operator_approves(county, running, changes, part):
    no = fronting.submitted(county, running, **{"port": 5432, **changes})
    found = ServerChange.objects.get(no=no)
    assert found.items == [part]
    for other in ("unit_admin", "consumer", "authority"):
        with pytest.raises((NotYourRole, OtherSideTaken)):
            fronting.take(county, no, "approve", by=other)
    assert FrontEndServer.objects.get(no=running).facts == registered_as(running)
    with pytest.raises(queries.rules.ServerNotEditable):  # no form changes what is registered
        operations.amend(running, {**fronting.FACTS, **changes}, actor=county.actor("unit_admin"), now=NOW)


def registered_as(no: str) -> dict:
    return FrontEndServer.objects.get(no=no).versions.get(number=1).facts


@pytest.mark.clause("SX-14-a")
def test_a_password_is_changed_without_being_told_and_its_day_is_the_one_it_was_carried_out(county, running):
    no = fronting.submitted(county, running, port=5432, password_changes=True)
    assert ServerChange.objects.get(no=no).after == {"password_date": None}
    fronting.take(county, no, "approve", by="operator")
    carried_out(county, no, at=IN_TIME)
    fronting.take(county, no, "verify", by="operator", now=IN_TIME)
    assert FrontEndServer.objects.get(no=running).facts["password_date"] == "2026-03-09"


@pytest.mark.clause("SX-14-a")
def test_what_was_carried_out_without_approval_is_taken_down_and_kept_as_evidence_and_nobody_is_blamed(county, running):
    no = fronting.submitted(county, running)
    found = carried_out(county, no, at=NOW)
    assert (found.state, found.approved_before, found.in_window) == ("EXECUTED", False, False)
    page = seen("operator", f"{HOME}{no}/")
    assert page.count("否，留存备查，由人员认定") == 2 and "擅自" not in page
    with psycopg.connect(county.url, options="-c role=hutong_owner") as opened:
        told = "select record::jsonb from audit.entry where event = 'nodes.change_moved' order by id desc limit 1"
        record = opened.execute(told).fetchone()[0]
    assert (record["approved_before"], record["in_window"], record["parts"]) == (False, False, ["connection"])


@pytest.mark.clause("SX-14-a")
def test_silence_of_the_operator_is_no_consent_and_not_the_units_fault(county, running):
    no = fronting.submitted(county, running)
    late = beijing.midnight(date(2026, 3, 20))
    assert passes.windows(now=late, calendar=county.calendar) == []
    assert fronting.state(no) == "SUBMITTED"
    found = carried_out(county, no, at=IN_TIME)
    assert found.approved_before is False
    page = seen("authority", f"{HOME}{no}/")
    assert "平台运维单位没有在2026-03-05前答复" in page and "未答复不视为同意，也不由申请单位承担" in page


@pytest.mark.clause("SX-14-c")
@pytest.mark.parametrize(
    ("moment", "in_window"),
    [
        (IN_TIME - MINUTE, False), (IN_TIME, True), (IN_TIME + HOURS - MINUTE, True), (IN_TIME + HOURS, False),
        (IN_TIME + HOURS + 10 * MINUTE, False),
    ],
)  # fmt: skip
def test_inside_its_window_it_is_as_approved_and_ten_minutes_after_it_is_marked(county, running, moment, in_window):
    no = fronting.submitted(county, running)
    fronting.take(county, no, "approve", by="operator")
    passes.windows(now=moment, calendar=county.calendar)
    expected = "APPROVED" if moment < IN_TIME else "IN_WINDOW" if in_window else "OUT_OF_WINDOW"
    assert fronting.state(no) == expected
    found = carried_out(county, no, at=moment)
    assert (found.approved_before, found.in_window) == (True, in_window)
    assert ("否，留存备查" in seen("operator", f"{HOME}{no}/")) is not in_window


@pytest.mark.clause("SX-14-c")
def test_nothing_is_declared_anew_before_the_other_side_found_it_as_applied_for(county, running):
    no = fronting.submitted(county, running)
    fronting.take(county, no, "approve", by="operator")
    carried_out(county, no, at=IN_TIME)
    with pytest.raises((NotYourRole, OtherSideTaken)):
        fronting.take(county, no, "verify", by="unit_admin", now=IN_TIME)
    assert FrontEndServer.objects.get(no=running).facts["port"] == 5432
    fronting.take(county, no, "deny", by="operator", reason="端口没有改变", now=IN_TIME)
    assert FrontEndServer.objects.get(no=running).facts["port"] == 5432
    with pytest.raises(CaseCannotMove):
        fronting.take(county, no, "verify", by="operator", now=IN_TIME)


@pytest.mark.clause("SX-14-c")
def test_what_was_refused_or_cancelled_is_not_carried_out(county, running):
    refused, cancelled = (fronting.submitted(county, running, port=port) for port in (1, 2))
    fronting.take(county, refused, "reject", by="operator", reason="业务高峰期")
    fronting.take(county, cancelled, "cancel", by="unit_admin", reason="不再需要")
    for no in (refused, cancelled):
        with pytest.raises(CaseCannotMove):
            fronting.take(county, no, "execute", by="unit_admin", now=IN_TIME)


@pytest.mark.clause("SX-14-c")
def test_what_was_carried_out_cannot_lie_ahead_and_says_by_whom_and_what(county, running):
    no = fronting.submitted(county, running)
    with pytest.raises(queries.rules.ExecutedAhead):
        fronting.take(county, no, "execute", by="unit_admin", now=NOW, executed_at=NOW + MINUTE)
    with at(NOW):
        told = entered("unit_admin").post(f"{HOME}{no}/execute/", {"executed_by": " "})
    assert "有 3 处需要更正" in words(told)


@pytest.mark.clause("SX-14-a")
def test_an_emergency_is_done_at_once_and_told_at_once_and_its_file_begins_with_why(county, running):
    done = {**fronting.DONE, "executed_at": NOW - MINUTE}
    no = fronting.change(
        county, running, port=5432, password_changes=True, urgent=True, reason="密码泄露，即时更改", **done
    )
    assert fronting.take(county, no, "submit", by="unit_admin") == "EXECUTED"
    found = ServerChange.objects.get(no=no)
    assert (found.approved_before, found.in_window, found.window_from_at) == (None, None, None)
    page = seen("operator", f"{HOME}{no}/")
    begins = page.index("申请内容")
    told = ("是，即时变更、即时告知", "密码泄露，即时更改", "示范县民政局")
    first, why, unit = (page.index(each, begins) for each in told)
    assert begins < first < why < unit
    assert "是否提前申请" not in page and "否，留存备查" not in page
    fronting.take(county, no, "verify", by="operator")
    assert FrontEndServer.objects.get(no=running).facts["password_date"] == "2026-03-02"


@pytest.mark.clause("SX-14-a")
def test_an_emergency_on_an_entrusted_server_is_the_operators_to_carry_out_at_once(county):
    server = fronting.registered(county, managed="ENTRUSTED")
    no = fronting.change(county, server, urgent=True, reason="无法访问")
    assert fronting.take(county, no, "submit", by="unit_admin") == "IN_WINDOW"
    assert passes.windows(now=IN_TIME, calendar=county.calendar) == []
    fronting.take(county, no, "execute", by="operator", now=NOW)
    assert fronting.take(county, no, "verify", by="unit_admin", now=NOW) == "VERIFIED"


@pytest.mark.clause("SX-14-a")
def test_what_a_server_finds_otherwise_than_it_declares_is_shown_to_be_looked_into_unless_a_change_is_under_way(county):
    server = fronting.registered(county, system="civil-app")
    facts = FrontEndServer.objects.get(no=server).facts
    wanted = queries.rules.digest({**facts, "port": 6432})
    page = f"/zh/desk/nodes/{server}/"

    def told(moment) -> tuple[bool, ...]:
        with at(moment):
            shown = seen("operator", page)
            assert ("配置变动（待核实）" in shown) == ("配置变动（待核实）" in seen("operator", "/zh/desk/nodes/"))
        assert "擅自" not in shown
        words = ("与登记内容相符", "配置变动（待核实）", "有变更正在实施")
        return tuple(each in shown.replace("与登记内容是否相符", "") for each in words)

    fronting.heard(county, digest=queries.rules.digest(facts))
    assert told(NOW) == (True, False, False)
    fronting.heard(county, digest=wanted, now=NOW + MINUTE)
    assert told(NOW + MINUTE) == (False, True, False)
    no = fronting.submitted(county, server)
    fronting.take(county, no, "approve", by="operator")
    assert told(NOW + MINUTE) == (False, True, False)
    passes.windows(now=IN_TIME, calendar=county.calendar)
    fronting.heard(county, digest=wanted, now=IN_TIME)
    assert told(IN_TIME) == (False, False, True)
    fronting.take(county, no, "execute", by="unit_admin", now=IN_TIME)
    assert told(IN_TIME) == (False, False, True)
    fronting.take(county, no, "verify", by="operator", now=IN_TIME)
    assert told(IN_TIME) == (True, False, False)
