"""The menu has what its reader can ever do; where there is nothing for them, the page says who reads it."""

import re

import pytest
from acting import UNITS
from desks import entered, hire, seen

from hutong.control.units import rules

WORK = ("共享申请", "目录管理", "登记", "使用权限", "使用上限", "使用统计")


def menu(username: str) -> list[str]:
    body = entered(username).get("/zh/desk/").content.decode()
    part = body.partition('<nav class="side"')[2].partition("</nav>")[0]
    return [each.strip() for each in re.findall(r'<a href="[^"]*"(?: aria-current="page")?>([^<]+)</a>', part)]


@pytest.mark.parametrize("username", ["authority", "operator"])
def test_who_has_no_right_to_them_finds_neither_deliveries_nor_uses_in_the_menu(county, username):
    found = menu(username)
    assert [line for line in ("数据交付", "使用日志") if line in found] == []
    assert [line for line in WORK if line not in found] == []


@pytest.mark.parametrize("username", ["editor", "approver"])
def test_who_delivers_finds_both(county, username):
    assert {"数据交付", "使用日志", *WORK} <= set(menu(username))


def test_a_consumer_finds_its_uses_and_no_deliveries(county):
    assert ("使用日志" in menu("consumer"), "数据交付" in menu("consumer")) == (True, False)


@pytest.mark.parametrize("role", ["system_admin", "security_admin", "unit_admin"])
def test_who_administers_officers_alone_has_of_the_work_on_information_what_a_unit_registers(county, role):
    hire(county, "admin", "管理员", unit=UNITS[0], roles=(role,))
    found = menu("admin")
    work = [line for line in (*WORK, "数据交付") if line in found]
    assert work == (["登记"] if role == "unit_admin" else [])
    assert "人员管理" in found
    assert any(line in found for line in ("使用日志", "日志")) == (role == "security_admin")


@pytest.mark.parametrize("path", ["/zh/desk/deliveries/", "/zh/desk/records/"])
@pytest.mark.parametrize("username", ["authority", "operator"])
def test_the_page_says_who_reads_it_and_not_that_there_is_nothing(county, username, path):
    said = seen(username, path)
    assert "您没有这些角色，所以这里不列出内容，并非没有记录" in said
    assert "提供方经办人" in said
    for untrue in ("没有您可以查阅的交付", "没有您可以查阅的使用日志"):
        assert untrue not in said


def test_every_room_that_is_named_has_a_line_and_every_role_that_decides_works_somewhere():
    named = {role for room in ("applications", "entries") for role in rules.WORKS_IN[room]}
    assert named >= rules.DECIDING
    for roles in rules.WORKS_IN.values():
        assert roles <= set(rules.ROLES)


def test_what_waits_stands_before_all_other_that_the_first_page_tells(county):
    no = county.draft()
    county.walk(no, to="FILED")
    second = county.draft()
    county.take(second, "lodge", by="consumer")
    county.take(second, "return", by="competent", reason="请补充")
    body = entered("consumer").get("/zh/desk/").content.decode()
    assert body.index(second) < body.index("本单位的申请")
