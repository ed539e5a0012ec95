import io
import mmap
import os
import random
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as parquet
import pytest
import xlsxwriter
from delivering import definition
from openpyxl import Workbook

from hutong.core.errors import Problem
from hutong.core.text import say
from hutong.plane.delivery import reading
from hutong.plane.delivery.blocks import UnreadableRow
from hutong.plane.delivery.reading import columnar, encodings, failures, unpacking, workbook_guard
from hutong.plane.delivery.reading.header import ColumnsWrong

HEADER = [item.code for item in definition().items]
LINE = ",".join(HEADER)
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


def read(path: Path, **more) -> tuple[list[tuple[int, dict]], list[UnreadableRow]]:
    rows, unreadable = [], []
    for block in reading.open_(path, definition=definition(), **more).blocks():
        rows += list(zip(block.numbers, block.batch.to_pylist(), strict=True))
        unreadable += block.unreadable
    return rows, unreadable


def text(path: Path, content: str, encoding: str = "utf-8") -> Path:
    path.write_bytes(content.encode(encoding))
    return path


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_reads_csv_in_the_encodings_offices_use(encoding: str, tmp_path: Path) -> None:
    path = text(tmp_path / "a.csv", f'{LINE}\r\nA1,张三,,"",1,"a ""b"",\r\n𠮷😀"\r\n', encoding)
    assert read(path)[0] == [
        (2, {"id": "A1", "name": "张三", "phone": None, "born": "", "amount": "1", "remark": 'a "b",\r\n𠮷😀'})
    ]


@pytest.mark.parametrize("ending", ["gz", "lz4", "zst"])
def test_a_text_is_read_as_text_whatever_its_name_ends_in(ending: str, tmp_path: Path) -> None:
    path = text(tmp_path / f"a.csv.{ending}", f"{LINE}\nA1,张三,,,,\n")
    assert read(path)[0][0][1]["id"] == "A1"


def test_the_header_may_name_items_in_any_order(tmp_path: Path) -> None:
    path = text(tmp_path / "a.csv", "姓名,证件号码,phone,出生日期,金额,备注\n张三,A1,,,,\n")
    assert read(path)[0][0][1]["id"] == "A1"


@pytest.mark.parametrize(
    ("header", "code", "told"),
    [
        (
            "id,id,name,born,amount,extra",
            "COLUMNS_WRONG",
            "\uff1a缺少 联系电话（phone）、备注（remark）\uff1b不在目录中的有 1 列\uff08第 6 列\uff09\u3002",
        ),
        ("id,name,phone,born,amount", "COLUMNS_MISSING", "\uff1a缺少 备注（remark）\u3002"),
        (f"{LINE},extra", "COLUMNS_UNKNOWN", "\uff1a不在目录中的有 1 列\uff08第 7 列\uff09\u3002"),
        (f"{LINE},name", "COLUMNS_REPEATED", "\uff1a重复 姓名（name）\u3002"),
    ],
)
def test_names_every_column_that_does_not_fit_and_no_fault_that_is_not_there(
    header: str, code: str, told: str, tmp_path: Path
) -> None:
    path = text(tmp_path / "a.csv", header + "\n")
    with pytest.raises(ColumnsWrong) as refused:
        read(path)
    assert refused.value.code == code
    assert say(refused.value, language="zh").message.endswith(told)


PERSON = ("张三", "330523199001011234")


def told(problem: Problem) -> str:
    """Return all that a refusal says anywhere."""
    said = [say(problem, language=language) for language in ("zh", "en")]
    return "".join([repr(problem), str(problem), *(one.message + one.advice for one in said)])


def test_a_file_without_header_tells_where_its_columns_are_and_nothing_of_its_first_row(tmp_path: Path) -> None:
    path = text(tmp_path / "a.csv", ",".join(PERSON) + ",13800000000,1990-01-01,1,id\n")
    with pytest.raises(ColumnsWrong) as refused:
        read(path)
    facts = refused.value.facts
    assert (str(facts["missing"]), facts["count"], facts["unknown"]) == (
        "姓名 (name), 联系电话 (phone), 出生日期 (born), 金额 (amount), 备注 (remark)",
        5,
        "1, 2, 3, 4, 5",
    )
    assert [value for value in (*PERSON, "13800000000") if value in told(refused.value)] == []


def cells(path: Path, *, cell: str) -> Path:
    """Make a workbook whose second row is `cell`."""
    header = "".join(f'<c t="inlineStr"><is><t>{name}</t></is></c>' for name in HEADER)
    sheet = (
        f'<worksheet xmlns="{MAIN}"><sheetData><row r="1">{header}</row><row r="2">{cell}</row></sheetData></worksheet>'
    )
    return workbook(path, replaced={"xl/worksheets/sheet1.xml": sheet.encode()})


QUOTED = "".join(PERSON)


@pytest.mark.parametrize(
    ("broken", "row"),
    [
        (lambda folder: text(folder / "a.csv", f'{LINE}\n"{QUOTED},' + "x\n" * 6_000_000), 1),
    ],
)
def test_a_broken_file_tells_its_place_and_quotes_nothing(
    broken: Callable[[Path], Path], row: int, tmp_path: Path
) -> None:
    path = broken(tmp_path)
    with pytest.raises((failures.FileBroken, failures.RowTooWide)) as refused:
        read(path)
    assert refused.value.facts["row"] == row
    assert [value for value in PERSON if value in told(refused.value)] == []


def test_a_column_of_another_type_tells_the_type_and_none_of_its_names(tmp_path: Path) -> None:
    table = pa.table({name: [{PERSON[0]: PERSON[1]}] for name in HEADER})
    with pytest.raises(columnar.ColumnUnreadable) as refused:
        read(pq(tmp_path / "a", table))
    assert refused.value.facts["type"] == "struct"
    assert [value for value in PERSON if value in told(refused.value)] == []


def test_a_number_that_is_no_day_is_not_written_to_the_log(tmp_path: Path) -> None:
    book = xlsxwriter.Workbook(tmp_path / "a.xlsx")
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, HEADER)
    sheet.write(1, 0, 330523199001011234, book.add_format({"num_format": "yyyy-mm-dd"}))
    book.close()
    script = "import sys; from pathlib import Path; from test_reading import read; read(Path(sys.argv[1]))"
    run = [sys.executable, "-c", script, str(tmp_path / "a.xlsx")]
    environ = {**os.environ, "PYTHONPATH": os.pathsep.join([str(Path(__file__).parent), *sys.path])}
    done = subprocess.run(run, capture_output=True, text=True, env=environ, check=True)
    assert done.stderr == ""


@pytest.mark.parametrize("content", ["", "\ufeff", "\n\n"])
def test_refuses_an_empty_file(content: str, tmp_path: Path) -> None:
    with pytest.raises(failures.FileEmpty):
        read(text(tmp_path / "a.csv", content))


def test_a_header_alone_is_no_rows(tmp_path: Path) -> None:
    assert read(text(tmp_path / "a.csv", LINE + "\n")) == ([], [])
    assert read(text(tmp_path / "a.csv", LINE)) == ([], [])


def test_names_the_line_of_a_broken_encoding(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(LINE.encode() + b"\n" + b"A1,x,,,,\n" * 200_000 + b"\xff\xff,x,,,,\n" + b"A1,x,,,,\n" * 9)
    with pytest.raises(encodings.EncodingBroken) as refused:
        read(path)
    assert refused.value.facts["line"] == 200_002


def test_a_lone_surrogate_in_utf8_is_a_broken_encoding(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(f"{LINE}\nA1,".encode() + b"\xed\xa0\x80" + b"\xff,,,,\n")
    with pytest.raises(encodings.EncodingBroken):
        read(path)


@pytest.mark.parametrize("before", [0, 5])
def test_refuses_a_line_over_a_mebibyte_with_its_number(before: int, tmp_path: Path) -> None:
    path = text(tmp_path / "a.csv", f"{LINE}\n" + "A1,x,,,,\n" * before + f"A2,{'x' * 10_000_000},,,,\n")
    with pytest.raises(encodings.LineTooLong) as refused:
        read(path)
    assert refused.value.facts["line"] == before + 2


def test_a_row_that_never_ends_is_refused(tmp_path: Path) -> None:
    path = text(tmp_path / "a.csv", f'{LINE}\nA1,"' + ("x" * 1000 + "\n") * 10_000 + '",,,,\n')
    with pytest.raises((failures.RowTooWide, failures.FileBroken)):
        read(path)


def test_ragged_rows_are_told_with_their_numbers_and_the_others_keep_theirs(tmp_path: Path) -> None:
    lines = ["A,x,,,,", "B,x,,", "C,x,,,,", "D,x,,,,,,y", "E,x,,,,", "F"]
    rows, unreadable = read(text(tmp_path / "a.csv", "\n".join([LINE, *lines]) + "\n"))
    assert [(number, row["id"]) for number, row in rows] == [(2, "A"), (4, "C"), (6, "E")]
    assert [(one.number, one.reason) for one in unreadable] == [(3, "ROW_RAGGED"), (5, "ROW_RAGGED"), (7, "ROW_RAGGED")]


def test_numbers_stay_right_over_many_blocks(tmp_path: Path) -> None:
    bad = set(random.Random(1).sample(range(2, 300_002), 500))
    lines = [f"{n}" if n in bad else f"{n},{'x' * 20},,,," for n in range(2, 300_002)]
    rows, unreadable = read(text(tmp_path / "a.csv", "\n".join([LINE, *lines])))
    assert all(str(number) == row["id"] for number, row in rows)
    assert {one.number for one in unreadable} == bad
    assert len(rows) + len(bad) == 300_000


def test_reads_parquet_and_arrow_of_any_type_as_text(tmp_path: Path) -> None:
    table = pa.table(
        {"id": ["A1", None], "name": pa.array(["张", "三"]).dictionary_encode(), "phone": [1, None],
         "born": [date(1990, 1, 2), None], "amount": [Decimal("1.50"), None], "remark": [True, None]}
    )  # fmt: skip
    parquet.write_table(table, tmp_path / "a.parquet")
    with pa.ipc.new_file(str(tmp_path / "a.arrow"), table.schema) as file:
        file.write_table(table)
    rows = [(2, {"id": "A1", "name": "张", "phone": "1", "born": "1990-01-02", "amount": "1.50", "remark": "true"}),
            (3, {"id": None, "name": "三", "phone": None, "born": None, "amount": None, "remark": None})]  # fmt: skip
    assert read(tmp_path / "a.parquet")[0] == rows
    assert read(tmp_path / "a.arrow")[0] == rows


@pytest.mark.parametrize(
    "kind", [pa.string(), pa.large_string(), pa.string_view(), pa.dictionary(pa.int8(), pa.string())]
)
def test_reads_text_however_arrow_keeps_it(kind: pa.DataType, tmp_path: Path) -> None:
    values = ["张", None, "x" * 100]
    table = pa.table({name: pa.array(values, pa.string()).cast(kind) for name in HEADER})
    with pa.ipc.new_file(str(tmp_path / "a.arrow"), table.schema) as file:
        file.write_table(table)
    parquet.write_table(table, tmp_path / "a.parquet")
    for name in ("a.arrow", "a.parquet"):
        assert [row["id"] for _, row in read(tmp_path / name)[0]] == values


@pytest.mark.parametrize("compression", ["none", "snappy", "zstd"])
@pytest.mark.parametrize("version", ["1.0", "2.0"])
@pytest.mark.parametrize("dictionary", [True, False])
def test_every_page_of_a_parquet_file_is_measured(
    compression: str, version: str, dictionary: bool, tmp_path: Path
) -> None:
    table = pa.table({name: [f"{name}{i % 500}" for i in range(9000)] for name in HEADER})
    parquet.write_table(table, tmp_path / "a", compression=compression, data_page_version=version,
                        use_dictionary=dictionary, row_group_size=4000, data_page_size=4096)  # fmt: skip
    metadata = parquet.ParquetFile(tmp_path / "a").metadata
    assert unpacking.parquet_rows(tmp_path / "a", metadata, most=1000) == 1000
    with (tmp_path / "a").open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        for group in range(metadata.num_row_groups):
            for place in range(metadata.num_columns):
                column = metadata.row_group(group).column(place)
                pages = list(unpacking._pages(tmp_path / "a", data, column))
                assert sum(page.values for page in pages if page.kind != 2) == column.num_values
                assert any(page.kind == 2 for page in pages) == dictionary
    assert [row["id"] for _, row in read(tmp_path / "a")[0]] == table["id"].to_pylist()


BIG = "x" * (1 << 20)


def repeated(rows: int) -> pa.Table:
    cells = pa.DictionaryArray.from_arrays(pa.array([0] * rows, pa.int32()), pa.array([BIG]))
    return pa.table({name: cells if name == "remark" else pa.array(["a"] * rows) for name in HEADER})


def plain(rows: int, *, noise: int = 0) -> pa.Table:
    made = random.Random(1)
    cells = [BIG[: -2 * noise or None] + made.randbytes(noise).hex() for _ in range(rows)]
    return pa.table({name: cells if name == "remark" else ["a"] * rows for name in HEADER})


def ipc(path: Path, table: pa.Table, *, compression: str | None = "zstd") -> Path:
    with pa.ipc.new_file(str(path), table.schema, options=pa.ipc.IpcWriteOptions(compression=compression)) as file:
        file.write_table(table)
    return path


def pq(path: Path, table: pa.Table, **more: object) -> Path:
    parquet.write_table(table, path, compression="zstd", **more)
    return path


@pytest.mark.parametrize("less", [8, pytest.param(1, marks=pytest.mark.full)], ids=["an eighth", "whole"])
@pytest.mark.parametrize(
    ("bomb", "refused"),
    [
        (lambda path, less: pq(path, repeated(100_000 // less)), unpacking.FileSuspicious),
        (lambda path, less: pq(path, plain(400 // less), use_dictionary=False), unpacking.FileSuspicious),
        (lambda path, less: pq(path, plain(200 // less), use_dictionary=False,
                               column_encoding={"remark": "DELTA_BYTE_ARRAY"}), unpacking.EncodingUnmeasured),
        (lambda path, less: ipc(path, repeated(20_000 // less)), unpacking.FileSuspicious),
        (lambda path, less: ipc(path, repeated(100_000 // less), compression=None), unpacking.FileSuspicious),
        (lambda path, less: ipc(path, plain(400 // less)), unpacking.FileSuspicious),
        (lambda path, less: ipc(path, plain(300 // less, noise=1 << 13)), unpacking.PieceTooLarge),
    ],
    ids=["dictionary", "plain", "deltas", "arrow dictionary", "unpacked arrow", "plain arrow", "one piece"],
)  # fmt: skip
def test_refuses_a_file_that_unpacks_beyond_measure_before_it_takes_the_memory(
    bomb: Callable[[Path, int], Path], refused: type[Exception], less: int, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    for bound in ("ALWAYS_FINE", "LARGEST_PIECE"):
        monkeypatch.setattr(unpacking, bound, getattr(unpacking, bound) // less)
    path = bomb(tmp_path / "bomb", less)
    pa.default_memory_pool().release_unused()
    before = pa.total_allocated_bytes()
    most = 0
    with pytest.raises(refused):
        for _ in reading.open_(path, definition=definition()).blocks():
            most = max(most, pa.total_allocated_bytes() - before)
    assert most < (300 << 20) // less


def test_large_cells_come_in_small_blocks(tmp_path: Path) -> None:
    data = random.Random(1).randbytes(1 << 19).hex()
    cells = [data[:-9] + f"{i:09}" for i in range(80)]
    table = pa.table({name: cells if name == "remark" else ["a"] * 80 for name in HEADER})
    for path in (ipc(tmp_path / "a", table), pq(tmp_path / "b", table)):
        found = [block.batch for block in reading.open_(path, definition=definition()).blocks()]
        assert sum(batch.num_rows for batch in found) == 80
        assert max(batch.nbytes for batch in found) < 9 << 20


def test_a_header_that_makes_no_sense_is_a_broken_file(tmp_path: Path) -> None:
    path = pq(tmp_path / "a", repeated(5), use_dictionary=False)
    data = bytearray(path.read_bytes())
    data[4:40] = b"\xff" * 36
    path.write_bytes(bytes(data))
    with pytest.raises(failures.FileBroken):
        read(path)


@pytest.mark.parametrize("content", [b"PAR1rubbish", b"ARROW1\x00\x00rubbish"])
def test_refuses_what_only_begins_like_a_format(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(content)
    with pytest.raises(failures.FileBroken):
        read(tmp_path / "a")


def test_refuses_a_column_that_is_no_text(tmp_path: Path) -> None:
    parquet.write_table(pa.table({name: [b"\xff"] for name in HEADER}), tmp_path / "a.parquet")
    with pytest.raises(columnar.ColumnUnreadable):
        read(tmp_path / "a.parquet")


def test_reads_a_workbook(tmp_path: Path) -> None:
    book = Workbook()
    sheet = book.active
    sheet.append(["证件号码", "姓名", "联系电话", "出生日期", "金额", "备注"])
    sheet.append(["A1", "张三", 13800000000, date(1990, 1, 2), 1.5, None])
    sheet.append([None] * 6)
    sheet.append(["A2", "😀𠮷", None, datetime(1990, 1, 2, 3, 4, 5), 2, True])
    sheet.append(["A3", "x", None, None, None, None, "beyond"])
    book.save(tmp_path / "a.xlsx")
    rows, unreadable = read(tmp_path / "a.xlsx")
    assert [(number, list(row.values())) for number, row in rows] == [
        (2, ["A1", "张三", "13800000000", "1990-01-02", "1.5", None]),
        (4, ["A2", "😀𠮷", None, "1990-01-02T03:04:05", "2", "TRUE"]),
    ]  # fmt: skip
    assert [(one.number, one.reason) for one in unreadable] == [(5, "ROW_RAGGED")]


def workbook(path: Path, *, replaced: dict[str, bytes]) -> Path:
    made = io.BytesIO()
    book = xlsxwriter.Workbook(made)
    book.add_worksheet().write_row(0, 0, HEADER)
    book.close()
    with zipfile.ZipFile(made) as old, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.infolist():
            new.writestr(part.filename, replaced.get(part.filename) or old.read(part.filename))
        for name in replaced.keys() - set(old.namelist()):
            new.writestr(name, replaced[name])
    return path


def test_reads_a_workbook_whatever_its_name(tmp_path: Path) -> None:
    path = cells(tmp_path / "delivery", cell='<c r="A2" t="str"><v>A1</v></c>')
    rows = [(2, dict.fromkeys(HEADER) | {"id": "A1"})]
    assert read(path)[0] == rows
    assert read(path, format="xlsx")[0] == rows
    assert reading.titles(path) == HEADER


def test_refuses_a_workbook_that_unpacks_beyond_measure(tmp_path: Path) -> None:
    path = workbook(tmp_path / "bomb.xlsx", replaced={"xl/bomb.xml": b" " * (200 << 20)})
    with pytest.raises(workbook_guard.WorkbookSuspicious):
        read(path)


def test_refuses_a_workbook_with_a_document_type(tmp_path: Path) -> None:
    xml = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "b">]><worksheet/>'
    with pytest.raises(workbook_guard.WorkbookDeclares):
        read(workbook(tmp_path / "dtd.xlsx", replaced={"xl/worksheets/sheet1.xml": xml}))


def sheet(path: Path, content: str, *, outside: str = "") -> Path:
    """Make a workbook of a header and what comes after it."""
    header = "".join(f'<c t="inlineStr"><is><t>{name}</t></is></c>' for name in HEADER)
    xml = f'<worksheet xmlns="{MAIN}"><sheetData><row r="1">{header}</row>{content}</sheetData>{outside}</worksheet>'
    return workbook(path, replaced={"xl/worksheets/sheet1.xml": xml.encode()})


FIRST = '<c r="A{0}" t="str"><v>a</v></c>'
MANY = 9999


@pytest.mark.parametrize(
    ("rows", "refused", "facts"),
    [
        ('<row r="2000000000"/>', workbook_guard.CellBeyondSheet, {"row": 2_000_000_000}),
        ('<row r="1048577"/>', workbook_guard.CellBeyondSheet, {"row": 1_048_577}),
        (f'<row r="10003">{FIRST.format(10_003)}</row>', workbook_guard.RowsMissing,
         {"row": 10_003, "missing": 10_001}),
        (f'<row r="10003"/><row r="10004">{FIRST.format(10_004)}</row>', workbook_guard.RowsMissing, {"row": 10_003}),
        ('<row r="2"><c r="XFE2"/></row>', workbook_guard.CellBeyondSheet, {"row": 2, "column": 16_385}),
        ('<row r="2"><c r="B5"/></row>', failures.FileBroken, {"row": 1}),
        (f'<row r="{MANY}"><c r="XFD{MANY}"><v>1</v></c></row>',
         workbook_guard.CellsMissing, {"row": MANY}),
        ('</sheetData><sheetData><row r="2"/>', failures.FileBroken, {"row": 1}),
        (f'<row r="2">{FIRST.format(2)}</row><row r="2">{FIRST.format(2)}</row>', failures.FileBroken, {"row": 2}),
        ('<row r="2"><c r="B2"/><c r="A2"/></row>', failures.FileBroken, {"row": 1}),
        ('<row r="\u4e8c"/>', failures.FileBroken, {"row": 1}),
    ],
)  # fmt: skip
def test_refuses_rows_and_cells_that_no_sheet_has_before_they_are_made(
    rows: str, refused: type[Problem], facts: dict[str, int], tmp_path: Path
) -> None:
    path = sheet(tmp_path / "a.xlsx", rows)
    begun = time.monotonic()
    with pytest.raises(refused) as problem:
        read(path)
    assert problem.value.facts | facts == problem.value.facts
    assert time.monotonic() - begun < 20


@pytest.fixture(params=[64, pytest.param(1, marks=pytest.mark.full)], ids=["a 64th of the bounds", "the bounds"])
def part(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> int:
    """How many times smaller the bounds on a workbook's parts are, and what is tried against them."""
    for bound in ("LARGEST_PIECE", "LARGEST_STRINGS", "MOST_STRINGS"):
        monkeypatch.setattr(workbook_guard, bound, getattr(workbook_guard, bound) // request.param)
    return request.param


def test_a_sheet_may_lack_rows_and_reach_as_far_as_sheets_do(tmp_path: Path) -> None:
    far = "".join(f'<row r="{n}.0">{FIRST.format(n)}</row>' for n in range(10_002, 1_048_577, 10_001))
    rows, _ = read(sheet(tmp_path / "a.xlsx", far, outside="<x/>" * 1000))
    assert [number for number, _ in rows] == list(range(10_002, 1_048_577, 10_001))


@pytest.mark.parametrize(
    "strings",
    [
        lambda part: "<si/>" * (3 * (1 << 20) // part + 1),
        lambda part: f"<si><t>{'x' * ((1 << 20) // part)}</t></si>" * 193,
        lambda part: f"<si><t>{'x' * ((17 << 20) // part)}</t></si>",
        lambda part: "<x/>" * ((5 << 20) // part),
    ],
    ids=["too many", "too much", "one too large", "what is none"],
)
def test_refuses_shared_strings_beyond_what_memory_is_for_them(
    strings: Callable[[int], str], part: int, tmp_path: Path
) -> None:
    xml = f'<sst xmlns="{MAIN}">{strings(part)}</sst>'.encode()
    noise = random.Random(1).randbytes(1 << 20)  # a file of a size at which it may unpack to as much
    path = workbook(tmp_path / "a.xlsx", replaced={"xl/sharedStrings.xml": xml, "xl/media/a.png": noise})
    with pytest.raises((workbook_guard.StringsTooLarge, workbook_guard.PartTooLarge)):
        read(path)


def test_a_document_type_is_seen_whatever_the_part_is_called(tmp_path: Path) -> None:
    xml = '<?xml version="1.0" encoding="utf-16"?><!DOCTYPE x [<!ENTITY a "b">]><worksheet/>'.encode("utf-16")
    with pytest.raises(workbook_guard.WorkbookDeclares):
        read(workbook(tmp_path / "dtd.xlsx", replaced={"xl/worksheets/sheet.bin": xml}))
