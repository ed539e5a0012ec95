"""Text is read as people see it: any encoding, separator and line end, under titles, with empty rows and columns."""

import itertools
from pathlib import Path

import pytest

from hutong.core.errors import Problem
from hutong.core.text import say
from hutong.plane.definition import Definition, Item
from hutong.plane.delivery import reading
from hutong.plane.delivery.reading import csv, encodings, formats, shaping
from hutong.plane.delivery.reading.report import WhatWasRead

ITEMS = (Item("code", "编号"), Item("name", "名称"), Item("note", "备注"))
WANTED = Definition(code="1/1", version=1, name="x", provider="p", key=("code",), items=ITEMS)
ROWS = [["001", "甲一", "东"], ["002", "乙二", "西、南"], ["003", "丙三", ""]]


def read(path: Path, content: bytes) -> tuple[list[tuple[int, list[str | None]]], WhatWasRead]:
    path.write_bytes(content)
    found = reading.open_(path, definition=WANTED)
    rows = []
    for block in found.blocks():
        rows += list(zip(block.numbers, (list(row.values()) for row in block.batch.to_pylist()), strict=True))
        rows += [(each.number, [each.reason, each.shown]) for each in block.unreadable]
    return sorted(rows), found.report


def lines(separator: str = ",", end: str = "\r\n", header: str = "编号,名称,备注") -> str:
    return "".join(separator.join(row) + end for row in [header.split(","), *ROWS])


TAKEN = [(number, [cell or None for cell in row]) for number, row in enumerate(ROWS, start=2)]


@pytest.mark.parametrize("separator", [",", "\t", ";", "|", "，", "；"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-be"])
@pytest.mark.parametrize("end", ["\r\n", "\n", "\r"])
def test_every_encoding_separator_and_line_end_that_programs_write(
    separator: str, encoding: str, end: str, tmp_path: Path
) -> None:
    mark = "\ufeff" if encoding == "utf-16-be" else ""
    rows, report = read(tmp_path / "a", (mark + lines(separator, end)).encode(encoding))
    assert rows == TAKEN
    told = {"utf-8-sig": "utf-8 with a mark", "utf-16-be": "utf-16"}.get(encoding, encoding)
    assert (report.encoding, report.separator, report.lines, report.records) == (told, separator, 4, 3)
    assert reading.titles(tmp_path / "a") == ["编号", "名称", "备注"]


@pytest.mark.parametrize("mark", ["\ufeff", "\ufeff\ufeff", "\ufeff \ufeff"])
@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "utf-16-le"])
@pytest.mark.parametrize("header", ["code,name,note", " code ,\u200bname, note", '"code","name","note"'])
def test_marks_and_blanks_before_titles_are_no_part_of_them(
    mark: str, encoding: str, header: str, tmp_path: Path
) -> None:
    rows, _ = read(tmp_path / "a", (mark + lines(header=header)).encode(encoding))
    assert rows == TAKEN
    assert reading.titles(tmp_path / "a") == ["code", "name", "note"]


def test_the_header_is_the_first_line_that_says_something_and_rows_have_the_numbers_people_see(tmp_path: Path) -> None:
    content = "\r\n , ,\r\n\r\ncode,name,note\r\n\r\n001,甲,\r\n,,\r\n   \r\n002\r\n\t\r\n003,丙,x\r\n\r\n"
    rows, report = read(tmp_path / "a", content.encode())
    assert rows == [(6, ["001", "甲", None]), (9, ["ROW_RAGGED", "1 / 3"]), (11, ["003", "丙", "x"])]
    assert (report.header_row, report.above, report.lines, report.records, report.empty_rows) == (4, 0, 4, 3, 4)


def test_empty_lines_by_the_thousand_shift_no_number(tmp_path: Path) -> None:
    content = "code,name,note\n" + "".join(f"{n},甲,x\n" + "\n" * (n % 3) for n in range(100_000))
    rows, report = read(tmp_path / "a", content.encode())
    gaps = itertools.accumulate((n % 3 + 1 for n in range(100_000)), initial=2)
    assert [number for number, _ in rows] == [*gaps][:-1]
    assert report.empty_rows == sum(n % 3 for n in range(100_000))


@pytest.mark.parametrize(
    ("content", "taken"),
    [
        ("code,name,note,,\n001,甲,x,,\n002,乙,,,\n", [(2, ["001", "甲", "x"]), (3, ["002", "乙", None])]),
        ("code,name,note\n001,甲,x,,,\n002,乙,y\n", [(2, ["ROW_RAGGED", "6 / 3"]), (3, ["002", "乙", "y"])]),
        ("code,name,note\n001,甲,x,, ,\n002,乙,y,,,\n", [(2, ["001", "甲", "x"]), (3, ["002", "乙", "y"])]),
        (",,code,name,note\n,,001,甲,x\n,,002,乙,\n", [(2, ["001", "甲", "x"]), (3, ["002", "乙", None])]),
        ("code,name,,note\n001,甲,,x\n002,乙,,\n003,丙,?,z\n",
         [(2, ["001", "甲", "x"]), (3, ["002", "乙", None]), (4, ["ROW_RAGGED", "4 / 3"])]),
        ("code,name,note,\n001,甲,x,\n002,乙,y,z\n", [(2, ["001", "甲", "x"]), (3, ["ROW_RAGGED", "4 / 3"])]),
    ],
)  # fmt: skip
def test_empty_columns_are_left_out_and_what_stands_in_one_is_told(
    content: str, taken: list[tuple[int, list[str | None]]], tmp_path: Path
) -> None:
    assert read(tmp_path / "a", content.encode())[0] == taken


def test_a_column_without_a_title_that_is_filled_is_unknown(tmp_path: Path) -> None:
    with pytest.raises(Problem) as refused:
        read(tmp_path / "a", ",code,name,note\n0,001,甲,x\n1,002,乙,y\n".encode())
    assert refused.value.code == "COLUMNS_UNKNOWN"
    assert refused.value.facts["unknown"] == "1"


@pytest.mark.parametrize("quoted", [False, True])
def test_lines_that_end_in_cr_alone_are_read_however_many_there_are(quoted: bool, tmp_path: Path) -> None:
    first = '000000,"甲",x' if quoted else "000000,甲,x"
    content = "\r".join(["code,name,note", first, *(f"{n:06},某某镇某某村,备注" for n in range(1, 100_000))])
    assert len(content.encode()) > 2 << 20
    rows, report = read(tmp_path / "a", content.encode())
    assert (len(rows), rows[-1]) == (100_000, (100_001, ["099999", "某某镇某某村", "备注"]))
    assert report.lines == 100_001


def test_the_line_of_a_broken_encoding_is_counted_by_any_line_end(tmp_path: Path) -> None:
    for end in ("\r", "\n", "\r\n"):
        with pytest.raises(encodings.EncodingBroken) as refused:
            read(tmp_path / "a", lines(end=end).encode() + b"004,\xff\xff,")
        assert refused.value.facts["line"] == 5


@pytest.mark.parametrize("cut", [1, 2])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_a_character_cut_in_two_makes_no_other_text_of_a_file(cut: int, mark: bytes, tmp_path: Path) -> None:
    good = [f"{n:03},张三,某某村镇\n".encode() for n in range(50)]  # of an even number of characters each
    bad = "050,李四,某某村".encode()[:-cut] + "\n051,王五,某某\n".encode()
    content = mark + b"code,name,note\n" + b"".join(good) + bad
    if not mark and cut == 1:
        assert "寮" in content.decode("gb18030")  # all of it could be read as something else
    with pytest.raises(encodings.CharacterCut) as refused:
        read(tmp_path / "a", content)
    assert refused.value.facts["line"] == 52
    assert "第 52 行有一个汉字被截断" in say(refused.value, language="zh").message


def test_text_in_gb18030_is_not_taken_for_damaged_utf_8(tmp_path: Path) -> None:
    names = [f"{n:05},{chr(0x4E00 + n)}{chr(0x9FA0 - n)}," for n in range(20_000)]
    rows, report = read(tmp_path / "a", "\n".join(["code,name,note", *names]).encode("gb18030"))
    assert (len(rows), report.encoding) == (20_000, "gb18030")


MANY = "".join(f"{n:03},名稱{n}號的資料與說明,備註內容請參閱本縣政府公告及相關規定\n" for n in range(40))
OTHER = {
    "web page": (b"\xef\xbb\xbf\r\n<!-- x --><HTML xmlns:o='urn'><body><table><tr><td>code</td></tr></table>", "HTML"),
    "only a table": (b"<table border=1><tr><td>code,name,note</td></tr></table>", "HTML"),
    "web page in UTF-16": ("\ufeff<html><body>".encode("utf-16-le"), "HTML"),
    "spreadsheet of 2003": (b'<?xml version="1.0"?>\n<?mso-application progid="Excel.Sheet"?>\n<Workbook/>', "2003"),
    "without instruction": (b'<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"></Workbook>', "2003"),
    "XML": (b'<?xml version="1.0" encoding="UTF-8"?><rows><row code="001"/></rows>', "XML"),
    "JSON": (b' [ {"code": "001", "name": "x"} ]', "JSON"),
    "JSON in lines": (b'{"code":"001"}\n{"code":"002"}\n', "JSON"),
    "arrays": (b'[["code","name"],["001","x"]]', "JSON"),
    "RTF": (rb"{\rtf1\ansi code,name}", "RTF"),
    "PDF": (b"%PDF-1.7\ncode,name,note\n", "PDF"),
    "picture": (b"\x89PNG\r\n\x1a\n\0\0", "图片"),
    "photograph": (b"\xff\xd8\xff\xe0\0\x10JFIF", "图片"),
    "web page in one file": (b"MIME-Version: 1.0\r\nContent-Type: multipart/related;\r\n boundary=x\r\n\r\n", "MHTML"),
    "archive": (b"Rar!\x1a\x07\x01\0", "压缩"),
    "database": (b"SQLite format 3\0....", "数据库"),
    "Big5": (("編號,名稱,備註\n" + MANY).encode("big5"), "Big5"),
    "Big5 under codes": (("code,name,note\n" + MANY).encode("big5"), "Big5"),
    "UTF-16 without a mark": (lines().encode("utf-16-le"), "UTF-16"),
    "of codes alone": (b"code,name,note\n1,2,3\n".decode().encode("utf-16-be"), "UTF-16"),
}


@pytest.mark.parametrize("case", OTHER)
@pytest.mark.parametrize("said", [None, "csv"])
def test_what_is_no_table_is_called_by_its_name(case: str, said: str | None, tmp_path: Path) -> None:
    content, kind = OTHER[case]
    (tmp_path / "a.xls").write_bytes(content)
    for read in (
        lambda: reading.open_(tmp_path / "a.xls", definition=WANTED, format=said),
        lambda: reading.titles(tmp_path / "a.xls"),
    ):
        with pytest.raises(formats.FileIsOther) as refused:
            read()
        assert kind in say(refused.value, language="zh").message
        assert say(refused.value, language="en").message.startswith("a.xls is ")


def test_a_little_of_big5_is_told_where_its_header_makes_no_sense(tmp_path: Path) -> None:
    with pytest.raises(formats.FileIsOther):
        read(tmp_path / "a", "編號,名稱,備註\n001,與,容\n".encode("big5"))


@pytest.mark.parametrize(
    "first", ["<编号>,名称", "{code},name", "[code],[name]", "Date: x,name", "BM,name", "%PDF,x", "GIF,name", "II,MM"]
)
def test_a_header_that_begins_like_something_else_is_one_of_a_table(first: str, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(f"{first}\n001,x\n", encoding="utf-8")
    assert reading.titles(tmp_path / "a.csv") == [each.strip(" []") for each in first.split(",")]


def test_rare_names_in_gb18030_are_not_taken_for_big5(tmp_path: Path) -> None:
    names = "".join(f"{n:03},{chr(0x4E00 + n * 37)}{chr(0x6000 + n * 91)}㐂喆,\n" for n in range(200))
    rows, _ = read(tmp_path / "a", ("code,name,note\n" + names).encode("gb18030"))
    assert len(rows) == 200


def test_titles_of_a_table_stand_above_its_header(tmp_path: Path) -> None:
    content = "某某县登记情况,,\n填报单位：某某局,,2026年3月\n\n编号*,名称（必填）,备　注\n001,甲,x\n"
    rows, report = read(tmp_path / "a", content.encode())
    assert rows == [(5, ["001", "甲", "x"])]
    assert (report.header_row, report.above) == (4, 2)


def test_lines_and_rows_that_do_not_agree_are_taken_by_nobody(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(lines(), encoding="utf-8")
    found = reading.open_(path, definition=WANTED)
    with path.open("a", encoding="utf-8") as file:
        file.write("004,丁,x\n")
    with pytest.raises(csv.LinesUnreconciled) as refused:
        [*found.blocks()]
    assert refused.value.facts | {"lines": 3, "rows": 4} == refused.value.facts


def test_a_delivery_of_one_column_is_read(tmp_path: Path) -> None:
    wanted = Definition(code="1/1", version=1, name="x", provider="p", key=("code",), items=ITEMS[:1])
    (tmp_path / "a.csv").write_text("code\n001\n\n002\n", encoding="utf-8")
    blocks = [*reading.open_(tmp_path / "a.csv", definition=wanted).blocks()]
    assert [(each.numbers, each.batch.to_pylist()) for each in blocks] == [([2, 4], [{"code": "001"}, {"code": "002"}])]




@pytest.mark.parametrize("shift", range(4))
@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_a_line_end_between_two_pieces_is_one(shift: int, encoding: str, tmp_path: Path) -> None:
    records = [f"{'x' * (10 + shift)},,\r\n", *(f"{n:013},,\r\n" for n in range(shaping.BLOCK // 17 + 20))]
    assert len(records[1]) == 17
    padding = -(len(records[0]) + shaping.BLOCK // 17 * 17 - shaping.BLOCK) + shift
    records[0] = "x" * max(padding, 0) + records[0]
    rows, report = read(tmp_path / "a", ("编号,名称,备注\r\n" + "".join(records)).encode(encoding))
    assert (len(rows), report.empty_rows) == (len(records), 0)
    assert [number for number, _ in rows] == [*range(2, len(records) + 2)]


@pytest.mark.parametrize("form", ['="{}"', '"=""{}"""'])
def test_a_formula_that_holds_a_text_is_that_text_and_told(form: str, tmp_path: Path) -> None:
    wrapped = form.format
    content = "\n".join(
        [",".join(map(wrapped, ["code", "name", "note"])), ",".join(map(wrapped, ["001", "甲", ""])),
         f'{wrapped("0012")},"=1+1",="x"y']
    )  # fmt: skip
    rows, report = read(tmp_path / "a", content.encode())
    assert rows == [(2, ["001", "甲", ""]), (3, ["0012", "=1+1", '="x"y'])]
    assert (report.as_text.number, report.as_text.first) == (4, ("A2", "A3", "B2", "C2"))
    assert reading.titles(tmp_path / "a") == ["code", "name", "note"]


def test_what_programs_of_dos_write_at_the_end_is_no_record(tmp_path: Path) -> None:
    rows, report = read(tmp_path / "a", (lines() + "\x1a").encode("gb18030"))
    assert (rows, report.records, report.lines) == (TAKEN, 3, 4)


@pytest.mark.parametrize("separator", ["^", " ", "、", "\x01"])
def test_a_separator_that_is_not_read_is_told(separator: str, tmp_path: Path) -> None:
    with pytest.raises(Problem) as refused:
        read(tmp_path / "a", lines(separator).encode())
    assert "列之间请用逗号、制表符、分号或竖线分隔" in say(refused.value, language="zh").message
    assert "separate columns by commas, tabs, semicolons" in say(refused.value, language="en").message


def test_excels_word_for_its_separator_is_no_record(tmp_path: Path) -> None:
    rows, report = read(tmp_path / "a", ("sep=;\r\n" + lines(";")).encode())
    assert (len(rows), report.header_row, report.separator) == (3, 2, ";")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("编号,,名称\n1,,甲\n2,,乙\n", ["编号", "名称"]),
        (",编号,名称,,\n,1,甲,,\n,2,乙,,\n", ["编号", "名称"]),
        ("\t\t编号\t名称\n\t\t1\t甲\n", ["编号", "名称"]),
        ("一览表,,,\n,,,\n编号,,名称,\n1,,甲,\n", ["编号", "名称"]),
        ('"编号","","名称"\n"1","","甲"\n', ["编号", "名称"]),
    ],
)
def test_try_leaves_columns_without_a_title_out(text: str, found: list[str], tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(text, encoding="utf-8")
    assert reading.titles(path) == found
    items = tuple(Item(f"c{place}", title) for place, title in enumerate(found))
    wanted = Definition(code="1/1", version=1, name="x", provider="p", key=("c0",), items=items)
    blocks = reading.open_(path, definition=wanted).blocks()
    rows = [[*row.values()] for block in blocks for row in block.batch.to_pylist()]
    assert rows[0] == ["1", "甲"]
