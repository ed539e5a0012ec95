"""A quotation mark that went astray never swallows a record: the file is refused with its line, or every row is there.

A cell in quotes that really has line breaks is taken.
"""

import csv
import io
import random
from collections.abc import Iterable
from pathlib import Path

import pytest
from delivering import definition
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from hutong.core.text import say
from hutong.plane.definition import Definition, Item
from hutong.plane.delivery import reading
from hutong.plane.delivery.reading import header, quotes

HEADER = ",".join(item.code for item in definition().items)


def plain(width: int) -> Definition:
    items = tuple(Item(f"c{place}", f"列{place}") for place in range(width))
    return Definition(code="1/1", version=1, name="x", provider="p", key=("c0",), items=items)


def read(path: Path, content: str, wanted: Definition | None = None) -> list[tuple[int, list[str | None]]]:
    path.write_bytes(content.encode())
    rows = []
    for block in reading.open_(path, definition=wanted or definition()).blocks():
        rows += list(zip(block.numbers, (list(row.values()) for row in block.batch.to_pylist()), strict=True))
        rows += [(each.number, [each.reason]) for each in block.unreadable]
    return sorted(rows)


def refused(path: Path, content: str, wanted: Definition | None = None) -> quotes.QuoteAstray:
    with pytest.raises(quotes.QuoteAstray) as raised:
        read(path, content, wanted)
    return raised.value


def records(count: int, **replaced: str) -> str:
    lines = [replaced.get(f"r{n}", f"A{n},张三,1380000,1990-01-02,{n},备注{n}") for n in range(1, count + 1)]
    return "\n".join([HEADER, *lines]) + "\n"


SHAPES = {
    "one at the begin of a cell": ({"r3": 'A3,"张三,1380000,1990-01-02,3,备注'}, 4, quotes.QuoteUnclosed),
    "one at the begin of a line": ({"r3": '"A3,张三,1380000,1990-01-02,3,备注'}, 4, quotes.QuoteUnclosed),
    "one at the last cell": ({"r3": 'A3,张三,1380000,1990-01-02,3,"备注'}, 4, quotes.QuoteUnclosed),
    "at the last line": ({"r9": 'A9,张三,1380000,1990-01-02,9,"备注'}, 10, quotes.QuoteUnclosed),
    "a lone mark": ({"r3": 'A3,张三,1380000,1990-01-02,3,"'}, 4, quotes.QuoteUnclosed),
    "two, both at the begin of a cell": (
        {"r3": 'A3,张三,1380000,1990-01-02,3,"备注', "r7": 'A7,"张三,1380000,1990-01-02,7,备注'},
        4,
        quotes.QuoteClosedWithin,
    ),
    "closed by a quoted cell of another record": (
        {"r3": 'A3,张三,1380000,1990-01-02,3,"备注', "r7": 'A7,"张,三",1380000,1990-01-02,7,备注'},
        4,
        quotes.QuoteClosedWithin,
    ),
    "closed at the end of a cell of the next record": (
        {"r3": 'A3,张三,1380000,1990-01-02,3,"备注', "r4": 'A4,张三,1380000,1990-01-02,4,备注"'},
        4,
        quotes.QuoteOverRecords,
    ),
    "closed at the end of a cell further below": (
        {"r3": 'A3,张三,"1380000,1990-01-02,3,备注', "r6": 'A6,张三,1380000",1990-01-02,6,备注'},
        4,
        quotes.QuoteOverRecords,
    ),
    "closed so that cells are missing": (
        {"r3": 'A3,"张三,1380000,1990-01-02,3,备注', "r5": 'A5,张三,1380000,1990-01-02,5,备注"'},
        4,
        quotes.QuoteOverRecords,
    ),
    "text after a quoted cell": ({"r3": 'A3,"张三"先生,1380000,1990-01-02,3,备注'}, 4, quotes.QuoteClosedWithin),
    "marks behind a backslash": ({"r3": 'A3,"张\\"三",1380000,1990-01-02,3,备注'}, 4, quotes.QuoteClosedWithin),
}


@pytest.mark.parametrize("shape", SHAPES)
def test_a_stray_mark_is_refused_with_its_line(shape: str, tmp_path: Path) -> None:
    replaced, line, kind = SHAPES[shape]
    problem = refused(tmp_path / "a.csv", records(9, **replaced))
    assert (type(problem), problem.facts["line"]) == (kind, line)
    for language in ("zh", "en"):
        assert str(line) in say(problem, language=language).message


@pytest.mark.parametrize("second", [15_000, None])
def test_of_twenty_thousand_records_none_vanishes(second: int | None, tmp_path: Path) -> None:
    replaced = {"r10": 'A10,张三,1380000,1990-01-02,10,"备注'}
    if second:
        replaced[f"r{second}"] = f'A{second},张三,1380000,1990-01-02,{second},"备注"'
    assert refused(tmp_path / "a.csv", records(20_000, **replaced)).facts["line"] == 11


def test_a_mark_that_never_ends_in_a_large_file_is_told_by_its_line(tmp_path: Path) -> None:
    problem = refused(tmp_path / "a.csv", records(120_000, r5='A5,张三,1380000,1990-01-02,5,"备注'))
    assert (type(problem), problem.facts["line"]) == (quotes.QuoteUnclosed, 6)


GENUINE = {
    "a line break": "第一行\n第二行",
    "many line breaks": "第一行\n\n第三行\n第四行，完\n",
    "the line ends of Windows": "第一行\r\n第二行\r\n",
    "marks inside": '他说"好"\n又说"不"',
    "some commas": "1, 2, 3\n4, 5",
    "nothing but breaks": "\n\n",
}


@pytest.mark.parametrize("cell", GENUINE.values(), ids=GENUINE)
@pytest.mark.parametrize("place", [1, 5])
@pytest.mark.parametrize("ending", ["\n", "\r\n"])
def test_a_quoted_cell_with_line_breaks_is_taken_as_it_stands(
    cell: str, place: int, ending: str, tmp_path: Path
) -> None:
    cells = ["A2", "张三", "1", "1990-01-02", "2", "备注"]
    cells[place] = cell
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator=ending).writerows(
        [HEADER.split(","), ["A1", "x", "1", "1990-01-02", "1", "y"], cells, ["A3", "", "1", "1990-01-02", "1", "y"]]
    )
    found = read(tmp_path / "a.csv", out.getvalue())
    assert found[1] == (3, cells)
    assert [number for number, _ in found] == [2, 3, 4]


def test_where_every_cell_is_quoted_lines_that_look_like_records_are_none(tmp_path: Path) -> None:
    cell = "x,y,z\n1,2,3\n4,5,6,7,8,9"
    rows = [["c0", "c1", "c2"], ["1", "a", cell], ["2", cell, ""], ["3", "", "b"]]
    content = written(rows, {"quoting": csv.QUOTE_ALL, "lineterminator": "\r\n"})
    assert read(tmp_path / "a.csv", content, plain(3)) == [*enumerate(rows[1:], start=2)]
    with pytest.raises(quotes.QuoteOverRecords):
        read(tmp_path / "a.csv", content.replace('"c0"', "c0"), plain(3))


def test_the_report_says_how_many_breaks_stand_inside_of_cells(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(records(3, r2='A2,"张\r\n三",1,1990-01-02,2,"备\n\n注"').encode())
    found = reading.open_(path, definition=definition())
    assert len([*found.blocks()]) == 1
    report = found.report
    assert (report.lines, report.records, report.broken_lines, report.empty_rows) == (7, 3, 3, 0)


def test_a_mark_inside_of_a_cell_is_a_character_like_any_other(tmp_path: Path) -> None:
    [row] = read(tmp_path / "a.csv", records(1, r1='A1,5" 管, "x",1990-01-02,1,12"'))
    assert row == (2, ["A1", '5" 管', ' "x"', "1990-01-02", "1", '12"'])


@pytest.mark.parametrize(
    "content",
    [
        'K1,"x\nK2",\nK3,y\n',
        'K1,x,"p,q"\nK2,"\n,甲\nK3,一\n二\n三",x\nK4,x,x\n',
        'K1,"5"" x,x\nK2,一\n二",a b\nK3,甲,x\n',
        '33-01,"甲,乙\n33-02,丙\n",丁\n33-03,x,y\n',
        '"K4,x,甲\nK5",x,"一\n二"\nK6,甲,12\n',
    ],
)
def test_what_two_stray_marks_join_is_refused(content: str, tmp_path: Path) -> None:
    width = content.splitlines()[-1].count(",") + 1
    titles = ",".join(f"c{place}" for place in range(width))
    refused(tmp_path / "a.csv", f"{titles}\n{content}", plain(width))


CELLS = st.text(st.sampled_from('ab,;\t|"\r\n 甲，\u2028\x85'), max_size=6)
DIALECTS = [
    {"delimiter": delimiter, "quoting": quoting, "lineterminator": end}
    for delimiter in (",", ";", "\t")
    for quoting in (csv.QUOTE_MINIMAL, csv.QUOTE_ALL, csv.QUOTE_NONNUMERIC)
    for end in ("\r\n", "\n")
]


def looks_like_records(row: list[str], separator: str) -> bool:
    """Whether a line of a cell has the separators of a record, or both lines have that the record is cut into."""
    for place, cell in enumerate(row):
        counts = [line.count(separator) for line in cell.replace("\r", "\n").split("\n")]
        joined = min(place + counts[0], counts[-1] + len(row) - 1 - place)
        if len(counts) > 1 and max([joined, *counts]) >= len(row) - 2:
            return True
    return False


def written(rows: Iterable[list[str]], dialect: dict) -> str:
    out = io.StringIO(newline="")
    csv.writer(out, **dialect).writerows(rows)
    return out.getvalue()


@settings(max_examples=300, deadline=None)
@given(
    st.integers(2, 7).flatmap(lambda w: st.lists(st.lists(CELLS, min_size=w, max_size=w), min_size=1, max_size=6)),
    st.sampled_from(DIALECTS),
    st.sampled_from(["utf-8", "utf-8-sig", "gb18030", "utf-16"]),
)
def test_what_a_program_wrote_is_read_back_exactly(tmp_path_factory, rows, dialect, encoding) -> None:
    width, separator = len(rows[0]), dialect["delimiter"]
    assume(not any(looks_like_records(row, separator) for row in rows))
    if dialect["lineterminator"] == "\n":  # Python puts a CR into quotes only where lines end with one
        rows = [[cell.replace("\r", "") for cell in row] for row in rows]
    rows = [[*row[:-1], f"{row[-1]}k"] for row in rows]
    path = tmp_path_factory.mktemp("a") / "a"
    titles = [f"列{place}" for place in range(width)]
    path.write_bytes(written([titles, *rows], dialect).encode(encoding))
    found = []
    for block in reading.open_(path, definition=plain(width)).blocks():
        assert block.unreadable == []
        found += [[cell or "" for cell in row.values()] for row in block.batch.to_pylist()]
        assert [rows[number - 2] for number in block.numbers] == found[-block.batch.num_rows :]
    assert found == rows


LINES = ['a,"b\nc",d', "a,b,c", 'a,"b,""c""\r\n",', '"a",,"\n"', "", 'x,"y']


@settings(max_examples=200, deadline=None)
@given(st.integers(1, 40), st.lists(st.sampled_from(LINES)))
def test_it_is_judged_alike_however_the_text_comes(size: int, lines: list[str]) -> None:
    text = "".join(f"{line}\r\n" for line in ["c0,c1,c2", *lines]).encode()
    layout = quotes.Layout(b",", 3, len("c0,c1,c2\r\n"))

    def judged(size: int) -> object:
        try:
            pieces = [text[at : at + size] for at in range(0, len(text), size)]
            return quotes.check(lambda: iter(pieces), layout, file="a")
        except quotes.QuoteAstray as astray:
            return astray.code, astray.facts

    assert judged(size) == judged(len(text))


@settings(max_examples=400, deadline=None)
@given(st.integers(2, 9), st.integers(2, 12), st.integers(0, 1 << 30))
def test_no_stray_or_lost_mark_loses_a_record_without_a_word(tmp_path_factory, width, count, seed) -> None:
    chance = random.Random(seed)
    fill = ["甲", "x", "12", "", "a b", "甲，乙", '5" x', "p,q", "一\n二", "一\r\n二\n三", "a, b\nc"]
    rows = [[f"K{n}", *(chance.choice(fill) for _ in range(width - 1))] for n in range(count)]
    quoting = chance.choice([csv.QUOTE_MINIMAL, csv.QUOTE_ALL])
    text = written(rows, {"quoting": quoting, "lineterminator": "\n"})
    for _ in range(chance.randint(1, 2)):
        marks = [at for at, character in enumerate(text) if character == '"']
        if marks and chance.random() < 0.5:
            at = chance.choice(marks)
            text = text[:at] + text[at + 1 :]
        else:
            at = chance.randrange(len(text) + 1)
            text = text[:at] + '"' + text[at:]
    titles = ",".join(f"c{place}" for place in range(width))
    path = tmp_path_factory.mktemp("a") / "a"
    try:
        found = read(path, f"{titles}\n{text}", plain(width))
    except (quotes.QuoteAstray, header.ColumnsWrong):  # the latter where a column came out of it in most rows
        return
    assert len(found) >= count
