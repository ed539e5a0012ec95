"""The form of an entry explains its columns, offers the next free code, and shows what the choice asks for."""

import pytest
from acting import NOW
from desks import entered, seen
from test_items_from_file import NEW

from hutong.control.catalog import operations
from hutong.control.catalog.models import Change
from hutong.web.desk.catalog import fields
from hutong.web.desk.catalog.explained import EXPLAINED


def test_every_column_of_the_items_is_explained_on_the_form(county):
    told = seen("editor", NEW)
    assert {*fields.titles(), "rules"} == {*EXPLAINED}
    for name, title in fields.titles().items():
        assert f"{title} {EXPLAINED[name]}" in told, name
    assert "自描述：自带结构说明，如 XML、JSON。" in told


def test_the_next_free_code_of_each_class_is_offered(county):
    page = entered("editor").get(NEW).content.decode()
    assert 'list="code-suggested"' in page and '<option value="307001/000002">' in page
    assert "307001 已有 1 项，例如“" in seen("editor", NEW)


def test_fields_of_an_interface_are_seen_where_the_choice_or_what_stands_in_them_asks_for_it(window, county):
    page = window().enter("editor").page
    page.goto(page.url.replace("/zh/desk/", NEW))
    service = page.locator("#service")
    assert service.is_hidden()
    page.select_option("#method", "3")
    assert service.is_visible()
    page.fill("#service", "vehicle.check")
    page.select_option("#method", "1")
    assert service.is_visible()
    page.fill("#service", "")
    assert service.is_hidden()


@pytest.mark.parametrize(("name", "warned"), [("联系电话", True), ("法定代表人姓名", True), ("所属乡镇", False)])
def test_an_item_that_may_limit_grants_and_is_named_like_a_person_is_warned_of(county, name, warned):
    no = county.begin_change()
    items = [*Change.objects.get(no=no).items, {"code": "extra", "name": name, "filter": True}]
    operations.edit(no, changes={"items": items}, actor=county.actor("editor"), now=NOW)
    told = seen("editor", f"/zh/desk/entries/changes/{no}/")
    assert (f"请核对：“{name}”勾选了“可限定记录”" in told) is warned
