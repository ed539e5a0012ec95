"""A file is told as what it is, whatever its name says: an old or locked workbook, a damaged one, none at all."""

import functools
import io
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
import xlsxwriter
from delivering import definition

from hutong.core.errors import Problem
from hutong.core.text import say
from hutong.plane.delivery import reading
from hutong.plane.delivery.reading import encodings, formats, header, workbook_guard

HEADER = [item.code for item in definition().items]
COMPOUND = bytes.fromhex("D0CF11E0A1B11AE1")
SHEET = "xl/worksheets/sheet1.xml"


@functools.cache
def workbook(**replaced: bytes) -> bytes:
    made = io.BytesIO()
    book = xlsxwriter.Workbook(made)
    book.add_worksheet().write_column(0, 0, [*HEADER, *map(str, range(9000))])
    book.close()
    if not replaced:
        return made.getvalue()
    again = io.BytesIO()
    with zipfile.ZipFile(made) as old, zipfile.ZipFile(again, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.infolist():
            new.writestr(part, replaced.get(Path(part.filename).stem) or old.read(part.filename))
    return again.getvalue()


def archive(*names: str) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as new:
        for name in names:
            new.writestr(name, "<a/>")
    return made.getvalue()


def flipped(content: bytes, name: str) -> bytes:
    """Return an archive in which one part's content is damaged."""
    with zipfile.ZipFile(io.BytesIO(content)) as made:
        part = made.getinfo(name)
    middle = part.header_offset + 30 + len(name) + part.compress_size // 2
    return content[:middle] + bytes(byte ^ 0xFF for byte in content[middle : middle + 40]) + content[middle + 40 :]


def refused(path: Path, read: Callable[[Path], object]) -> Problem:
    with pytest.raises(Problem) as raised:
        read(path)
    return raised.value


CASES = {
    "old": (lambda: COMPOUND + b"\0" * 600 + "Workbook".encode("utf-16-le"), formats.WorkbookOld, "另存为 .xlsx"),
    "locked": (lambda: COMPOUND + b"\0" * 600 + "EncryptedPackage".encode("utf-16-le"),
               formats.WorkbookLocked, "打开密码"),
    "half a workbook": (lambda: workbook()[:3000], workbook_guard.WorkbookTruncated, "部件清单"),
    "a workbook without its beginning": (lambda: b"\0\0\0\0" + workbook()[4:], workbook_guard.PartDamaged, "其中的 "),
    "a damaged part": (lambda: flipped(workbook(), SHEET), workbook_guard.PartDamaged, f"其中的 {SHEET} 已损坏"),
    "no XML": (lambda: workbook(styles=b"<a330523199001011234>"),
               workbook_guard.PartDamaged, "其中的 xl/styles.xml 已损坏"),
    "an archive": (lambda: archive("人口.csv"), workbook_guard.NoWorkbook, "压缩包请先解开"),
    "an empty archive": (lambda: archive(), workbook_guard.NoWorkbook, "ZIP"),
    "another spreadsheet": (lambda: archive("[Content_Types].xml", "xl/workbook.bin", "xl/theme/theme1.xml"),
                            workbook_guard.NoWorkbook, ".xlsb"),
    "a text document": (lambda: archive("[Content_Types].xml", "word/document.xml"), formats.FileIsOther, "文字文档"),
    "a presentation": (lambda: archive("[Content_Types].xml", "ppt/presentation.xml"), formats.FileIsOther, "演示文稿"),
    "a fixed document": (lambda: archive("OFD.xml", "Doc_0/Document.xml"), formats.FileIsOther, "版式文档"),
    "an open spreadsheet": (lambda: archive("mimetype", "content.xml"), formats.FileIsOther, "OpenDocument"),
    "an old document": (lambda: COMPOUND + b"\0" * 600 + "WordDocument".encode("utf-16-le"),
                        formats.FileIsOther, "文字文档"),
    "noise": (lambda: b"\x01\x00\xff\xfe" * 99, formats.FileUnrecognised, "可能已经损坏"),
    "text in UTF-16": (lambda: ",".join(HEADER).encode("utf-16") + b"\xff\xdf",
                       encodings.MarkedEncodingBroken, "UTF-16"),
}  # fmt: skip


@pytest.mark.parametrize("name", ["人口.csv", "人口.xlsx", "人口"])
@pytest.mark.parametrize("case", CASES)
def test_a_file_is_told_as_what_it_is_whatever_its_name(case: str, name: str, tmp_path: Path) -> None:
    content, kind, told = CASES[case]
    path = tmp_path / name
    path.write_bytes(content())
    for read in (reading.titles, lambda path: reading.open_(path, definition=definition())):
        problem = refused(path, read)
        said = say(problem, language="zh")
        assert type(problem) is kind
        assert name in said.message
        assert told in said.message + said.advice
        assert "330523199001011234" not in said.message


@pytest.mark.parametrize("said", ["csv", "parquet"])
def test_a_format_that_is_said_and_is_not_there_is_told(said: str, tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(workbook())
    problem = refused(tmp_path / "a", lambda path: reading.open_(path, definition=definition(), format=said))
    assert type(problem) is formats.FormatDiffers
    assert problem.facts == {"file": "a", "said": said, "found": "xlsx"}


def test_a_format_nobody_reads_is_told(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"")
    problem = refused(tmp_path / "a", lambda path: reading.open_(path, definition=definition(), format="xls"))
    assert type(problem) is formats.FormatUnknown


@pytest.mark.parametrize("name", ["a.xlsx", "A.XLS", "a.et"])
def test_text_that_goes_by_the_name_of_a_workbook_and_names_no_column_is_told_so(name: str, tmp_path: Path) -> None:
    (tmp_path / name).write_text("这是一份说明，不是表格。\n请见附件。\n", encoding="utf-8")
    with pytest.raises(formats.WorkbookIsText):
        reading.open_(tmp_path / name, definition=definition())
    (tmp_path / name).write_text("id\tname\nA1\t甲\n", encoding="utf-8")
    with pytest.raises(header.ColumnsMissing):  # it is a table, and what it lacks is told
        reading.open_(tmp_path / name, definition=definition())
