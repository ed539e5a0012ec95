"""Uses in charts and numbers: on the desk, and on a page that reads the kept sums, on any screen and on paper."""

import re

import pytest
import using
from acting import NOW, County
from desks import at, entered, handed_out, hire, seen
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from hutong.db.database import Database
from hutong.web.desk.statistics import charts, shown
from hutong.web.desk.statistics.charts import Bar

WIDTHS = (390, 1440)
A4 = 794
"""Pixels of a sheet's width."""


@pytest.fixture(autouse=True)
def march():
    """The pages' clock stands where the county was made."""
    with at(NOW):
        yield


@pytest.fixture
def used(county: County) -> County:
    """The county after three months of use."""
    return using.three_months(county)


def numbers(page: str, title: str) -> list[str]:
    """Return what the table below a chart says, row by row."""
    table = page.partition(f">{title}</h2>")[2].partition("<tbody>")[2].partition("</tbody>")[0]
    rows = re.findall(r"<tr>(.*?)</tr>", table, re.DOTALL)
    return [" ".join(re.sub(r"<[^>]+>", " ", row).split()) for row in rows]


def opened(username: str, language: str = "zh") -> str:
    return entered(username).get(f"/{language}/desk/statistics/").content.decode()


def test_who_reads_for_all_reads_the_uses_of_all_units_by_month_unit_and_resource(used):
    page = opened("authority")

    assert "统计范围：全部单位" in page and "共答复 <b>43</b> 次，拒绝 <b>4</b> 次。" in page
    by_month = ["2026-01 10 0 10", "2026-02 20 2 22", "2026-03 13 2 15"]
    assert numbers(page, "按月") == [*by_month, "合计 43 4 47"]
    assert numbers(page, "按使用单位") == ["示范县民政局 40 4 44", "示范县公安局 3 0 3", "合计 43 4 47"]
    assert numbers(page, "按信息资源") == ["人口基本信息 40 4 44", "婚姻登记信息 3 0 3", "合计 43 4 47"]
    english = opened("authority", "en")
    assert "Of all units" in english and numbers(english, "By who asked")[0] == "示范县民政局 40 4 44"


def test_an_officer_reads_what_the_own_unit_asked_and_was_asked_for(used):
    hire(used, "archivist", "周宁", unit=used.actor("competent").unit, roles=("consumer",))
    page = opened("editor")
    assert "统计范围：本单位提出的使用" in page
    assert numbers(page, "按使用单位")[:-1] == ["示范县民政局 40 4 44", "示范县公安局 3 0 3"]
    assert "最近十二个月的使用日志中没有记录" in opened("archivist")
    assert "<svg" not in opened("archivist")


def test_the_desk_shows_the_uses_of_each_month_and_leads_to_the_page(used):
    page = entered("consumer").get("/zh/desk/").content.decode()
    assert numbers(page, "各月使用次数")[-2:] == ["2026-03 13 2 15", "合计 43 4 47"]
    assert '<a href="/zh/desk/statistics/">使用统计 →</a>' in page


def test_a_county_in_which_nothing_was_used_shows_no_chart_on_the_desk(county):
    assert "各月使用次数" not in seen("consumer", "/zh/desk/")


def test_the_page_reads_the_kept_sums_and_not_the_log(used):
    owner = Database(used.url, role="owner", size=1)
    with owner.transaction() as cur:
        cur.execute("truncate audit.monthly_use")
    owner.close()
    assert "最近十二个月的使用日志中没有记录" in opened("authority")


bars = st.builds(Bar, st.text(min_size=1, max_size=40), st.integers(0, 10**9), st.integers(0, 10**9))


@given(st.lists(bars, min_size=1, max_size=12))
def test_a_chart_stays_in_its_frame_and_every_part_has_the_size_of_its_number(several):
    for chart in (charts.columns(several, shortly=str), charts.rows(several)):
        for each in chart.rectangles:
            assert float(each.x.rstrip("%")) > -0.01 and float(each.y) > -0.01
            assert float(each.x.rstrip("%")) + float(each.width.rstrip("%")) <= 100.02
            assert float(each.y) + float(each.height) <= chart.height
    chart = charts.columns(several, shortly=str)
    top, parts = charts.rounded(max(bar.total for bar in several)), iter(chart.rectangles)
    for count in (count for bar in several for count in (bar.answered, bar.refused) if count):
        assert float(next(parts).height) == pytest.approx(charts.PLOT * count / top, abs=0.06)


@pytest.mark.parametrize(
    ("number", "zh", "en"),
    [(999, "999", "999"), (1500, "1,500", "1.5k"), (12_000, "1.2万", "12k"), (30_000_000, "3000万", "30m"),
     (200_000_000, "2亿", "200m")],
)  # fmt: skip
def test_a_number_is_written_short_as_each_language_does(number, zh, en):
    for language, told in (("zh", zh), ("en", en)):
        with translation.override(language):
            assert shown.shortly(number) == told


@given(st.integers(0, 10**12))
def test_the_highest_line_is_above_every_number_and_not_far(number):
    top = charts.rounded(number)
    assert number <= top and top % 2 == 0 and (top <= number * 1.25 or top <= 22)


@pytest.fixture
def busy(used) -> County:
    """The county with a year of many uses."""
    owner = Database(used.url, role="owner", size=1)
    with owner.transaction() as cur:
        cur.execute(
            "insert into audit.monthly_use (month, unit, provider, resource, mode, answered, refused)"
            " select (date '2025-04-01' + make_interval(months => n))::date, 'o' || n, %s, 'r' || n, 'query',"
            " 1000000 * (n + 1), n from generate_series(0, 11) n", [used.police],
        )  # fmt: skip
    owner.close()
    return used


def test_those_beyond_the_first_are_told_in_words_and_make_no_bar_small(busy):
    page = opened("authority")
    said = re.search(r"<p>(其余 \d+ 个信息资源)共使用 ([\d,]+) 次，未列入上图。</p>", page)
    rest = next(row for row in numbers(page, "按信息资源") if row.startswith(said[1]))
    assert rest.endswith(f" {said[2]}")
    chart = page.partition(">按信息资源</h2>")[2].partition("</svg>")[0]
    assert "其余" not in chart and 'width="76.00%"' in chart, "the longest bar is that of a resource"
    sums = seen("authority", "/zh/desk/statistics/uses/")
    total = numbers(page, "按信息资源")[-1].rpartition(" ")[2]
    assert f"合计 {total} 次" in sums


def test_sums_by_unit_resource_and_mode_are_a_list_with_its_file(used):
    page = seen("authority", "/zh/desk/statistics/uses/")
    assert "共 2 行，已答复 43 次，已拒绝 4 次，合计 47 次" in page
    assert "共 1 行，已答复 20 次，已拒绝 2 次，合计 22 次" in seen(
        "authority", "/zh/desk/statistics/uses/?from=2026-02&until=2026-02"
    )
    head, *rows = handed_out("authority", "/zh/desk/statistics/uses/")["使用汇总"]
    assert head == (
        "使用单位代码", "使用单位", "信息资源代码", "信息资源", "使用方式", "已答复（次）", "已拒绝（次）",
        "合计（次）",
    )
    assert [row[3:] for row in rows] == [("人口基本信息", "—", 40, 4, 44), ("婚姻登记信息", "—", 3, 0, 3)]


@pytest.mark.full
def test_charts_can_be_read_on_a_telephone_on_a_screen_and_on_paper(busy, window):
    for who, language in (("authority", "zh"), ("editor", "en")):
        opened = window().enter(who, language=language)
        for path in (f"/{language}/desk/statistics/", f"/{language}/desk/"):
            opened.go(path)
            for width in WIDTHS:
                opened.page.set_viewport_size({"width": width, "height": 900})
                opened.keep(f"statistics-{language}-{width}-{path.strip('/').replace('/', '-')}")
                assert opened.overflow() <= 0
                assert cut_off(opened.page) == []
            opened.page.set_viewport_size({"width": A4, "height": 1123})
            opened.page.emulate_media(media="print")
            assert opened.overflow() <= 0 and cut_off(opened.page) == []
            opened.keep(f"statistics-{language}-paper-{path.strip('/').replace('/', '-')}")
            opened.page.emulate_media(media="screen")


def cut_off(page) -> list[str]:
    """Return the words of charts that reach beyond their chart."""
    return page.evaluate(
        """() => [...document.querySelectorAll('svg.chart text')].filter(word => {
            const inner = word.getBoundingClientRect(), outer = word.ownerSVGElement.getBoundingClientRect();
            return inner.width && (inner.left < outer.left - 1 || inner.right > outer.right + 1
                || inner.bottom > outer.bottom + 1);
        }).map(word => word.textContent.trim())"""
    )


def test_charts_are_told_of_the_period_that_is_chosen_and_lead_to_the_list_of_it(used):
    page = seen("authority", "/zh/desk/statistics/?from=2026-01&until=2026-02")
    assert "统计时段：2026-01 至 2026-02，截至" in page
    body = entered("authority").get("/zh/desk/statistics/?from=2026-01&until=2026-02").content.decode()
    assert numbers(body, "按月") == ["2026-01 10 0 10", "2026-02 20 2 22", "合计 30 2 32"]
    assert numbers(body, "按使用单位") == ["示范县民政局 30 2 32", "合计 30 2 32"]
    assert 'href="/zh/desk/statistics/uses/?from=2026-01&amp;until=2026-02"' in body
    assert re.findall(r'<option value="(2026-\d\d)" selected>', body) == ["2026-01", "2026-02"]
    english = seen("authority", "/en/desk/statistics/?until=2026-01")
    assert "Of all units: 2025-02 to 2026-01, as of" in english


@pytest.mark.parametrize("query", ["", "?from=soon&until=2031-01", "?from=2026-13", "?until=1999-01"])
def test_charts_are_told_of_the_last_twelve_months_where_no_month_there_is_was_chosen(used, query):
    page = entered("authority").get(f"/zh/desk/statistics/{query}").content.decode()
    assert "统计时段：2025-04 至 2026-03，截至" in page
    assert numbers(page, "按月")[-1] == "合计 43 4 47"
    assert ('href="?"' in page, "更早的月份未列入" in page) == (False, False)


def test_charts_are_told_of_twelve_months_at_most_and_say_what_is_left_out(busy):
    owner = Database(busy.url, role="owner", size=1)
    with owner.transaction() as cur:
        cur.execute(
            "insert into audit.monthly_use (month, unit, provider, resource, mode, answered, refused)"
            " values ('2023-05-01', 'o', %s, 'r', 'query', 7, 0)", [busy.police],
        )  # fmt: skip
    owner.close()
    page = entered("authority").get("/zh/desk/statistics/?from=2023-05").content.decode()
    assert "统计时段：2025-04 至 2026-03，截至" in page
    assert "一次最多统计十二个月，所选时段中更早的月份未列入。" in page
    assert len(numbers(page, "按月")) == 12 + 1
    old = entered("authority").get("/zh/desk/statistics/?from=2023-05&until=2023-07").content.decode()
    assert numbers(old, "按月") == ["2023-05 7 0 7", "2023-06 0 0 0", "2023-07 0 0 0", "合计 7 0 7"]
    assert "更早的月份未列入" not in old


def test_a_period_in_which_nothing_was_used_says_so(used):
    for query in ("?from=2026-03&until=2026-01", "?until=2026-01&from=2026-02"):
        page = seen("authority", f"/zh/desk/statistics/{query}")
        assert ("所选时段的使用日志中没有记录" in page, "最近十二个月的使用日志" in page) == (True, False)


@pytest.mark.full
def test_paper_says_the_period_and_has_the_form_no_more(used, window):
    opened = window().enter("authority")
    opened.go("/zh/desk/statistics/?from=2026-01&until=2026-02")
    form, said = opened.page.locator(".list-filters"), opened.page.get_by_text("统计时段：2026-01 至 2026-02")
    assert (form.is_visible(), said.is_visible()) == (True, True)
    for width in WIDTHS:
        opened.page.set_viewport_size({"width": width, "height": 900})
        opened.keep(f"statistics-period-{width}")
        assert opened.overflow() <= 0
    opened.page.emulate_media(media="print")
    assert (form.is_visible(), said.is_visible()) == (False, True)
