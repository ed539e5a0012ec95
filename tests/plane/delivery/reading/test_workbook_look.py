"""The look through a sheet: what is where, and what the reader of values would pass over is written again for it."""

from pathlib import Path

import pytest
import workbooks
from python_calamine import CalamineWorkbook
from workbooks import rows, sheet

from hutong.plane.delivery import reading
from hutong.plane.delivery.reading import (
    number_formats,
    workbook_again,
    workbook_guard,
    workbook_look,
    workbook_parts,
    workbook_places,
    workbook_plain,
    workbook_texts,
    workbook_values,
)  # fmt: skip
from hutong.plane.delivery.reading.failures import FileBroken

STRINGS = f'<sst xmlns="{workbooks.MAIN}"><si><t>甲</t></si><si><r><t>乙</t></r><r><t xml:space="preserve"> 丙</t></r>\
<rPh sb="0" eb="1"><t>yi</t></rPh></si><si><t><![CDATA[<丁>]]></t></si></sst>'


def look(path: Path, content: str, *, styles: dict[str, int] | None = None, **more: object) -> workbook_look.SheetLook:
    workbooks.write(path / "a.xlsx", {"表": content}, strings=STRINGS)
    found = workbook_look.SheetLook(styles or {}, **{"uncomputed": False, **more})
    with workbook_guard.Archive(path / "a.xlsx") as archive:
        archive.look("xl/worksheets/sheet1.xml", found)
    return found


def names(places: object) -> list[str]:
    return [workbook_places.name_of(place) for place in places]


def test_formulas_without_a_value_and_errors_are_found(tmp_path: Path) -> None:
    line = ['<c r="{at}"><f>1+1</f></c>', '<c r="{at}"><f>1</f><v/></c>', '<c r="{at}"><f>1</f><v>0</v></c>',
            '<c r="{at}" t="str"><f>""</f><v></v></c>', '<c r="{at}" t="e"><f>1/0</f><v>#DIV/0!</v></c>',
            '<c r="{at}" t="e"><v>#N/A</v></c>', '<c r="{at}"><f t="shared" si="0"/><v>7</v></c>']  # fmt: skip
    found = look(tmp_path, sheet(rows([line, line])))
    assert names(found.formulas) == ["A1", "B1", "A2", "B2"]
    assert names(found.errors) == ["E1", "F1", "E2", "F2"]
    assert not found.odd
    assert names(look(tmp_path, sheet(rows([line])), uncomputed=True).formulas) == ["A1", "B1", "C1"]


def test_formats_are_noted_by_column_and_merged_areas_by_their_ends(tmp_path: Path) -> None:
    content = rows([[(1.0, 1), (1.0, 2)], [(1.0, 1), (None, 1)], [1.0, (1.0, 2)], [(1.0, 1), 1.0]])
    found = look(tmp_path, sheet(content, after='<mergeCells><mergeCell ref="A1:B3"/></mergeCells>'),
                 styles={"1": 7, "2": 8})  # fmt: skip
    assert {column: list(runs) for column, runs in found.runs.items()} == {
        1: [1, 2, 7, 4, 4, 7], 2: [1, 1, 8, 2, 2, 7, 3, 3, 8],
    }  # fmt: skip
    assert found.merged == [(1, 1, 3, 2)]
    assert (found.rows, found.filled, found.last_row, found.last_column) == (4, 7, 4, 2)


@pytest.mark.parametrize(
    "content",
    [
        sheet('<row r="1"><c r="A1" t="str"><v><![CDATA[甲]]></v></c></row>'),
        sheet('<row r="1"><c r="$a$1" t="str"><v>甲</v></c></row>'),
        sheet('<row r="1.0"><c t="str"><v>甲</v></c></row>'),
        sheet('<row r="1"><c r="A1" t="str"><v>甲</v></c></row>', before='<dimension ref=""/>'),
        sheet(
            '<row r="1"><c r="A1" t="str"><v>甲</v></c></row>', after='<mergeCells><mergeCell ref="?"/></mergeCells>'
        ),
        sheet('<row r="1"><c r="A1" t="str"><v>甲</v></c><c r="B1" t="e"><v>#SPILL!</v></c></row>'),
    ],
)
def test_what_the_reader_of_values_does_not_understand_is_written_again(content: str, tmp_path: Path) -> None:
    assert look(tmp_path, content).odd
    with workbook_guard.Archive(tmp_path / "a.xlsx") as archive:
        parts = workbook_parts.book(archive)
        made = workbook_again.plain_sheet(archive, parts.sheets[0].part, parts.strings, number=3)
    assert next(CalamineWorkbook.from_filelike(made).get_sheet_by_index(0).iter_rows())[0] == "甲"


def test_shared_strings_are_the_same_when_they_are_written_again(tmp_path: Path) -> None:
    line = [f'<c r="{{at}}" t="s"><v>{place}</v></c>' for place in range(3)]
    look(tmp_path, sheet(rows([line])))
    with workbook_guard.Archive(tmp_path / "a.xlsx") as archive:
        strings = workbook_look.StringsLook()
        archive.look("xl/sharedStrings.xml", strings)
        assert (strings.number, strings.odd) == (3, True)
        made = workbook_again.plain_sheet(archive, "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml", number=3)
        assert [*CalamineWorkbook.from_filelike(made).get_sheet_by_index(0).iter_rows()] == [["甲", "乙 丙", "<丁>"]]
        with pytest.raises(workbook_look.WorkbookBroken):
            archive.look("xl/worksheets/sheet1.xml", workbook_plain.PlainSheet(2))


def test_texts_are_added_up_where_the_longest_would_be_too_much_in_every_cell(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    line = ['<c r="{at}" t="s"><v>0</v></c>'] * 9
    sheet_look = look(tmp_path, sheet(rows([line] * 30)))
    strings = workbook_look.StringsLook()
    with workbook_guard.Archive(tmp_path / "a.xlsx") as archive:
        archive.look("xl/sharedStrings.xml", strings)
        assert [*strings.sizes] == [len("<si><t>甲</t></si>".encode()), strings.longest]
        monkeypatch.setattr(workbook_guard, "LARGEST_SHEET", 270 * strings.sizes[0] + 1500)
        workbook_texts.refuse_large(archive, "xl/worksheets/sheet1.xml", sheet_look, strings)
        monkeypatch.setattr(workbook_guard, "LARGEST_SHEET", 269 * strings.sizes[0])
        with pytest.raises(workbook_guard.SheetTextsTooLarge):
            workbook_texts.refuse_large(archive, "xl/worksheets/sheet1.xml", sheet_look, strings)


def test_places_are_numbers_in_the_order_of_the_file() -> None:
    known = [(1, 1, "A1"), (1, 26, "Z1"), (1, 27, "AA1"), (2, 1, "A2"), (1_048_576, 16_384, "XFD1048576")]
    places = [workbook_places.place_of(row, column) for row, column, _ in known]
    assert places == sorted(places)
    for place, (row, column, name) in zip(places, known, strict=True):
        assert (workbook_places.row_of(place), workbook_places.column_in(place)) == (row, column)
        assert workbook_places.name_of(place) == name
    assert workbook_places.area_of("B2:$C$4") == (2, 2, 4, 3)
    assert workbook_places.area_of("B2") == (2, 2, 2, 2)
    assert workbook_places.area_of("B2:C3:D4") is None


def test_values_of_any_kind_stand_in_one_column() -> None:
    zeros = workbook_values.FormatRun(1, 3, number_formats.of("0000"))
    values = [1.5, 7.0, "x", "", True, 1e17, 12345678901234.5]
    found = workbook_values.column(values, [zeros], textual=True, since_1904=False)
    assert found.text.to_pylist() == ["1.5", "0007", "x", None, "TRUE", "100000000000000000", "12345678901234.5"]
    assert (found.differing, found.lost) == ([1], [5])


@pytest.mark.parametrize("number", [" 1 ", "\n  1\n", "1\t"])
def test_the_number_of_a_shared_string_may_stand_among_blanks(number: str, tmp_path: Path) -> None:
    """The reader of values would take the first string for it."""
    shared = [f'<c r="{{at}}" t="s"><v>{each}</v></c>' for each in ("0", number)]
    content = sheet(rows([["code", "note"], shared]))
    assert look(tmp_path, content).odd
    items = tuple(item for item in workbooks.ITEMS if item.code in ("code", "note"))
    (block,) = reading.open_(tmp_path / "a.xlsx", definition=workbooks.definition(items=items)).blocks()
    assert block.batch.to_pylist() == [{"code": "甲", "note": "乙 丙"}]


@pytest.mark.parametrize("number", ["1.0", "x", "-1", "３"])
def test_a_shared_string_of_no_number_is_a_broken_workbook_and_no_other_string(number: str, tmp_path: Path) -> None:
    shared = [f'<c r="{{at}}" t="s"><v>{each}</v></c>' for each in ("0", number)]
    look(tmp_path, sheet(rows([["code", "note"], shared])))
    items = tuple(item for item in workbooks.ITEMS if item.code in ("code", "note"))
    with pytest.raises(FileBroken):
        reading.open_(tmp_path / "a.xlsx", definition=workbooks.definition(items=items))
