"""The form of an entry in a browser: Enter saves and moves nothing, a moved item stays in sight, at both widths."""

import pytest
from browsing import follow

from hutong.control.catalog.models import Change

LIST = "字段名,名称,类型,识别项\nnumber,登记字号,字符,是\nsex,性别,字符,\nday,登记日期,日期,\n"
DATA = "公民身份号码,姓名,登记日期\n110101190001010014,张三,2020-01-02\n"


@pytest.mark.parametrize(
    ("width", "language"),
    [(390, "zh"), pytest.param(1440, "zh", marks=pytest.mark.full), pytest.param(1440, "en", marks=pytest.mark.full)],
)
def test_items_are_read_moved_and_saved_with_the_keyboard_and_the_mouse(window, county, width, language):
    seen = window(width=width).enter("editor", language=language)
    page = seen.page
    page.goto(f"{seen.site}/{language}/desk/entries/new/")
    seen.keep(f"entry-form-{width}-{language}")
    assert (seen.overflow(), seen.cut()) == (0, [])
    page.fill("#abstract", "写好的摘要")
    for name, text in (("清单.csv", LIST), ("数据.csv", DATA)):
        page.set_input_files("#columns_file", {"name": name, "mimeType": "text/csv", "buffer": text.encode()})
        follow(page.locator("button[name=take]"))
        assert page.input_value("#abstract") == "写好的摘要"
        assert page.evaluate("document.activeElement.getAttribute('role')") == "status"
    seen.keep(f"entry-form-taken-{width}-{language}")
    assert (seen.overflow(), seen.cut()) == (0, [])
    follow(page.locator("button[name=move][value='2-up']"))
    assert [page.input_value(f"#item-{n}-code") for n in (1, 2)] == ["sex", "number"]
    assert page.evaluate("document.activeElement.value") == "1-down"  # what was pressed is first now, and moves back
    page.fill("#code", "308001/000077")
    page.fill("#name", "婚姻登记")
    with page.expect_navigation():
        page.keyboard.press("Enter")  # saves: what is lacking is told, and nothing is moved
    assert page.locator("#faults").count() == 1
    assert [page.input_value(f"#item-{n}-code") for n in (1, 2)] == ["sex", "number"]
    assert not Change.objects.filter(entry__code="308001/000077").exists()
