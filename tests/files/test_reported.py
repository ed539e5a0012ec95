"""What 28 reports of files and commands found is answered: each with inputs of its kind other than those reported.

The findings keep their numbers; what is closed elsewhere is named in `ELSEWHERE`.
"""

import ast
import csv
import io
from dataclasses import replace
from pathlib import Path

import pytest
from hand import Book, letters
from honest import Taken, changed, taken
from truth import BUSINESSES, PAYMENTS, RESIDENTS, Row, Table

from hutong.core import normalise
from hutong.core.errors import Problem
from hutong.plane.definition import Definition, Item, Mode, Type
from hutong.plane.delivery import reading
from hutong.plane.delivery.reading import report

TESTS = Path(__file__).parent.parent
CODES = {
    "01", "02", "03", "05", "06", "07", "08", "09", "11", "12", "13", "15", "17", "18", "19", "21", "23", "25", "26",
    "29", "30", "31", "34", "35", "37", "39", "40", "42",
}  # fmt: skip
ELSEWHERE = {
    "02": "console/test_beside_each_other.py: commands only look, and wait for nothing that a load holds",
    "31": "foreign/test_clients.py: clients in four languages are written from docs/profile.md alone",
    "37": "demo/test_own.py: the example is of a record that was taken",
    "42": "console/test_calendars.py: deadlines a calendar would move are listed, and keep their day (decision 0099)",
}
"""Number → the test that closes it, and by what."""


def text(
    table: Table, *, separator: str = ",", end: str = "\r\n", above: str = "", header: list[str] | None = None
) -> str:
    """Return a table as text."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=separator, lineterminator=end)
    writer.writerows([header or table.names, *([row[code] for code in table.codes] for row in table.rows)])
    return above + out.getvalue()


def of(path: Path, content: str | bytes, table: Table = BUSINESSES) -> Taken:
    """Return what is taken of a text."""
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return taken(path, table.definition)


def refused(path: Path, content: str | bytes, table: Table = BUSINESSES) -> Problem:
    """Return why a file is refused."""
    with pytest.raises(Problem) as raised:
        of(path, content, table)
    return raised.value


def book(path: Path, table: Table = BUSINESSES, *, made: Book | None = None, **more: object) -> Path:
    """Write a workbook of one sheet."""
    made = made or Book()
    return made.save(path, {"企业": made.sheet(made.rows(table, **more))})  # type: ignore[arg-type]


def test_01_no_stray_mark_swallows_a_record(tmp_path: Path) -> None:
    """Marks in two records far apart, in a table of eight columns: refused by the line of the first."""
    lines = text(Table(BUSINESSES.definition, BUSINESSES.rows * 200), end="\n").split("\n")
    for first, second in ((40, 2_900), (41, None), (3_000, 3_001)):
        spoilt = [*lines]
        for number in filter(None, (first, second)):
            cells = spoilt[number].split(",")
            cells[1] = f'"{cells[1]}'
            spoilt[number] = ",".join(cells)
        problem = refused(tmp_path / "a.csv", "\n".join(spoilt))
        assert (problem.code.startswith("QUOTE_"), problem.facts["line"]) == (True, first + 1)


@pytest.mark.parametrize("before", ["\ufeff", "\ufeff\ufeff", "\ufeff  "])
def test_03_a_mark_is_no_part_of_the_first_title_at_any_door(before: str, tmp_path: Path) -> None:
    """As `try` reads titles, and as a delivery reads them."""
    for encoding in ("utf-8", "gb18030", "utf-16-le"):
        got = of(tmp_path / "a.csv", (before + text(BUSINESSES)).encode(encoding))
        assert changed(BUSINESSES, got.rows) == []
        assert reading.titles(tmp_path / "a.csv") == BUSINESSES.names


@pytest.mark.parametrize("above", ["\r\n\r\n\r\n", ",,,,,,,\r\n", " \r\n\t\r\n", "\r\n企业登记表\r\n\r\n"])
def test_05_blank_lines_above_a_header_make_no_record_of_it(above: str, tmp_path: Path) -> None:
    assert changed(BUSINESSES, of(tmp_path / "a.csv", text(BUSINESSES, above=above)).rows) == []


def test_06_rows_have_the_numbers_a_person_sees_in_both_forms(tmp_path: Path) -> None:
    """A faulty record in row 9, below two empty rows and a title."""
    wrong: Row = {**BUSINESSES.rows[2], "staff": "很多"}
    table = Table(BUSINESSES.definition, (*BUSINESSES.rows[:2], wrong))
    lines = text(table, above="登记表\r\n").split("\r\n")
    got = of(tmp_path / "a.csv", "\r\n".join([*lines[:2], "", *lines[2:4], "", "", ",,,,,,,", *lines[4:]]))
    made = Book()
    rows = made.line(1, [made.cell("A1", "登记表")]) + made.rows(table.first(0), first=2)
    rows += made.rows(table.first(2), first=4, titles=[])
    rows += made.rows(
        Table(table.definition, (wrong,)),
        first=9,
        titles=[],
        of=lambda book, place, item, value: book.cell(place, value, 1) if item.code == "staff" else None,
    )
    sheet = made.save(tmp_path / "a.xlsx", {"一": made.sheet(rows)})
    assert got.faults == taken(sheet, BUSINESSES.definition).faults == [(9, "VALUE_OF_OTHER_TYPE")]


@pytest.mark.parametrize("format", [27, 30, 36, 50, 54, 58, 'yyyy"年"m"月"', "yyyy/m/d h:mm", "[DBNum1]m月d日", "aaaa"])
def test_07_days_are_days_by_any_format_of_chinese_versions(format: int | str, tmp_path: Path) -> None:
    got = taken(book(tmp_path / "a.xlsx", made=Book(formats={Type.DATE: format})), BUSINESSES.definition)
    assert changed(BUSINESSES, got.rows) == []


def test_08_decoration_decides_nothing(tmp_path: Path) -> None:
    """Styles without fills, fonts or borders, with an unknown element and an empty one in each list."""
    made = Book()
    plain = made.styles()
    for old, new in (
        ('<fills count="2">', "<fills><fill/><x/>"),
        ('<font><sz val="11"/>', "<font/><font><shadow/>"),
        ("<left/><right/>", ""),
        ('<cellStyles count="1">', "<cellStyles><cellStyle/>"),
    ):
        assert old in plain
        plain = plain.replace(old, new)
    path = made.save(tmp_path / "a.xlsx", {"一": made.sheet(made.rows(BUSINESSES))}, more={"xl/styles.xml": plain})
    assert changed(BUSINESSES, taken(path, BUSINESSES.definition).rows) == []


@pytest.mark.parametrize(
    "named",
    [
        {"xl/styles.xml": "xl/Styles.XML"},
        {"xl/workbook.xml": "xl/WorkBook.xml"},
        {"xl/worksheets/sheet1.xml": "XL/WORKSHEETS/SHEET1.XML", "xl/sharedStrings.xml": "xl/sharedstrings.xml"},
    ],
)
def test_09_names_of_parts_are_the_same_in_any_case(named: dict[str, str], tmp_path: Path) -> None:
    made = Book()
    path = made.save(tmp_path / "a.xlsx", {"一": made.sheet(made.rows(BUSINESSES))}, named=named)
    assert changed(BUSINESSES, taken(path, BUSINESSES.definition).rows) == []


def test_11_strict_workbooks_are_read_with_moments_and_lists(tmp_path: Path) -> None:
    assert (
        changed(PAYMENTS, taken(book(tmp_path / "a.xlsx", PAYMENTS, made=Book(strict=True)), PAYMENTS.definition).rows)
        == []
    )


@pytest.mark.parametrize("state", ["hidden", "veryHidden"])
def test_12_and_13_the_visible_sheet_is_read_and_every_other_told(state: str, tmp_path: Path) -> None:
    """A hidden sheet with the very same header in front, and another month behind."""
    made = Book()
    whole = made.sheet(made.rows(BUSINESSES))
    sheets = {
        "旧": made.sheet(made.rows(BUSINESSES.first(5))),
        "三月": whole,
        "四月": made.sheet(made.rows(BUSINESSES.first(7))),
    }
    got = taken(made.save(tmp_path / "a.xlsx", sheets, states={"旧": state}), BUSINESSES.definition)
    assert changed(BUSINESSES, got.rows) == []
    assert [("旧" in line, "四月" in line) for line in got.told if "旧" in line or "四月" in line] == [
        (True, False),
        (False, True),
    ]


def test_15_a_formula_without_a_value_is_told_and_none_is_made_up(tmp_path: Path) -> None:
    """In an item that may be empty it is null and told by its cells; in the key its row is rejected with that cause."""

    def of_item(code: str):  # type: ignore[no-untyped-def]
        return lambda book, place, item, value: f'<c r="{place}"><f>SUM(A1)</f></c>' if item.code == code else None

    open_ = replace(BUSINESSES.definition, personal=False)
    got = taken(book(tmp_path / "a.xlsx", of=of_item("rate")), open_)
    assert (len(got.rows), {row["rate"] for row in got.rows}, got.faults) == (18, {None}, [])
    assert any("H2" in line and "18" in line for line in got.told)
    keyed = taken(book(tmp_path / "b.xlsx", of=of_item("credit_code")), open_)
    assert (keyed.rows, {why for _, why in keyed.faults}) == ([], {"FORMULA_WITHOUT_VALUE"})


@pytest.mark.parametrize("format", ["00000000", "0000-0000", '"档"00000000'])
def test_17_a_code_is_what_the_cell_shows(format: str, tmp_path: Path) -> None:
    made = Book(formats={Type.LOGICAL: format})
    path = book(
        tmp_path / "a.xlsx",
        RESIDENTS,
        made=made,
        of=lambda book, place, item, value: (
            book.cell(place, float(value or 0), 9) if item.code == "register_no" else None
        ),
    )
    got = taken(path, RESIDENTS.definition)
    shown = {"00000000": "00000012", "0000-0000": "0000-0012", '"档"00000000': "档00000012"}[format]
    assert got.rows[0]["register_no"] == shown
    assert any("24" in line and "A2" in line for line in got.told)


def test_18_a_number_that_lost_digits_is_rejected_with_that_cause(tmp_path: Path) -> None:
    """Bank accounts of 19 digits, in an item that has no rule."""
    path = book(
        tmp_path / "a.xlsx",
        PAYMENTS,
        of=lambda book, place, item, value: book.cell(place, float(value or 0)) if item.code == "account" else None,
    )
    assert {why for _, why in taken(path, PAYMENTS.definition).faults} == {"NUMBER_LOST_DIGITS"}


WRITINGS = ["{}", " {}", "{}\u3000", "\u200e{}", "{}\u2060", "\u202a{}\u202c", "'{}", "{}\t", "\ufeff{}", "\u00a0{}"]


@pytest.mark.parametrize("writing", WRITINGS)
def test_19_numbers_of_persons_and_firms_are_taken_however_they_are_written(writing: str, tmp_path: Path) -> None:
    """In full width, too, and small letters; each is kept as its standard writes it."""
    wide = str.maketrans({code: code + 0xFEE0 for code in range(0x30, 0x5B)})
    for table, code in ((RESIDENTS, "id_number"), (BUSINESSES, "credit_code")):
        for change in (str, str.lower, lambda value: value.translate(wide)):
            rows = tuple({**row, code: writing.format(change(row[code]))} for row in table.rows)
            got = of(tmp_path / "a.csv", text(Table(table.definition, rows)), table)
            assert (got.faults, changed(table, got.rows)) == ([], []), (writing, code)


@pytest.mark.parametrize(
    "pair",
    ["\u2ec4\u897f", "\u2eb6\u7f8a", "\u2ed3\u957f", "\u2fa7\u9577", "\u2f08\u4eba", "\uf9d1\u516d", "\u2ee9\u9ec4"],
)
def test_21_a_radical_and_its_character_compare_alike(pair: str) -> None:
    radical, character = pair
    assert normalise.normalise(f"张{radical}") == normalise.normalise(f"张{character}")


@pytest.mark.parametrize("separator", ["\t", ";", "|", "，"])
@pytest.mark.parametrize("name", ["a.txt", "a.xls", "a.tsv", "导出"])
def test_23_other_separators_are_read_and_named(separator: str, name: str, tmp_path: Path) -> None:
    got = of(tmp_path / name, text(PAYMENTS, separator="\x00").replace("\x00", separator), PAYMENTS)
    assert changed(PAYMENTS, got.rows) == []
    assert any(word in got.told[0] for word in ("tabs", "semicolons", "vertical bars", "full-width commas"))


@pytest.mark.parametrize("codec", ["utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("separator", [",", "\t"])
def test_25_unicode_text_is_read_with_its_mark_and_named_without(codec: str, separator: str, tmp_path: Path) -> None:
    content = text(RESIDENTS, separator=separator)
    mark = "" if codec == "utf-16" else "\ufeff"
    got = of(tmp_path / "a.csv", (mark + content).encode(codec), RESIDENTS)
    assert (changed(RESIDENTS, got.rows), "UTF-16" in got.told[0]) == ([], True)
    if mark:
        assert "UTF-16" in str(refused(tmp_path / "b.csv", content.encode(codec), RESIDENTS).facts["kind"])


@pytest.mark.parametrize(("left", "right"), [(0, 5), (2, 0), (1, 3)])
def test_26_empty_columns_at_either_side_are_no_columns_in_either_form(left: int, right: int, tmp_path: Path) -> None:
    lines = [",".join([*[""] * left, line, *[""] * right]) for line in text(BUSINESSES).split("\r\n") if line]
    assert changed(BUSINESSES, of(tmp_path / "a.csv", "\r\n".join(lines)).rows) == []
    made = Book()
    last = letters(left + len(BUSINESSES.codes) + right)
    rows = made.rows(BUSINESSES, left=left) + made.line(40, [made.cell(f"{last}40", None, 1)])
    assert (
        changed(BUSINESSES, taken(made.save(tmp_path / "a.xlsx", {"一": made.sheet(rows)}), BUSINESSES.definition).rows)
        == []
    )


OTHERS = {
    "an HTML page": ("<meta charset=gbk><center><table><tr><td>code</td></tr></table>", "HTML"),
    "HTML behind a comment": ("<!-- export --><TABLE border=1><tr><td>a</td></tr></TABLE>", "HTML"),
    "Excel 2003 XML": (
        '<?xml version="1.0"?>\n<ss:Workbook xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet"/>',
        "XML",
    ),
    "a list of JSON": ('[\n  {"code": "1", "name": "甲"}\n]', "JSON"),
    "JSON in an object": ('{"data": [{"code": 1}]}', "JSON"),
}


@pytest.mark.parametrize("case", OTHERS)
@pytest.mark.parametrize("name", ["a.xls", "a.csv", "a.xlsx"])
def test_29_what_is_no_table_is_told_as_what_it_is(case: str, name: str, tmp_path: Path) -> None:
    content, kind = OTHERS[case]
    problem = refused(tmp_path / name, content)
    assert (problem.code, kind in str(problem.facts["kind"])) == ("FILE_IS_OTHER", True)


def test_30_a_table_is_found_under_titles_and_in_a_later_sheet(tmp_path: Path) -> None:
    """Three lines of titles above a header of two rows that begins in C5, behind an empty sheet and a cover."""
    made, names = Book(), RESIDENTS.names
    head = "".join(
        made.line(row, [made.cell(f"C{row}", said)])
        for row, said in ((1, "附件1"), (2, "困难家庭登记表"), (4, "单位：某局"))
    )
    upper = [names[0], "本人", None, None, "联系方式", None, names[6]]
    lower = [None, *names[1:6], None]
    for row, line in ((5, upper), (6, lower)):
        head += made.line(row, [made.cell(f"{letters(at + 2)}{row}", said) for at, said in enumerate(line)])
    sheets = {
        "Sheet1": made.sheet(""),
        "封面": made.sheet(made.line(1, [made.cell("A1", "请勿修改")])),
        "表": made.sheet(head + made.rows(RESIDENTS, first=7, left=2, titles=[])),
    }
    got = taken(made.save(tmp_path / "a.xlsx", sheets), RESIDENTS.definition)
    assert (got.faults, changed(RESIDENTS, got.rows)) == ([], [])


def test_34_lines_may_end_in_cr_alone_in_a_file_of_megabytes(tmp_path: Path) -> None:
    """Quoted cells and line breaks in them too."""
    rows = tuple({**row, "pay_no": f"{row['pay_no']}-{at}"} for at in range(1_400) for row in PAYMENTS.rows)
    table = Table(
        PAYMENTS.definition, tuple({**row, "remark": (row["remark"] or "").replace("\n", "\r") or None} for row in rows)
    )
    content = text(table, end="\r")
    assert len(content.encode()) > 2 << 20
    got = of(tmp_path / "a.csv", content, PAYMENTS)
    assert changed(table, got.rows) == []


FEET = [
    "总计,,1234567,,,,,",
    "本页小计,,,,,,,",
    "审核人：,,,制表人：,,,,",
    "注：以上数据截至 2025 年底,,,,,,,",
    "共 18 条,,,,,,,",
]


@pytest.mark.parametrize("foot", FEET)
def test_35_what_stands_below_a_table_is_told_by_its_row(foot: str, tmp_path: Path) -> None:
    got = of(tmp_path / "a.csv", text(BUSINESSES) + foot + "\r\n")
    assert changed(BUSINESSES, got.rows) == []
    assert got.told[-1] == report.label("what_was_read.suspicious", language="en", count=1, rows="20")


NUMBERS = Definition(
    code="1/1",
    version=1,
    name="x",
    provider="p",
    key=("k",),
    personal=False,
    items=(
        Item("k", "键"),
        Item("until", "有效期至", Type.DATE, offered=Mode.QUERY),
        Item("sum", "金额", Type.NUMERIC),
    ),
)


@pytest.mark.parametrize(
    ("until", "sum", "why"),
    [
        ("2031年12月", "", "VALUE_WITHOUT_DAY"),
        ("2031.12", "", "VALUE_WITHOUT_DAY"),
        ("长久", "", None),
        ("永久", "", "VALUE_WITHOUT_END"),
        ("", "3000万人民币", "VALUE_HAS_UNIT"),
        ("", "￥3,000元整", "VALUE_HAS_UNIT"),
        ("", "叁仟元", "VALUE_IN_WORDS"),
        ("", "－", "VALUE_PLACEHOLDER"),
        ("", "暂无", "VALUE_PLACEHOLDER"),
    ],
)
def test_39_and_40_what_is_in_the_way_of_a_date_or_a_number_is_told(
    until: str, sum: str, why: str | None, tmp_path: Path
) -> None:
    """That a month has no day and an amount a unit is told and not guessed: decision 0100 says why."""
    (tmp_path / "a.csv").write_text(f'k,until,sum\n1,{until},"{sum}"\n', encoding="utf-8")
    assert [each for _, each in taken(tmp_path / "a.csv", NUMBERS).faults] == [why or "VALUE_OF_OTHER_TYPE"]


def test_every_finding_is_answered_here_or_by_the_test_that_is_named() -> None:
    functions = [
        node.name for node in ast.parse(Path(__file__).read_text("utf-8")).body if isinstance(node, ast.FunctionDef)
    ]
    here = {part for name in functions for part in name.split("_") if part.isdigit() and len(part) == 2}
    assert here | set(ELSEWHERE) == CODES
    assert not here & set(ELSEWHERE)
    assert [told for told in ELSEWHERE.values() if not (TESTS / told.partition(": ")[0]).is_file()] == []
