"""P-6 at the desk: the authority sets the last day of a former version, and the consumer moves its grant."""

import html
import json
import re

import psycopg
import pytest
from acting import CODE, NOW, UNITS, County
from desks import at, entered, hire, seen, sheets, words

from hutong.audit import log
from hutong.control.catalog import operations, passes, queries
from hutong.db.database import Database
from hutong.plane import versions

pytestmark = pytest.mark.clause("P-6")
ENTRY, GRANTS = f"/zh/desk/entries/{CODE}/", "/zh/desk/grants/"
MOVE = "改用新版本…"
"""What leads to the page on which a grant is moved to the newer version."""


@pytest.fixture
def changed(county: County) -> County:
    """A county with one grant in force and a second version of its resource, published and without data."""
    county.walk(county.draft(), to="FILED")
    statement("update plane.store set key_id = 'k1'", county)
    no = county.begin_change()
    items = [*queries.published(CODE).items, {"code": "phone", "name": "电话"}]
    operations.edit(no, changes={"items": items}, actor=county.actor("editor"), now=NOW)
    county.bring_change(no, to="PUBLISHED")
    return county


@pytest.fixture(autouse=True)
def now():
    """The pages' clock stands."""
    with at(NOW):
        yield


def statement(text: str, county: County) -> None:
    with psycopg.connect(county.url, options="-c role=hutong_owner") as opened:
        opened.execute(text)


def load(county: County) -> None:
    """Let the second version hold data, as the plane's loading would."""
    statement("update plane.store set key_id = 'k1', rows = 3, loaded_at = now() where version = 2", county)
    statement("update plane.resource set version = 2", county)
    db = Database(county.url, role="plane")
    with db.transaction() as cur:
        versions.succeed(cur, code=CODE, version=2, former=1, now=NOW, by="p")
    db.close()


def records(county: County, event: str) -> list[dict]:
    with psycopg.connect(county.url, options="-c role=hutong_owner") as opened:
        found = opened.execute("select record from audit.entry where event = %s order by id", [event]).fetchall()
    return [json.loads(record) for (record,) in found]


def lines(who: str, where: str) -> list[tuple]:
    """Return the lines of the file of a list, the names of its columns first."""
    listed, _ = sheets(entered(who).get(f"{where}&file=1")).values()
    return listed


def number_moved() -> str:
    """Return the number of the grant whose move the consumer's page of grants leads to."""
    page = entered("consumer").get(GRANTS).content.decode()
    (number,) = set(re.findall(rf'href="{GRANTS}([^"/]+)/move/"', page))
    return number


def test_the_authority_sees_who_is_on_which_version_and_sets_its_last_day(changed):
    hire(changed, "captain", "钱江", unit=changed.police, roles=("unit_head",))
    hire(changed, "stranger", "周舟", unit=UNITS[4], roles=("unit_head",))
    page = seen("authority", ENTRY).partition("答复的版本")[2]
    waits = "须待新版本有数据，此前一直答复"
    assert all(each in page for each in ("第 1 版", "2026-03-30", waits, "1 个单位，1 项授权"))
    load(changed)
    assert waits not in seen("editor", ENTRY)
    (where,) = re.findall(r'href="([^"]+)">1 个单位，1 项授权<', entered("captain").get(ENTRY).content.decode())
    assert "民政局 →" in seen("captain", html.unescape(where))
    handed = [lines(who, html.unescape(where)) for who in ("captain", "stranger")]
    assert [len(each) for each in handed] == [2, 1]
    assert [handed[0][1][column] for column in (2, 4, 5, 11)] == [CODE, 1, "示范县民政局", "2026-03-30"]
    asked = {"act": "end_version", "version": "1", "until": "2026-03-20"}
    for who in ("editor", "operator"):
        assert "确定旧版本的最后答复日" not in seen(who, ENTRY)
        assert entered(who).post(ENTRY, asked).status_code == 403
    authority = entered("authority")
    refused = authority.post(ENTRY, {**asked, "until": "2026-03-01"})
    assert (refused.status_code, "最早为 2026-03-02" in words(refused)) == (422, True)
    assert authority.post(ENTRY, asked).status_code == 302
    assert "2026-03-20" in seen("editor", ENTRY).partition("答复的版本")[2]
    set_to = [(one["version"], one["before"], one["last_day"]) for one in records(changed, "plane.last_day_set")]
    assert set_to == [(1, None, "2026-03-30"), (1, "2026-03-30", "2026-03-20")]
    assert {one["by"] for one in records(changed, "plane.last_day_set")} == {"authority"}
    versions_shown = authority.get(ENTRY).content.decode().partition('id="versions"')[2]
    opened = re.findall(r'name="at" value="([^"]+)"', versions_shown)[0]
    late = {**asked, "until": "2026-03-25", "at": opened}  # of a page that was open since the day before
    with at(NOW.replace(day=21)):
        assert "已过最后答复日" in seen("authority", ENTRY)
        assert "确定旧版本的最后答复日" not in seen("authority", ENTRY)
        assert entered("authority").post(ENTRY, late).status_code == 409


def test_an_officer_of_the_consumer_moves_the_grant_to_the_newer_version(changed):
    assert MOVE not in seen("consumer", GRANTS)
    load(changed)
    told = seen("consumer", GRANTS)
    assert "已有第 2 版；这一版答复至 2026-03-30" in told
    assert (MOVE in told, MOVE in seen("operator", GRANTS)) == (True, False)
    number = number_moved()
    for who in ("operator", "approver"):
        assert entered(who).post(GRANTS, {"action": "move", "no": number}).status_code == 403
    consumer = entered("consumer")
    assert consumer.post(GRANTS, {"action": "move", "no": number}).status_code == 302
    told = seen("consumer", GRANTS)
    assert ("第 2 版" in told, MOVE in told) == (True, False)
    moved = {"grant": number, "resource": CODE, "from_version": 1, "to_version": 2, "fold_absent": True,
             "by": "consumer"}  # fmt: skip
    assert records(changed, "plane.grant_switched") == [moved]
    assert consumer.post(GRANTS, {"action": "move", "no": number}).status_code == 409


def test_the_items_of_a_grant_are_named_as_its_own_version_names_them(changed):
    no = changed.begin_change()
    renamed = [{**each, "name": f"新{each['name']}"} for each in queries.published(CODE).items]
    operations.edit(no, changes={"items": renamed}, actor=changed.actor("editor"), now=NOW)
    changed.bring_change(no, to="PUBLISHED")
    told = seen("consumer", GRANTS)
    assert ("姓名" in told, "新姓名" in told) == (True, False)
    assert queries.names([(CODE, 1), (CODE, 3), (CODE, None), (CODE, 9), ("308001/9", None)]) == {
        (CODE, number): ("人口基本信息", {each["code"]: each["name"] for each in said})
        for number, said in ((1, queries.version(CODE, 1).items), (3, renamed), (None, renamed))
    }


def test_who_has_not_moved_is_named_ten_and_three_working_days_before_and_once_each(changed):
    load(changed)
    hire(changed, "chief", "何平", unit=changed.civil, roles=("unit_head",))
    hire(changed, "captain", "钱江", unit=changed.police, roles=("unit_head",))
    hire(changed, "stranger", "周舟", unit=UNITS[4], roles=("unit_head",))
    told = "有 1 项使用权限仍由旧版本答复，最早一项答复至 2026-03-30"
    days = {13: 0, 16: 1, 17: 1, 24: 1, 25: 2, 26: 2}  # day of March → notices until then, each to both sides
    for number, notices in days.items():
        passes.remind_to_switch(now=NOW.replace(day=number), calendar=changed.calendar)
        assert (number, len(records(changed, "catalog.switch_reminded"))) == (number, 2 * notices)
    first, _, last, to_consumer = records(changed, "catalog.switch_reminded")
    (grant,) = first["grants"]
    assert last == {
        "resource": CODE, "version": 1, "last_day": "2026-03-30", "days": 3, "count": 1, "units": [changed.civil],
        "grants": [grant], "by": log.PLATFORM,
    }  # fmt: skip
    assert (first, to_consumer) == ({**last, "days": 10}, last)
    assert [told in seen(who, "/zh/desk/") for who in ("chief", "captain", "consumer", "stranger", "editor")] == [
        True, True, True, False, False,
    ]  # fmt: skip
    assert grant in seen("captain", f"{GRANTS}?state=former")
    entered("authority").post(ENTRY, {"act": "end_version", "version": "1", "until": "2026-04-30"})
    assert told not in seen("chief", "/zh/desk/")
    passes.remind_to_switch(now=NOW.replace(day=26), calendar=changed.calendar)
    assert len(records(changed, "catalog.switch_reminded")) == 4
    assert entered("consumer").post(GRANTS, {"action": "move", "no": grant}).status_code == 302
    passes.remind_to_switch(now=NOW.replace(month=4, day=29), calendar=changed.calendar)
    assert len(records(changed, "catalog.switch_reminded")) == 4
    assert "没有符合条件的使用权限" in seen("captain", f"{GRANTS}?state=former")


def test_who_has_not_moved_is_told_at_once_of_a_day_that_is_near_and_still_after_it(changed):
    load(changed)
    assert records(changed, "catalog.switch_reminded") == []
    entered("authority").post(ENTRY, {"act": "end_version", "version": "1", "until": "2026-03-02"})
    named = records(changed, "catalog.switch_reminded")
    assert [(one["last_day"], one["days"], one["count"]) for one in named] == [("2026-03-02", 0, 1)] * 2
    assert "最早一项答复至 2026-03-02；请使用单位改用新版本" in seen("consumer", "/zh/desk/")
    passes.remind_to_switch(now=NOW, calendar=changed.calendar)
    assert len(records(changed, "catalog.switch_reminded")) == 2
    number = number_moved()
    with at(NOW.replace(day=3)):
        told = seen("consumer", "/zh/desk/")
        assert "有 1 项使用权限还没有改用新版本，其中最早的最后答复日 2026-03-02 已过，不再答复" in told
        told = seen("consumer", GRANTS)
        assert "这一版的最后答复日 2026-03-02 已过，请使用单位改用新版本" in told
        assert "请使用单位在此之前改用新版本" not in told
        assert entered("consumer").post(GRANTS, {"action": "move", "no": number}).status_code == 302
        assert "已过，不再答复" not in seen("consumer", "/zh/desk/")


def test_a_grant_whose_items_are_gone_is_not_moved_and_its_officer_reads_to_apply_anew(changed):
    load(changed)
    statement("update plane.access_grant set items = '{name,gone}'", changed)
    number = number_moved()
    refused = entered("consumer").post(GRANTS, {"action": "move", "no": number})
    assert (refused.status_code, "请按新版本重新提出共享申请" in words(refused)) == (403, True)
    assert records(changed, "plane.grant_switched") == []


def test_where_the_calendar_is_not_loaded_no_day_is_set_by_itself(county):
    county.walk(county.draft(), to="FILED")
    late = NOW.replace(month=12, day=20)
    no = county.begin_change()
    for action, by in (("submit", "editor"), ("register", "approver"), ("publish", "authority")):
        county.take_change(no, action, by=by, now=late if action == "publish" else NOW)
    assert records(county, "plane.last_day_set") == []
