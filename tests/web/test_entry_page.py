"""The page of a catalogue entry: what it says, and what a change under way alters."""

from acting import NOW
from desks import seen

from hutong.control.catalog import operations, queries


def test_who_decides_on_a_change_reads_what_it_alters_and_nothing_else(county):
    kept = [raw for raw in queries.entry(county.code).items if raw["code"] != "street"]
    items = [{**raw, "offered": "query"} if raw["code"] == "name" else raw for raw in kept]
    catalogue = {"actor": county.actor("editor"), "now": NOW}
    operations.take(county.code, "revise", calendar=county.calendar, **catalogue)
    page = seen("approver", f"/zh/desk/entries/{county.code}/")
    assert "与已发布的版本相比" not in page
    operations.edit(county.code, changes={"abstract": "新的摘要。", "items": items, "update_cycle": 2}, **catalogue)
    page = seen("approver", f"/zh/desk/entries/{county.code}/")
    told = page.partition("与已发布的版本相比")[2].partition("新的摘要。 共享类型")[0]
    for before, after in (
        ("摘要 本县户籍人口的基本登记信息，用于核验身份。", "新的摘要。"), ("更新周期 每月", "每日"),
        ("姓名 name 姓名、字符、数据比对、必填、敏感", "姓名、字符、数据查询、必填、敏感"),
        ("所属街道 street 所属街道、字符、数据订阅、可作条件", "—"),
    ):
        assert f"{before} {after}" in told
    assert ("公民身份号码" in told, "共享类型" in told, "名称" in told) == (False, False, False)


def test_the_list_of_a_units_entries_says_how_many_there_are_and_is_narrowed(county):
    assert "共 1 项" in seen("editor", "/zh/desk/entries/")
    assert "人口基本信息" in seen("editor", "/zh/desk/entries/?q=人口 3070&state=PUBLISHED")
    for narrowed in ("q=婚姻", "state=DRAFT"):
        assert "没有符合条件的目录" in seen("editor", f"/zh/desk/entries/?{narrowed}")


def test_who_publishes_that_a_resource_is_not_shared_any_more_is_told_what_that_ends(county):
    catalogue = {"actor": county.actor("editor"), "now": NOW}
    operations.take(county.code, "revise", calendar=county.calendar, **catalogue)
    not_shared = {"sharing_type": 3, "sharing_basis": "《某条例》"}
    for changes, told in (({"abstract": "新的摘要。"}, False), (not_shared, True)):
        operations.edit(county.code, changes=changes, **catalogue)
        page = seen("authority", f"/zh/desk/entries/{county.code}/")
        assert ("已开通的使用权限全部收回" in page) is told
