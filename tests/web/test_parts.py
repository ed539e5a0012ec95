"""Tables and fields of pages: what stands in their values is what is read, and aloud too."""

import re

import acting
import pytest
from django.template.loader import render_to_string

from hutong.web.desk.parts import Cell, Column, Table
from hutong.web.facts import fact, listed
from hutong.web.forms import Box, Boxes, Field, Grid, GridRow

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
    assert page.count('data-label="天数" class="num still"') == 1
    assert page.count('data-label="天数" class="num"') == 1, "a badge beside it may go below"
    assert '<th scope="col" class="num">天数</th>' in page


def test_where_nothing_is_listed_that_is_said_and_no_table_stands_there():
    assert "<table" not in table(rows=(), empty="没有事项")
    assert "没有事项" in table(rows=(), empty="没有事项")


def test_a_row_has_a_box_where_it_may_be_ticked():
    page = table(boxes=("a|1", ""), ticked=frozenset({"a|1"}))

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


def boxes(**changes) -> str:
    given = {"name": "items", "boxes": (Box("a", "甲", "可比对", ticked=True), Box("b", "乙")), **changes}
    return render_to_string("parts/boxes.html", {"boxes": Boxes(**given)})


def test_boxes_share_a_name_and_keep_what_was_ticked():
    page = boxes()

    assert re.findall(r'name="items"\s+value="(\w)"\s+checked', page) == ["a"]
    assert page.count('type="checkbox"') == page.count("<label") == 2
    assert "<small>可比对</small>" in page
    assert boxes(one=True).count('type="radio"') == 2


def test_boxes_of_one_question_are_a_group_with_its_name():
    given = Boxes("users", (Box("a", "甲"), Box("b", "乙")), wrong="没有选择")
    page = render_to_string("parts/boxes.html", {"boxes": given, "label": "使用人员"})

    assert re.search(r"<fieldset[^>]*>\s*<legend>使用人员</legend>.*</fieldset>", page, re.DOTALL)
    assert page.index("<fieldset") < page.index("没有选择") < page.index("<input")
    assert "<fieldset" not in boxes(), "its part of the form has the name"


def test_a_unit_is_read_with_its_field():
    page = field(unit="个工作日", hint="1 至 60")

    assert 'aria-describedby="days-unit days-hint"' in tag(page, "input")
    assert re.search(r'id="days-unit">\s*个工作日', page)


def test_where_values_are_looked_up_is_named_with_the_field_and_says_that_it_opens_a_window():
    page = field(hint="填写代码。", lookup=("/terms/", "查找代码"))

    assert 'target="_blank"' in tag(page, "a") and 'aria-label="查找代码：天数（新窗口）"' in tag(page, "a")


def test_where_there_are_no_boxes_that_is_said():
    assert "尚未登记" in boxes(boxes=(), empty="尚未登记")
    assert "<input" not in boxes(boxes=(), empty="尚未登记")


def test_values_are_offered_while_one_types():
    page = field(suggested=(("a", "甲"), ("b", "乙")), form="apply")

    assert 'list="apply-days-suggested"' in tag(page, "input")
    assert re.findall(r'<datalist id="([^"]+)">', page) == ["apply-days-suggested"]
    assert re.findall(r'<option value="(\w)">', page) == ["a", "b"]


def test_a_field_says_what_a_browser_may_fill_in_and_what_it_takes():
    page = field(kind="password", completed="new-password", shortest=10, longest=60, focus=True)

    for part in ('type="password"', 'autocomplete="new-password"', 'minlength="10"', 'maxlength="60"', "autofocus"):
        assert part in tag(page, "input")
    assert 'accept=".csv"' in field(kind="file", files=".csv")
    assert 'inputmode="numeric"' in field(digits=True)
    assert 'placeholder="3"' in field(example="3")


def test_a_box_stands_before_its_label():
    page = field(kind="box", ticked=True)

    assert re.search(r'<label class="tick">.*type="checkbox".*checked.*<span>天数</span>', page, re.S)
    assert "checked" not in field(kind="box")


def test_a_field_in_a_table_is_named_though_it_has_no_label():
    wrong = Field("item-1-code", "字段名 1", wrong="请填写字段名")
    row = GridRow((("字段名", wrong), ("敏感", Field("item-1-sensitive", "敏感 1", kind="box"))),
                  Field("item-1-rules", "质量规则 1", "不为空", "long", lines=1))  # fmt: skip
    page = render_to_string("parts/grid.html", {"grid": Grid("信息项", ("字段名", "敏感"), "质量规则", (row,))})

    assert re.findall(r'aria-label="([^"]+ 1)"', page) == ["字段名 1", "敏感 1", "质量规则 1"]
    assert re.findall(r'data-label="([^"]+)"', page) == ["字段名", "敏感", "质量规则"]
    assert 'aria-describedby="item-1-code-wrong"' in page
    assert 'id="item-1-code-wrong"' in page
    assert "<label" not in page
    assert ">不为空</textarea>" in page


def test_facts_are_said_with_their_codes_links_and_notes():
    told = [fact("授权编号", "SQ-1", address="/g/"), fact("用途", "甲\n<b>", "x-1", note="说明"), listed("人员", [])]
    page = render_to_string("parts/facts.html", {"facts": told})

    assert re.findall(r"<dt>(.*)</dt>", page) == ["授权编号", "用途", "人员"]
    note = '<span class="fine">说明</span>'
    for part in ('<a href="/g/">SQ-1</a>', "甲<br>&lt;b&gt;", "<code>x-1</code>", note, "—"):
        assert part in page
