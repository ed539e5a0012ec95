import io
import random
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.csv as arrow_csv
import pyarrow.parquet as parquet
import pytest
import xlsxwriter

from hutong.plane.definition import Definition, Item, Mode
from hutong.plane.delivery import reading, spooling
from hutong.plane.delivery.preparing import Work
from hutong.plane.keys import Keyring

ITEMS = (Item("id", "键"), Item("remark", "备注", offered=Mode.SUBSCRIBE))
WIDE = 2000
SHEET = "xl/worksheets/sheet1.xml"


def rows(count: int) -> Iterator[pa.RecordBatch]:
    made = random.Random(1)
    for start in range(0, count, 5000):
        ids = [str(i) for i in range(start, min(start + 5000, count))]
        remarks = [made.randbytes(WIDE // 2).hex() for _ in ids]
        yield pa.record_batch([pa.array(ids), pa.array(remarks)], ["id", "remark"])


def csv(path: Path, batches: Iterator[pa.RecordBatch]) -> None:
    first = next(batches)
    with arrow_csv.CSVWriter(str(path), first.schema) as file:
        file.write_batch(first)
        for batch in batches:
            file.write_batch(batch)


def columnar(path: Path, batches: Iterator[pa.RecordBatch]) -> None:
    table = pa.Table.from_batches(batches)
    if path.suffix == ".parquet":
        parquet.write_table(table, path)
    else:
        with pa.ipc.new_file(str(path), table.schema, options=pa.ipc.IpcWriteOptions(compression="lz4")) as file:
            file.write_table(table, max_chunksize=5000)


def workbook(path: Path, batches: Iterator[pa.RecordBatch]) -> None:
    """Write rows into a workbook's sheet ourselves: xlsxwriter takes longer to write a cell than we to read it."""
    whole = io.BytesIO()
    with xlsxwriter.Workbook(whole, {"constant_memory": True}) as book:
        book.add_worksheet().write_row(0, 0, ["id", "remark"])
    with zipfile.ZipFile(whole) as made, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as kept:
        for name in made.namelist():
            if name != SHEET:
                kept.writestr(name, made.read(name))
        before, after = made.read(SHEET).split(b"</sheetData>")
        with kept.open(SHEET, "w") as sheet:
            sheet.write(before)
            for batch in batches:
                sheet.write("".join(map(a_row, *batch.to_pydict().values())).encode())
            sheet.write(b"</sheetData>" + after)


def a_row(id: str, remark: str) -> str:
    """Return a row of a sheet, after the header's."""
    cells = ((f"A{int(id) + 2}", f"{id}x"), (f"B{int(id) + 2}", remark))
    told = "".join(f'<c r="{place}" t="inlineStr"><is><t>{value}</t></is></c>' for place, value in cells)
    return f'<row r="{int(id) + 2}">{told}</row>'


def resident() -> int:
    """Bytes this process holds for itself; mapped files are not among them."""
    [line] = [one for one in Path("/proc/self/status").read_text().splitlines() if one.startswith("RssAnon")]
    return int(line.split()[1]) << 10


@pytest.mark.parametrize(
    ("name", "write", "count"),
    [
        ("a.csv", csv, 130_000),
        pytest.param("a.parquet", columnar, 140_000, marks=pytest.mark.full),
        ("a.arrow", columnar, 60_000),
        pytest.param("a.csv", csv, 200_000, marks=pytest.mark.full),
        pytest.param("a.parquet", columnar, 320_000, marks=pytest.mark.full),
        pytest.param("a.arrow", columnar, 80_000, marks=pytest.mark.full),
    ],
)
def test_a_file_is_never_in_memory_as_a_whole(
    name: str, write: Callable[[Path, Iterator[pa.RecordBatch]], None], count: int, tmp_path: Path
) -> None:
    assert highest(tmp_path, name, write, count=count) < 0.9 * count * WIDE


@pytest.mark.full
def test_a_workbook_is_in_memory_with_its_texts_a_few_times(tmp_path: Path) -> None:
    """Its sheet is there as a whole (decision 0101), which `workbook_guard.LARGEST_SHEET` bounds."""
    assert highest(tmp_path, "a.xlsx", workbook, count=70_000) < 5 * 70_000 * WIDE


def highest(folder: Path, name: str, write: Callable[[Path, Iterator[pa.RecordBatch]], None], *, count: int) -> int:
    """Return how many bytes more are held at once while a file of so many rows is read and spooled."""
    keys = Keyring.create(folder / "k").resource("r")
    work = Work(Definition("r", 1, "r", "p", ("id",), ITEMS), keys, changes=False)

    def of(count: int) -> int:
        write(folder / name, rows(count))
        pa.default_memory_pool().release_unused()
        most = before = resident()

        def look(_: int) -> None:
            nonlocal most
            most = max(most, resident())

        blocks = reading.open_(folder / name, definition=work.definition).blocks()
        spool = spooling.prepare(folder, blocks, work=work, progress=look)
        assert (spool.sent, spool.accepted) == (count, count)
        return most - before

    of(5000)  # what is there for good is there now
    return of(count)
