"""Before a change is published its page says who goes on with the former version, and until when (P-6)."""

import pytest
from acting import CODE, NOW
from desks import at, entered, seen

from hutong.control.catalog import operations, queries
from hutong.control.sharing.models import Application
from hutong.core.workdays import Calendar

pytestmark = pytest.mark.clause("P-6")


def registered(county, **changes) -> str:
    """Begin a change of the county's resource and bring it before the authority; returns the page of publishing."""
    no = county.begin_change()
    operations.edit(no, changes=changes, actor=county.actor("editor"), now=NOW)
    county.bring_change(no, to="REGISTERED")
    return f"desk/cases/catalog.change/{no}/steps/publish/"


def state(page: str) -> str:
    return page.partition('name="at" value="')[2].partition('"')[0]


def publish(page: str) -> None:
    client = entered("authority")
    form = {"action": "publish", "sure": "on", "at": state(client.get(f"/zh/{page}").content.decode())}
    assert client.post(f"/zh/{page}", form).status_code == 302


def test_grants_that_go_on_and_the_whole_delivery_are_told_before_a_version_is_published(county):
    for _ in range(2):
        county.walk(county.draft(), to="FILED")
    consumers = {each.consumer_id for each in Application.objects.exclude(grant_no="")}
    items = [*queries.published(CODE).items, {"code": "phone", "name": "电话"}]
    page = registered(county, items=items)
    with at(NOW):
        told = seen("authority", f"/zh/{page}")
        said = f"继续由第 1 版答复的使用权限：2 项，涉及 {len(consumers)} 个单位，答复到 2026-"
        assert said in told and "下一次交付须为全量" in told and "旧版本一直答复" in told
        assert "Grants that go on with version 1: 2, of" in seen("authority", f"/en/{page}")
        expected = told.partition("答复到 ")[2][:10]
        publish(page)
        after = seen("authority", f"/zh/desk/entries/{CODE}/")
    assert expected in after and "须待新版本有数据，此前一直答复" in after


def test_where_nobody_is_on_the_former_version_that_is_told(county):
    page = registered(county, abstract="改写的摘要")
    with at(NOW):
        told = seen("authority", f"/zh/{page}")
    assert "没有使用权限需要改用新版本" in told and "继续由第" not in told and "下一次交付须为全量" in told


def test_where_the_year_has_no_calendar_the_day_is_left_to_the_authority(county, monkeypatch):
    county.walk(county.draft(), to="FILED")
    page = registered(county, abstract="改写的摘要")
    monkeypatch.setattr("hutong.web.clock.calendar", lambda: Calendar(frozenset(), {}, frozenset()))
    with at(NOW):
        assert "期限由主管部门定" in seen("authority", f"/zh/{page}")


def test_the_last_day_that_was_set_is_told_afterwards(county):
    county.walk(county.draft(), to="FILED")
    page = registered(county, abstract="改写的摘要")
    with at(NOW):
        publish(page)
        client = entered("authority")
        shown = client.get(f"/zh/desk/entries/{CODE}/").content.decode()
        shown_at = state(shown.partition('"versions"')[2])
        form = {"act": "end_version", "version": "1", "until": "2026-06-01", "at": shown_at}
        told = client.post(f"/zh/desk/entries/{CODE}/", form, follow=True).content.decode()
    assert f"已办理“确定旧版本的最后答复日”：“人口基本信息”（{CODE}）第 1 版，答复到 2026-06-01" in told
