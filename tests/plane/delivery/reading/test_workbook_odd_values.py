"""A cell in which XML says its value otherwise than usual: it is read as it says, or the workbook is refused."""

from pathlib import Path

import pytest
import workbooks
from workbooks import sheet

from hutong.plane.definition import Definition, Item, Type
from hutong.plane.delivery import reading
from hutong.plane.delivery.reading import report, workbook_guard
from hutong.plane.delivery.reading.failures import FileBroken

ITEMS = (Item("code", "代码"), Item("amount", "金额", Type.NUMERIC))
DEFINITION = Definition("330/1", 1, "表", "91110101MA00000005", ("code",), ITEMS, personal=False)
HEADER = '<row r="1"><c r="A1" t="str"><v>code</v></c><c r="B1" t="str"><v>amount</v></c></row>'


def amounts(folder: Path, *cells: str, after: str = "", strings: str = "", styles: str = "") -> list[str | None]:
    """Return what is read of the second column, in which each of these cells stands."""
    lines = (
        f'<row r="{number}"><c r="A{number}" t="str"><v>a{number}</v></c>{cell.format(at=f"B{number}")}</row>'
        for number, cell in enumerate(cells, start=2)
    )
    more = {"strings": f'<sst xmlns="{workbooks.MAIN}">{strings}</sst>'} if strings else {}
    if styles:
        more["styled"] = styles
    workbooks.write(folder / "a.xlsx", {"表": sheet(HEADER + "".join(lines), after=after)}, **more)
    found = reading.open_(folder / "a.xlsx", definition=DEFINITION)
    return [value for block in found.blocks() for value in block.batch.column("amount").to_pylist()]


@pytest.mark.parametrize("value", ["12<!-- c -->34", "12<?x y?>34", "&#49;234", "12&#x33;4", "<!---->1234"])
def test_a_number_is_read_whole_whatever_stands_inside_of_it(tmp_path: Path, value: str) -> None:
    cell = f'<c r="{{at}}"><v>{value}</v></c>'
    assert amounts(tmp_path, '<c r="{at}"><v>1</v></c>', cell) == ["1", "1234"]
    assert amounts(tmp_path, *[cell] * 40) == ["1234"] * 40


@pytest.mark.parametrize("index", ["1<!-- c -->1", "&#49;1", "1<?x?>1"])
def test_a_shared_text_is_that_of_the_whole_number(tmp_path: Path, index: str) -> None:
    strings = "".join(f"<si><t>{number}</t></si>" for number in range(100, 120))
    assert amounts(tmp_path, f'<c r="{{at}}" t="s"><v>{index}</v></c>', strings=strings) == ["111"]


@pytest.mark.parametrize(
    "cell",
    [
        '<c r="{at}"><v>5</v><v>7</v></c>',
        '<c r="{at}"><v>5</v><extLst><ext><v>7</v></ext></extLst></c>',
        '<c r="{at}" t="inlineStr"><is><t>5</t></is><is><t>7</t></is></c>',
        '<c r="{at}" t="inlineStr"><v>5</v></c>',
        '<c r="{at}" xmlns:q="urn:q"><q:v>9</q:v><v>5</v></c>',
    ],
)
def test_a_cell_with_two_values_or_one_in_another_place_refuses_the_workbook(tmp_path: Path, cell: str) -> None:
    with pytest.raises(FileBroken):
        amounts(tmp_path, cell)
    with pytest.raises(FileBroken):  # among rows that are alike
        amounts(tmp_path, *['<c r="{at}"><v>1</v></c>'] * 40, cell)


def test_what_is_kept_of_a_sheet_is_bounded_also_where_its_cells_say_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workbook_guard, "MOST_CHANGES", 5)
    monkeypatch.setattr(workbook_guard, "MOST_MERGED", 3)
    monkeypatch.setattr(workbook_guard, "MOST_ELEMENTS", 40)
    several = '<c r="{at}"><v>1</v></c>'

    def merged(number: int) -> str:
        return "<mergeCells>" + '<mergeCell ref="C1:D1"/>' * number + "</mergeCells>"

    def formats(number: int) -> str:
        return f'<styleSheet xmlns="{workbooks.MAIN}"><cellXfs>{"<xf/>" * number}</cellXfs></styleSheet>'

    assert amounts(tmp_path, several, after=merged(3)) == ["1"]
    with pytest.raises(workbook_guard.PartTooLarge):
        amounts(tmp_path, several, after=merged(4))
    assert amounts(tmp_path, several, styles=formats(30)) == ["1"]
    with pytest.raises(workbook_guard.PartTooLarge):
        amounts(tmp_path, several, styles=formats(40))
    dated, changing = workbooks.styles(14, 10), ['<c r="{at}" s="1"/>', '<c r="{at}" s="2"/>']
    assert amounts(tmp_path, *changing * 3, styles=dated) == [None] * 6
    with pytest.raises(workbook_guard.PartTooLarge):
        amounts(tmp_path, *changing * 4, styles=dated)


def test_the_name_of_a_sheet_turns_no_sentence_round(tmp_path: Path) -> None:
    workbooks.write(tmp_path / "a.xlsx", {"甲\u202e乙": sheet(HEADER)})
    assert reading.open_(tmp_path / "a.xlsx", definition=DEFINITION).report.sheet == "甲\ufffd乙"


def test_hidden_rows_are_read_and_told(tmp_path: Path) -> None:
    """As rows are that a filter hides: whoever looks at the sheet takes them for not delivered."""
    lines = []
    for number in range(2, 42):
        hidden = ' hidden="1"' if number in (3, 30) or number > 39 else ""
        value = "" if number == 41 else f"<v>{number}</v>"
        lines.append(f'<row r="{number}" spans="1:2"{hidden}><c r="A{number}">{value}</c><c r="B{number}"/></row>')
    workbooks.write(tmp_path / "a.xlsx", {"表": sheet(HEADER + "".join(lines))})
    found = reading.open_(tmp_path / "a.xlsx", definition=DEFINITION)
    assert sum(block.batch.num_rows for block in found.blocks()) == 39
    assert (found.report.hidden.number, found.report.hidden.first) == (3, ("3", "30", "40"))
    assert found.report.noteworthy
    assert any("（如被筛选隐藏）" in line for line in report.told(found.report, "zh"))
