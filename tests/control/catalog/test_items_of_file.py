"""The items of an entry from a file: a list of items, or the header of a file of data with its types guessed."""

import io
from pathlib import Path

import pytest
import xlsxwriter

from hutong.control.catalog import items_of_file
from hutong.control.catalog.handing_in import SentFile
from hutong.core.errors import Problem
from hutong.plane.definition import Rule, Type

DATA = (
    "示范县婚姻登记情况表,,,,,,\n公民身份号码*,姓名,出生日期,子女数,金额（元）,邮政编码,是否有效\n"
    "110101190001010014,张三,1990年1月2日,2,12.50,313000,是\n110101190001010014,李四,1991-03-04,0,7,313001,否\n"
)


def sent(text: str, *, name: str = "表.csv", encoding: str = "utf-8") -> SentFile:
    return SentFile(name, [text.encode(encoding)])


def book(rows: list[list[object]]) -> SentFile:
    made = io.BytesIO()
    with xlsxwriter.Workbook(made, {"in_memory": True}) as workbook:
        sheet = workbook.add_worksheet("一")
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)
    return SentFile("表.xlsx", [made.getvalue()])


def refused(file: SentFile, folder: Path) -> Problem:
    with pytest.raises(Problem) as told:
        items_of_file.read(file, folder=folder)
    assert [*folder.iterdir()] == []
    return told.value


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "utf-16"])
def test_the_titles_of_a_file_of_data_are_items_and_their_types_are_guessed(encoding, tmp_path):
    found = items_of_file.read(sent(DATA, encoding=encoding), folder=tmp_path)
    assert [(row.said["code"], row.said["name"]) for row in found.rows] == [
        ("c1", "公民身份号码"), ("c2", "姓名"), ("c3", "出生日期"), ("c4", "子女数"), ("c5", "金额（元）"),
        ("c6", "邮政编码"), ("c7", "是否有效"),
    ]  # fmt: skip
    guesses = [row.guess.type for row in found.rows if row.guess]
    assert guesses == [
        Type.STRING, Type.STRING, Type.DATE, Type.INTEGER, Type.NUMERIC, Type.STRING, Type.LOGICAL,
    ]  # fmt: skip
    assert found.rows[0].guess.rule is Rule.RESIDENT_NUMBER
    assert (found.titles, found.looked_at, found.report.header_row, found.report.records) == ({}, 2, 2, 2)
    assert [*tmp_path.iterdir()] == []


def test_a_workbook_of_data_is_read_as_a_text_of_the_same_cells(tmp_path):
    rows = [line.split(",") for line in DATA.splitlines()]
    text, workbook = (items_of_file.read(file, folder=tmp_path).rows for file in (sent(DATA), book(rows)))
    assert text == workbook


def test_codes_stand_for_themselves_and_the_column_of_changes_is_no_item(tmp_path):
    found = items_of_file.read(sent("resident_number,_op,1st\n1,u,2\n"), folder=tmp_path)
    assert [row.said["code"] for row in found.rows] == ["resident_number", "c3"]


def test_a_list_of_items_is_known_by_its_titles_whoever_wrote_it(tmp_path):
    ours = items_of_file.read(sent("字段名,名称,类型,识别项\nnumber,登记字号,字符型,是\n"), folder=tmp_path)
    assert ours.rows[0].said == {"code": "number", "name": "登记字号", "type": "字符型", "key": "是"}
    listed = "序号,信息项名称,数据类型,数据长度,备注\n1,姓名,字符型C,50,无\n2,性别,C,2,\n"
    theirs = items_of_file.read(sent(f"婚姻登记信息项清单,,,,\n{listed}"), folder=tmp_path)
    assert [(row.row, row.said) for row in theirs.rows] == [
        (3, {"name": "姓名", "type": "字符型C", "length": "50"}), (4, {"name": "性别", "type": "C", "length": "2"}),
    ]  # fmt: skip
    assert theirs.left_out == ("序号", "备注")


def test_data_with_a_name_a_type_and_a_length_is_no_list_of_items(tmp_path):
    found = items_of_file.read(sent("名称,类型,长度\n人民路,城市道路,1200\n"), folder=tmp_path)
    assert [row.said["name"] for row in found.rows] == ["名称", "类型", "长度"]
    assert found.rows[2].guess.type is Type.INTEGER


@pytest.mark.parametrize(
    ("text", "code", "facts"),
    [
        ("a,b,a\n1,2,3\n", "TITLE_REPEATED", {"columns": "1, 3"}),
        ("张三,110101190001010014,110101190001010014\n李四,1,2\n", "TITLE_REPEATED", {"columns": "2, 3"}),
        ("110101190001010014,张三,2020-01-02\n110101190001010014,李四,2020-01-03\n", "TITLE_IS_VALUE",
         {"row": 1, "columns": "1, 3"}),
        ("字段名,名称\n", "NO_ITEMS_IN_FILE", {}),
        (",".join(f"c{number}" for number in range(601)) + "\n", "ITEMS_OF_FILE_TOO_MANY", {"number": 601}),
        ("字段名,名称\n" + "".join(f"a{n},甲{n}\n" for n in range(601)), "ITEMS_OF_FILE_TOO_MANY", {"number": 601}),
        ("字段名,名称,类型\na,甲,C\nb,乙,C\nc,丙,C\nd,丁,C,多,出\n", "LIST_ROWS_UNREADABLE", {"rows": "5"}),
        ("", "FILE_EMPTY", {}),
    ],
)  # fmt: skip
def test_a_file_that_names_no_items_is_refused_with_what_is_wrong(text, code, facts, tmp_path):
    problem = refused(sent(text), tmp_path)
    assert problem.code == code
    assert facts.items() <= problem.facts.items()
    assert "110101" not in str(problem)
