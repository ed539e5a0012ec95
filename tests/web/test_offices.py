"""Offices on their page: who holds them and held them, and the authority passing one on after a second look (D-23)."""

import re
from datetime import timedelta

import pytest
from acting import NOW, UNITS
from desks import at, entered, seen, words

from hutong.control.units import offices

HERE = "/zh/desk/offices/"
FORM = {"role": "operator", "region": "", "unit": UNITS[4], "reason": "县委编办〔2026〕3号"}


@pytest.fixture(autouse=True)
def march():
    """The pages' clock stands an hour after the county was made."""
    with at(NOW + timedelta(hours=1)):
        yield


@pytest.mark.clause("D-23")
def test_an_office_is_passed_on_once_it_was_confirmed_and_the_page_keeps_who_held_it(county):
    no = county.draft()
    county.walk(no, to="SUPPLIED")
    browser = entered("authority")
    asked = browser.post(HERE, FORM)
    assert asked.status_code == 200
    assert "将全平台的“平台运维单位”职责由示范县信息中心移交给示范县社会事业局，即时生效；" in words(asked)
    assert "在办事项 1 件随之移交，办理期限不变。" in words(asked)
    assert county.turn(no) == county.at("operator")
    assert browser.post(HERE, {**FORM, "confirmed": "yes"}).status_code == 302
    assert offices.current().unit_of("operator", region="") == UNITS[4]
    assert county.turn(no) == county.at("authority")  # nobody is there yet
    page = words(browser.get(HERE))
    assert "已办理“移交职责”：全平台的“平台运维单位”由 示范县社会事业局 承担。 在办事项 1 件已随之移交" in page
    assert "示范县社会事业局" in page
    assert "示范县信息中心" in page
    assert "县委编办〔2026〕3号" in page
    assert "passes from" in words(browser.post("/en/desk/offices/", {**FORM, "unit": UNITS[1]}))


@pytest.mark.parametrize(
    ("changes", "status"),
    [({"reason": " "}, 422), ({"unit": ""}, 422), ({"region": "33"}, 422), ({"role": "consumer"}, 422),
     ({"unit": UNITS[1], "confirmed": "yes"}, 409)],
)  # fmt: skip
def test_what_cannot_be_passed_on_is_told_and_what_was_typed_stays(county, changes, status):
    answer = entered("authority").post(HERE, {**FORM, **changes})
    assert answer.status_code == status
    assert ("县委编办〔2026〕3号" in answer.content.decode()) == ("reason" not in changes)
    assert offices.current().unit_of("operator", region="") == UNITS[1]


@pytest.mark.clause("D-23")
@pytest.mark.parametrize("who", ["operator", "consumer", "competent"])
def test_others_read_who_holds_what_and_pass_nothing_on(county, who):
    page = seen(who, HERE)
    assert ("示范县大数据管理局" in page, "移交给" in page) == (True, False)
    departments = seen(who, f"{HERE}departments/")
    assert re.search("主管部门 起 止 示范县民政局 示范县社会事业局 2026-03-02 至今", departments)
    for given in (FORM, {**FORM, "confirmed": "yes"}):
        assert entered(who).post(HERE, given).status_code == 403
    assert offices.current().unit_of("operator", region="") == UNITS[1]
    menus = [HERE in entered(each).get("/zh/desk/").content.decode() for each in (who, "authority")]
    assert menus == [True, True]
