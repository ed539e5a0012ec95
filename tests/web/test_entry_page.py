"""The pages of a catalogue entry, of a change of it and of its versions: what each says, and what differs."""

import pytest
from acting import NOW
from desks import hire, seen
from test_pages import entered

from hutong.control.catalog import operations, queries

RULES = [{"rule": "pattern", "argument": "^[0-9]{17}[0-9X]$", "warn": False}]


def change(county, **changes) -> str:
    no = county.begin_change()
    if changes:
        operations.edit(no, changes=changes, actor=county.actor("editor"), now=NOW)
    return no


def test_who_decides_on_a_change_reads_what_it_alters_and_nothing_else(county):
    kept = [raw for raw in queries.published(county.code).items if raw["code"] != "street"]
    items = [{**raw, "offered": "query"} if raw["code"] == "name" else raw for raw in kept]
    no = change(county)
    assert "与已发布的版本相同。" in seen("approver", f"/zh/desk/entries/changes/{no}/")
    said = {"abstract": "新的摘要。", "items": items, "update_cycle": 2}
    operations.edit(no, changes=said, actor=county.actor("editor"), now=NOW)
    page = seen("approver", f"/zh/desk/entries/changes/{no}/")
    told = page.partition("与第 1 版相比")[2].partition("新的摘要。 共享类型")[0]
    for before, after in (
        ("摘要 本县户籍人口的基本登记信息，用于核验身份。", "新的摘要。"), ("更新周期 每月", "每日"),
        ("姓名 最高可用方式 name 数据比对", "数据查询"),
        ("所属街道 取消的信息项 street 所属街道、字符、数据订阅、可作条件", "—"),
    ):
        assert f"{before} {after}" in told
    assert ("公民身份号码" in told, "共享类型" in told, "名称" in told) == (False, False, False)


def test_each_thing_that_is_otherwise_of_an_item_stands_by_itself_with_what_it_was(county):
    """Whatever an item says: its rules, length, marks, its place in the key and among the items."""
    first, *rest = queries.published(county.code).items
    altered = {**first, "name": "身份证号", "length": 18, "sensitive": False, "rules": RULES}
    added = {"code": "phone", "name": "电话", "required": True}
    no = change(county, items=[*rest[::-1], altered, added], key=["resident_number", "name"], personal=False)
    page = seen("approver", f"/zh/desk/entries/changes/{no}/")
    told = page.partition("与第 1 版相比")[2].partition("本步由")[0]
    for row in (
        "身份证号 名称 resident_number 公民身份号码 身份证号", "身份证号 最长字数 resident_number — 18",
        "身份证号 敏感 resident_number 是 否", "身份证号 质量规则 resident_number — 格式 ^[0-9]{17}[0-9X]$",
        "姓名 识别项 name 否 是", "电话 新增的信息项 phone — 电话、字符、数据比对、必填", "记录涉及个人 是 否",
        "识别项 公民身份号码 身份证号、姓名",
        "信息项的次序 公民身份号码、姓名、住址、所属街道 所属街道、住址、姓名、身份证号、电话",
    ):
        assert row in told, row


def test_who_reviews_reads_of_each_item_what_is_asked_of_it(county):
    items = [{**raw, "length": 18, "rules": RULES} if raw["code"] == "resident_number" else raw
             for raw in queries.published(county.code).items]  # fmt: skip
    no = change(county, items=items)
    asked = "字符 必填 敏感 最长字数：18 格式 ^[0-9]{17}[0-9X]$"
    for who in ("approver", "authority"):
        assert asked in seen(who, f"/zh/desk/entries/changes/{no}/")
    assert asked not in seen("authority", f"/zh/desk/entries/{county.code}/")
    county.bring_change(no, to="PUBLISHED")
    assert asked in seen("authority", f"/zh/desk/entries/{county.code}/")


def test_the_page_of_an_entry_says_what_is_published_what_is_under_way_and_what_came_before(county):
    first = queries.published(county.code).change.no
    dropped = change(county, abstract="放弃的摘要。")
    county.take_change(dropped, "drop", by="editor")
    county.bring_change(change(county, name="户籍人口信息"), to="PUBLISHED")
    no = change(county, abstract="第三版的摘要。")
    page = seen("editor", f"/zh/desk/entries/{county.code}/")
    assert f"正在办理的变更： {no}" in page.replace("：", "： ").replace("  ", " ")
    assert ("第三版的摘要。" in page, "这里显示的是已发布的第 2 版" in page) == (False, True)
    history = page.partition("变更经过")[2]
    assert [history.index(each) for each in (no, "第 2 版", dropped, first)] == sorted(
        history.index(each) for each in (no, "第 2 版", dropped, first)
    )
    assert "未发布即终止" in history


@pytest.mark.parametrize(
    ("published", "told"), [(True, "已发布的版本不受影响。"), (False, "从未发布，名称和代码可另行使用。")]
)
def test_what_becomes_of_a_change_that_is_dropped_is_said_as_the_fact_it_is(county, published, told):
    no = change(county) if published else operations.draft(
        code="307002/000001", name="婚姻登记信息", abstract="婚姻登记。", key=["number"],
        items=[{"code": "number", "name": "登记字号"}], actor=county.actor("editor"), now=NOW,
    )  # fmt: skip
    page = f"/zh/desk/entries/changes/{no}/"
    assert told in seen("editor", f"/zh/desk/cases/catalog.change/{no}/steps/drop/")
    county.take_change(no, "drop", by="editor")
    history = seen("editor", page)
    assert (told in history, "从未发布的，" in history) == (True, False)


def test_earlier_versions_are_read_by_any_officer_and_compared_item_by_item(county):
    items = [{**raw, "required": True} if raw["code"] == "street" else raw
             for raw in queries.published(county.code).items]  # fmt: skip
    county.bring_change(change(county, name="户籍人口信息", items=items), to="PUBLISHED")
    county.withdraw()
    address = f"/zh/desk/entries/versions/1/{county.code}/"
    first, second = (seen("consumer", address.replace("/1/", f"/{number}/")) for number in (1, 2))
    assert ("人口基本信息 示范县公安局" in first, "户籍人口信息 示范县公安局" in second) == (True, True)
    assert queries.version(county.code, 1).digest in first
    told = second.partition("第 1 版与第 2 版比较")[2].partition("共享类型")[0]
    street = "所属街道 必填 street 否 是"
    assert ("名称 人口基本信息 户籍人口信息" in told, street in told) == (True, True)
    assert "第 1 版与第 2 版比较" in seen("consumer", f"{address}?with=2")
    assert entered("consumer").get(address.replace("/1/", "/3/")).status_code == 404


@pytest.mark.parametrize(("who", "offered"), [("editor", True), ("approver", False), ("authority", False)])
def test_a_change_is_begun_by_the_units_editor_and_no_second_one(county, who, offered):
    begin = f'action="/zh/desk/entries/begin/{county.code}/"'
    client = entered(who)
    assert (begin in client.get(f"/zh/desk/entries/{county.code}/").content.decode()) is offered
    no = change(county)
    assert begin not in client.get(f"/zh/desk/entries/{county.code}/").content.decode()
    same = entered("editor").post(f"/zh/desk/entries/begin/{county.code}/")
    assert (same.status_code, f"/changes/{no}/" in same.headers["Location"]) == (302, True)
    hire(county, "second", "周敏", unit=county.actor("editor").unit, roles=("provider_editor",))
    again = entered("second").post(f"/zh/desk/entries/begin/{county.code}/")
    assert (again.status_code, "CHANGE_UNDER_WAY" in again.content.decode()) == (409, True)


def test_the_list_of_a_units_entries_says_how_many_there_are_and_is_narrowed(county):
    assert "共 1 项" in seen("editor", "/zh/desk/entries/")
    assert "人口基本信息" in seen("editor", "/zh/desk/entries/?q=人口 3070&state=PUBLISHED")
    for narrowed in ("q=婚姻", "state=UNPUBLISHED"):
        assert "没有符合条件的目录" in seen("editor", f"/zh/desk/entries/?{narrowed}")
    no = change(county)
    assert f"已发布 {no} 编制中" in seen("editor", "/zh/desk/entries/")


def test_who_publishes_that_a_resource_is_not_shared_any_more_is_told_what_that_ends(county):
    no = county.begin_change()
    not_shared = {"sharing_type": 3, "sharing_basis": "《某条例》"}
    for changes, told in (({"abstract": "新的摘要。"}, False), (not_shared, True)):
        operations.edit(no, changes=changes, actor=county.actor("editor"), now=NOW)
        page = seen("authority", f"/zh/desk/entries/changes/{no}/")
        assert ("已开通的使用权限全部终止" in page) is told
