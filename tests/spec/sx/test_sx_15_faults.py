"""Article 15: a fault is told promptly, with what is known and what is done, until it is restored."""

from datetime import timedelta

import faulting
import maintaining
import psycopg
import pytest
import telling
from acting import NOW
from desks import at, entered, hire, seen, words
from faulting import HOUR, MINUTE

from hutong.control.notices import faulted, rules
from hutong.control.notices.models import FaultCase
from hutong.control.procedures.rules import GroundsMissing, NotYourRole
from hutong.core.errors import Faults

HOME = "/zh/desk/faults/"


@pytest.mark.clause("SX-15-b")
@pytest.mark.parametrize(("after", "late"), [(0 * HOUR, False), (59 * MINUTE, False), (HOUR, True), (30 * HOUR, True)])
def test_told_within_the_hour_it_is_prompt_and_told_later_it_is_taken_and_marked(county, after, late):
    faulting.staffed(county)
    no = faulting.reported(county, now=NOW + after)
    with at(NOW + after):
        assert (no in seen("operator", f"{HOME}?late=on")) == late
        page = seen("operator", f"{HOME}{no}/")
    assert ("是否及时告知 否" in page, "擅自" in page) == (late, False)


@pytest.mark.clause("SX-15-b")
def test_of_what_the_operator_noticed_the_unit_has_an_hour_since_it_was_told_and_is_late_without_a_word(county):
    faulting.staffed(county)
    no = faulting.found(county, noticed_at=NOW - 5 * HOUR)
    with at(NOW + 59 * MINUTE):
        assert no in seen("unit_admin", "/zh/desk/messages/?kind=notices") and no in seen("unit_admin", "/zh/desk/")
        assert no not in seen("operator", f"{HOME}?late=on")
    with at(NOW + HOUR):
        assert no in seen("operator", f"{HOME}?late=on")
    faulting.take(county, no, "report", now=NOW + 2 * HOUR)
    assert faulted.late([no], now=NOW + 2 * HOUR) == {no}


@pytest.mark.clause("SX-15-b")
def test_what_the_unit_tells_from_the_first_word_to_the_restoration_is_kept_and_the_operator_reviews_it(county):
    faulting.staffed(county)
    form = {
        "kind": "node", "symptom": "前置机无法连接", "noticed_at": "2026-03-02 08:30", "situation": "磁盘掉线",
        "measures": "联系厂商", "at": "0-",
    }  # fmt: skip
    with at(NOW):
        assert "磁盘掉线" in words(entered("unit_admin").post(f"{HOME}new/", form, follow=True))
        no = FaultCase.objects.get().no
        message = seen("operator", "/zh/desk/messages/?kind=notices")
    assert no in message and "前置机故障" in message
    faulting.take(county, no, "recover", told={"measures": "更换磁盘"})
    restored = NOW + 90 * MINUTE
    faulting.take(county, no, "restore", told={"measures": "重建阵列", "happened_at": restored})
    page = seen("operator", f"{HOME}{no}/")
    for told in ("前置机无法连接", "磁盘掉线", "联系厂商", "更换磁盘", "重建阵列", "恢复时间 2026-03-02 10:30", "何静"):
        assert told in page, told
    with pytest.raises(GroundsMissing):
        faulting.take(county, no, "review", by="operator")
    assert faulting.take(county, no, "review", by="operator", reason="阵列没有告警，应当增加监测") == "REVIEWED"
    with psycopg.connect(county.url, options="-c role=hutong_owner") as opened:
        rows = opened.execute("select record::jsonb from audit.entry where event like 'notices.fault%' order by id")
        records = [record for (record,) in rows]
    assert [record["by"] for record in records] == ["unit_admin"] * 4 + ["operator"]
    assert records[1]["in_time"] is True and records[3]["restored_at"] == restored.isoformat()


@pytest.mark.clause("SX-15-b")
def test_who_uses_its_data_learns_that_there_is_a_fault_and_when_it_was_restored_and_no_more(county):
    maintaining.granted(county)
    no = faulting.reported(county, by="police_admin")
    with at(NOW):
        assert no in seen("consumer", "/zh/desk/messages/?kind=notices")
    page = seen("consumer", f"{HOME}{no}/")
    assert "没有恢复" in page and "磁盘" not in page and "无法连接" not in page
    assert "没有恢复" in seen("consumer", HOME) and no not in seen("consumer", f"{HOME}?late=on")
    faulting.take(county, no, "restore", by="police_admin")
    with at(NOW + 2 * HOUR):
        assert "登记恢复" in seen("consumer", "/zh/desk/messages/?kind=notices")
        page = seen("consumer", f"{HOME}{no}/")
    assert "恢复时间 2026-03-02 11:00" in page and "磁盘" not in page
    stranger = hire(county, "stranger", "路远", unit=county.actor("authority").unit, roles=("consumer",))
    assert entered(stranger).get(f"{HOME}{no}/").status_code == 404 and no not in seen(stranger, HOME)


@pytest.mark.clause("SX-15-b")
def test_the_contact_tells_as_well_and_nobody_else_tells_for_the_unit_or_reviews_for_the_operator(county):
    telling.staffed(county)
    telling.named(county)
    no = faulting.reported(county, by="first")
    assert faulting.take(county, no, "recover", by="first") == "RECOVERING"
    for other in ("second", "editor", "operator"):
        with pytest.raises(NotYourRole):
            faulting.reported(county, by=other)
        with pytest.raises(NotYourRole):
            faulting.take(county, no, "restore", by=other)
    faulting.take(county, no, "restore", by="first")
    with pytest.raises(NotYourRole):
        faulting.take(county, no, "review", by="first", reason="已查")
    with pytest.raises(NotYourRole):
        faulting.found(county, by="unit_admin")


@pytest.mark.clause("SX-15-b")
def test_what_the_platform_notices_is_one_fault_while_it_lasts_and_anew_once_it_was_restored(county):
    faulting.staffed(county)
    no = faulting.detected(county, symptom="没有收到心跳")
    assert faulting.detected(county, now=NOW + HOUR) == no
    assert faulting.detected(county, kind="network") != no
    assert "平台监测发现" in seen("operator", f"{HOME}{no}/")
    faulting.take(county, no, "report")
    faulting.take(county, no, "restore")
    assert faulting.detected(county, now=NOW + 3 * HOUR, noticed_at=NOW + 3 * HOUR) != no


@pytest.mark.clause("SX-15-b")
def test_a_word_without_the_situation_or_the_measures_is_refused_with_all_that_is_lacking(county):
    faulting.staffed(county)
    with pytest.raises(Faults) as told:
        faulting.reported(county, kind="", symptom=" ", noticed_at=None, situation="", measures=" ")
    fields = {field for each in told.value.problems for field in each.fields}
    assert fields == {"kind", "symptom", "noticed_at", "situation", "measures"}
    with pytest.raises(rules.NoticedLater):
        faulting.reported(county, noticed_at=NOW + HOUR)
    no = faulting.reported(county)
    for told, refusal in (
        ({"measures": "", "happened_at": NOW}, rules.FaultIncomplete),
        ({"measures": "换盘", "happened_at": None}, rules.FaultIncomplete),
        ({"measures": "换盘", "happened_at": NOW + timedelta(days=9)}, rules.NotHappenedYet),
        ({"measures": "换盘", "happened_at": NOW - HOUR}, rules.RestoredBeforeNoticed),
    ):  # fmt: skip
        with pytest.raises(refusal):
            faulting.take(county, no, "restore", told=told)
    assert faulting.state(no) == "REPORTED"


@pytest.mark.clause("SX-15-b")
def test_what_was_no_fault_is_dismissed_by_the_operator_with_a_reason(county):
    faulting.staffed(county)
    no = faulting.found(county)
    with pytest.raises(GroundsMissing):
        faulting.take(county, no, "dismiss", by="operator")
    with pytest.raises(NotYourRole):
        faulting.take(county, no, "dismiss", reason="没有故障")
    assert faulting.take(county, no, "dismiss", by="operator", reason="监测线路中断") == "DISMISSED"
    assert "监测线路中断" in seen("unit_admin", f"{HOME}{no}/")
