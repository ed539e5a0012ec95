"""Tables and fields of pages: what stands in their values is what is read, and aloud too."""

import re

import acting
import pytest
from django.template.loader import render_to_string

from hutong.web.desk.parts import Cell, Column, Table
from hutong.web.forms import Field

assert acting  # it sets Django up
COLUMNS = (Column("编号"), Column("天数", css="num"))


def table(**changes) -> str:
    late = (Cell("甲", "/a/", note="说明", code="x-1"), Cell("5", badge="已逾期", tone="bad"))
    given = {"caption": "事项", "columns": COLUMNS, "rows": (late, (Cell("乙"), Cell("6"))), **changes}
    return render_to_string("parts/table.html", {"table": Table(**given)})


def field(**changes) -> str:
    return render_to_string("parts/field.html", {"field": Field(**{"name": "days", "label": "天数", **changes})})


def tag(page: str, name: str) -> str:
    return re.search(rf"<{name}\b[^>]*>", page)[0]


def test_a_cell_shows_text_link_badge_note_and_code():
    page = table()

    for part in ('<a href="/a/">甲</a>', '<span class="badge bad">已逾期</span>', ">说明<", ">x-1<"):
        assert part in page


def test_a_row_is_named_by_its_first_cell_and_every_other_by_its_column():
    page = table()

    assert page.count('<th scope="row"') == 2
    assert page.count('data-label="天数" class="num"') == 2
    assert '<th scope="col" class="num">天数</th>' in page


def test_where_nothing_is_listed_that_is_said_and_no_table_stands_there():
    assert "<table" not in table(rows=(), empty="没有事项")
    assert "没有事项" in table(rows=(), empty="没有事项")


def test_a_row_has_a_box_where_it_may_be_ticked():
    page = table(ticks=("a|1", ""), ticked=frozenset({"a|1"}))

    assert re.findall(r'<input[^>]*value="([^"]*)"[^>]*checked', page) == ["a|1"]
    assert page.count("<input") == 1
    assert "<input" not in table()


@pytest.mark.parametrize(("kind", "name"), [("text", "input"), ("long", "textarea"), ("choice", "select")])
def test_a_field_is_tied_to_its_label_its_hint_and_what_is_wrong(kind, name):
    page = field(kind=kind, hint="工作日", wrong="不能为空", form="refuse", required=True)
    found = tag(page, name)

    for part in ('id="refuse-days"', 'aria-invalid="true"', "required"):
        assert part in found
    described = re.search(r'aria-describedby="([^"]+)"', found)[1].split()
    assert described == ["refuse-days-hint", "refuse-days-wrong"]
    assert all(f'id="{each}"' in page for each in described)
    assert 'for="refuse-days"' in tag(page, "label")


def test_a_field_that_is_right_says_nothing_of_faults():
    assert "aria-" not in field()


def test_a_number_has_its_bounds_zero_among_them_and_its_unit():
    page = field(kind="number", least=0, most=30, unit="个工作日")

    assert 'min="0"' in page
    assert 'max="30"' in page
    assert ">个工作日<" in page
    assert "min=" not in field(kind="number")


def test_what_was_chosen_before_is_chosen_again():
    page = field(kind="choice", options=(("a", "甲"), ("b", "乙")), value="b")

    assert re.findall(r'<option value="(\w)" selected', page) == ["b"]


def test_what_people_typed_is_no_markup():
    assert "<b>" not in field(value="<b>", kind="long")
    assert "<b>" not in table(rows=((Cell("<b>"), Cell("<b>")),))
