"""What is no table is told as what it is, and a table that begins far down is found: files of other programs."""

from pathlib import Path

import pytest
from workbooks import HEADER, cell, definition, letter, sheet, write

from hutong.core.errors import Problem
from hutong.core.text import say
from hutong.plane.delivery import reading
from hutong.plane.delivery.reading import encodings, formats

DBASE_FIELD = b"CODE".ljust(11, b"\0") + b"C" + bytes(20)
"""A field of a table of dBase."""
KINDS: dict[str, tuple[bytes, str]] = {
    "a table of FoxPro": (b"\x30\x7c\x01\x02\x03\0\0\0\x61\0\x05\0" + bytes(20) + DBASE_FIELD + b"\r 0001", ".dbf"),
    "a table of dBase III": (
        b"\x03\x7c\x0c\x1f\x01\0\0\0\x41\0\x05\0" + bytes(20) + DBASE_FIELD + b"\r 0001\x1a", ".dbf",
    ),
    "SPSS": (b"$FL2@(#) SPSS DATA FILE" + bytes(90), "SPSS"),
    "SAS": (bytes(12) + bytes.fromhex("c2ea8160b31411cfbd92080009c7318c181f1011") + bytes(90), "SAS"),
    "a transport file of SAS": (b"HEADER RECORD*******LIBRARY HEADER RECORD!!!!!!!" + b"0" * 30, "SAS"),
    "Stata": (b"<stata_dta><header><release>118</release>", "Stata"),
    "Stata before 13": (b"\x72\x02\x01\0" + bytes(90), "Stata"),
    "Avro": (b"Obj\x01\x04\x14avro.codec\x08null", "Avro"),
    "ORC": (b"ORC\x08\x03\x10\x00\x18", "ORC"),
    "SYLK": (b"ID;PWXL;N;E\r\nP;PGeneral\r\nC;Y1;X1;K\"code\"\r\nE\r\n", "SYLK"),
    "DIF": (b'TABLE\r\n0,1\r\n"EXCEL"\r\nVECTORS\r\n0,5\r\n""\r\n', "DIF"),
    "a script of MySQL": (b"-- MySQL dump 10.13\n--\n/*!40101 SET NAMES utf8 */;\nDROP TABLE IF EXISTS `t`;\n", "SQL"),
    "a script of SQL Server": (b"USE [population]\r\nGO\r\nINSERT [dbo].[t] ([code]) VALUES (1)\r\n", "SQL"),
    "statements": (b"insert into t (code, day, amount, note) values ('001', null, 1, null);\n", "SQL"),
    "a dump of PostgreSQL": (b"PGDMP\x01\x0e\0\x04\x08", "数据库"),
    "a dump of Oracle": (b"\x03\0\x54TEXPORT:V11.02.00", "数据库"),
    "a picture of a telephone": (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", "图片"),
    "a picture of the web": (b"RIFF\x24\0\0\0WEBPVP8 " + bytes(30), "图片"),
    "an archive of files": (b"a.csv".ljust(257, b"\0") + b"ustar  \0" + bytes(200), "压缩"),
    "XML behind a comment": (b"<!-- export -->\n<data>\n<row code='1'/>\n</data>", "XML"),
    "UTF-32": ("code,day,amount,note\n甲,,,\n".encode("utf-32"), "UTF-32"),
    "UTF-32 without a mark": ("code,day,amount,note\n甲,,,\n".encode("utf-32-le"), "UTF-32"),
    "UTF-32 the other way round": ("code,day,amount,note\n\U00020000,,,\n".encode("utf-32-be"), "UTF-32"),
}  # fmt: skip


def refused(path: Path, content: bytes) -> Problem:
    path.write_bytes(content)
    with pytest.raises(Problem) as raised:
        [*reading.open_(path, definition=definition()).blocks()]
    return raised.value


@pytest.mark.parametrize("name", ["a.csv", "a.xls", "数据"])
@pytest.mark.parametrize("case", KINDS)
def test_a_file_of_another_program_is_told_as_what_it_is(case: str, name: str, tmp_path: Path) -> None:
    content, told = KINDS[case]
    problem = refused(tmp_path / name, content)
    assert (problem.code, told in say(problem, language="zh").message) == ("FILE_IS_OTHER", True)


@pytest.mark.parametrize("begins", ["0900040002001000", "0902060000001000", "0904060000001000", "0908080000051000"])
def test_a_workbook_older_than_its_envelope_is_told_as_old(begins: str, tmp_path: Path) -> None:
    assert type(refused(tmp_path / "a.xls", bytes.fromhex(begins) + bytes(90))) is formats.WorkbookOld


@pytest.mark.parametrize("size", [12, 2_000])
def test_a_file_of_zeros_is_damaged_and_not_called_empty(size: int, tmp_path: Path) -> None:
    assert type(refused(tmp_path / "a.csv", bytes(size))) is formats.FileUnrecognised


@pytest.mark.parametrize(
    "first",
    ["use,day,amount,note\n", "create table,b\n1,2\n", "0\n\n\n", "BM,day\n", "ORC,day\n", "FEA1,day\n", "C\t\x0b\n"],
)
def test_text_that_begins_nearly_so_is_judged_by_its_columns(first: str, tmp_path: Path) -> None:
    assert refused(tmp_path / "a.csv", first.encode()).code in ("COLUMNS_WRONG", "COLUMNS_MISSING")


@pytest.mark.parametrize("ascii_rows", [0, 3, 5_000, 60_000])
@pytest.mark.parametrize(("first", "last"), [(1, 2), (0, 2), (2, 4), (1, 3), (0, 1)])
def test_a_character_cut_in_two_is_told_however_late_the_first_one_stands(
    ascii_rows: int, first: int, last: int, tmp_path: Path
) -> None:
    """What is left may be valid as GB18030 all the same: every value behind would be read as other characters."""
    plain = "".join(f"{number:06},2024-01-02,1,plain\n" for number in range(ascii_rows))
    text = f"{','.join(HEADER)}\n{plain}" + "".join(f"中{number},,,说明文字备注内容\n" for number in range(30))
    content = text.encode()
    at = content.index("文字".encode())
    cut = content[: at + first] + content[at + last :]
    assert refused(tmp_path / "a.csv", cut).facts["line"] == ascii_rows + 2


BIG5 = [("001", "東區衛生局", "臺灣省臺北市信義區"), ("002", "國民身分證", "說明")]
RARE = [("001", "李玥", "高珺"), ("002", "白玥", "百堃"), ("003", "安喆", "陈镕")]


def test_a_little_of_big5_below_codes_is_never_read_as_other_characters(tmp_path: Path) -> None:
    lines = "".join(f"{code},,1,{name}{note}\n" for code, name, note in BIG5)
    problem = refused(tmp_path / "a.csv", f"{','.join(HEADER)}\n{lines}".encode("big5"))
    assert "Big5" in say(problem, language="en").message


def test_a_few_rare_names_in_gb18030_are_those_names(tmp_path: Path) -> None:
    lines = "".join(f"{code},,1,{name}、{note}\n" for code, name, note in RARE)
    (tmp_path / "a.csv").write_bytes(f"{','.join(HEADER)}\n{lines}".encode("gb18030"))
    assert encodings.look(tmp_path / "a.csv").codec == "gb18030"
    (block,) = reading.open_(tmp_path / "a.csv", definition=definition()).blocks()
    assert block.batch.column("note").to_pylist() == [f"{name}、{note}" for _, name, note in RARE]


@pytest.mark.parametrize("empty", [49, 60, 400])
def test_a_table_far_below_the_first_row_is_found_in_both_forms(empty: int, tmp_path: Path) -> None:
    """Empty rows before the first that says something are no part of those among which the header is."""
    (tmp_path / "a.csv").write_text("\n" * empty + "登记表\n\n" + ",".join(HEADER) + "\n001,,1,\n", encoding="utf-8")
    head = "".join(cell(f"{letter(at)}{empty + 3}", name) for at, name in enumerate(HEADER))
    rows = (
        f'<row r="{empty + 1}">{cell(f"A{empty + 1}", "登记表")}</row><row r="{empty + 3}">{head}</row>'
        f'<row r="{empty + 4}">{cell(f"A{empty + 4}", "001")}{cell(f"C{empty + 4}", 1.0)}</row>'
    )
    for path in (tmp_path / "a.csv", write(tmp_path / "a.xlsx", {"一": sheet(rows)})):
        found = reading.open_(path, definition=definition())
        (block,) = found.blocks()
        assert (found.report.header_row, found.report.above, [*block.numbers]) == (empty + 3, 1, [empty + 4])
        assert block.batch.to_pylist() == [{"code": "001", "day": None, "amount": "1", "note": None}]
