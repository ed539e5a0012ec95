"""What is settled and comes on a day stands under what is due: its day, its clause, the days of notice."""

import fronting
import handing
import pytest
import telling
from acting import NOW
from desks import at, seen

HERE = "/zh/desk/due/"


@pytest.fixture
def settled(county) -> tuple[str, str]:
    """A change of the contact and a hand-over of the bureau that a day is named for."""
    telling.staffed(county)
    telling.named(county)
    notice = telling.told(county, "second", effective_date=telling.IN_TIME)
    return notice, handing.handed(county, to="first", effective_date=handing.LATER)


@pytest.mark.clause("SX-12-b")
def test_it_stands_there_with_day_clause_and_days_of_notice(county, settled):
    notice, handover = settled
    with at(NOW):
        said = seen("consumer", HERE).partition("已确定、未到日的事项")[2]
        english = seen("consumer", "/en/desk/due/")
    assert handover in said and "到交接日自行移交，不须核准。" in said and "不要求提前" in said
    assert notice in said and "到生效日自行生效，不须核准。" in said
    assert said.count("2026-03-09") >= 2 and "2026-03-02" in said, "the last day on which it could be told in time"
    assert "《公共信息平台管理办法》第十二条" in said and "《公共信息平台管理办法》第十一条" in said
    assert "Settled, and to come on its day" in english


@pytest.mark.clause("SX-12-b")
def test_another_unit_sees_nothing_of_it(county, settled):
    with at(NOW):
        assert "已确定、未到日的事项" not in seen("editor", HERE)


@pytest.mark.clause("SX-12-b")
def test_what_was_taken_back_or_has_happened_stands_there_no_more(county, settled):
    notice, handover = settled
    telling.take(county, notice, "take_back", by="unit_admin", reason="另行安排")
    handing.take(county, handover, "take_back", by="unit_admin", reason="另行安排")
    with at(NOW):
        assert "已确定、未到日的事项" not in seen("consumer", HERE)


@pytest.mark.clause("SX-14-b")
def test_an_approved_change_of_a_server_stands_there_until_its_window(county):
    no = fronting.submitted(county, fronting.registered(county))
    with at(NOW):
        assert "已确定、未到日的事项" not in seen("unit_admin", HERE), "nobody has answered"
    fronting.take(county, no, "approve", by="operator")
    with at(NOW):
        said = seen("unit_admin", HERE).partition("已确定、未到日的事项")[2]
    assert no in said and "到核准的变更时间实施，实施后登记。" in said and "《公共信息平台管理办法》第十四条" in said
    assert "2026-03-09" in said and "第 5 个工作日" in said, "its day, and how the days of notice were counted"
