"""`python -m benchmarks.reading`: files read into blocks, beside the bare reader of their format in the same run.

Nothing is checked nor sealed. Counted is the processor's time of this process, the least of three turns each.
Options: --rows (default 150,000), --only NAME (repeatable).
"""

import argparse
import csv
import io
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pyarrow.csv as arrow_csv
import xlsxwriter
from python_calamine import CalamineWorkbook

from hutong.plane.definition import Definition, Item
from hutong.plane.delivery import reading

COLUMNS = 8
TURNS = 3
WANTED = Definition(
    code="1/1",
    version=1,
    name="x",
    provider="p",
    key=("c0",),
    items=tuple(Item(f"c{place}", f"列{place}") for place in range(COLUMNS)),
)


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of file: how it is written, and how its bare reader reads it."""

    write: Callable[[Path, int], None]
    bare: Callable[[Path], int]
    """Returns the rows it read."""


def rows(count: int, *, remark: str = "某某县某某镇") -> Iterator[list[str]]:
    """Yield the header and `count` records."""
    yield [item.code for item in WANTED.items]
    for number in range(count):
        key = f"33052319900101{number:06}"
        yield [key, "张三", "男", "1990-01-02", "某某镇某某路12号", "13800000000", f"{number % 1000}.5", remark]


def text(
    *, encoding: str = "utf-8", separator: str = ",", quoting: int = csv.QUOTE_MINIMAL, remark: str = "某某县"
) -> Kind:
    """Return a kind of text, which Arrow reads."""

    def write(path: Path, count: int) -> None:
        made = io.StringIO(newline="")
        csv.writer(made, delimiter=separator, quoting=quoting).writerows(rows(count, remark=remark))  # type: ignore[arg-type]
        path.write_bytes(made.getvalue().encode(encoding))

    def bare(path: Path) -> int:
        table = arrow_csv.read_csv(
            path,
            read_options=arrow_csv.ReadOptions(use_threads=False, encoding=encoding),
            parse_options=arrow_csv.ParseOptions(delimiter=separator, newlines_in_values="\n" in remark),
            convert_options=arrow_csv.ConvertOptions(column_types={f"c{place}": "string" for place in range(COLUMNS)}),
        )
        return int(table.num_rows)

    return Kind(write, bare)


def workbook(*, inline: bool) -> Kind:
    """Return a kind of workbook, which calamine reads; with its texts in the sheet, or shared."""

    def write(path: Path, count: int) -> None:
        book = xlsxwriter.Workbook(path, {"constant_memory": inline})
        sheet, day = book.add_worksheet(), book.add_format({"num_format": "yyyy-mm-dd"})
        code = book.add_format({"num_format": "000000"})
        for number, (key, name, sex, _, road, phone, amount, place) in enumerate(rows(count)):
            if not number:
                sheet.write_row(0, 0, [item.code for item in WANTED.items])
                continue
            sheet.write_row(number, 0, [key, name, sex])
            sheet.write_number(number, 3, 20_000 + number % 20_000, day)
            sheet.write_string(number, 4, road)
            sheet.write_number(number, 5, int(phone))
            sheet.write_number(number, 6, float(amount), None)
            sheet.write_number(number, 7, len(place) + number % 900_000, code)
        book.close()

    def bare(path: Path) -> int:
        return sum(1 for _ in CalamineWorkbook.from_path(path).get_sheet_by_index(0).iter_rows()) - 1

    return Kind(write, bare)


KINDS = {
    "text without quotes": text(),
    "text, GB18030": text(encoding="gb18030"),
    "text, tabs, UTF-16": text(encoding="utf-16", separator="\t"),
    "text, a quoted cell a record": text(remark='他说"好", 某某'),
    "text, every cell quoted": text(quoting=csv.QUOTE_ALL),
    "text, two line breaks a record": text(remark="第一行\n第二行\n第三行"),
    "workbook, shared strings": workbook(inline=False),
    "workbook, strings in the sheet": workbook(inline=True),
}


def ours(path: Path) -> int:
    """Read a file as a delivery is read and return how many rows it has."""
    return sum(block.batch.num_rows for block in reading.open_(path, definition=WANTED).blocks())


def least(read: Callable[[Path], int], path: Path, count: int) -> float:
    """Return the seconds of the processor that one reading takes."""
    taken = []
    for _ in range(TURNS):
        begun = time.process_time()
        found = read(path)
        taken.append(time.process_time() - begun)
        assert found == count, (found, count)
    return min(taken)


def main() -> None:
    """Measure every kind and print a line for each."""
    reader = argparse.ArgumentParser(prog="python -m benchmarks.reading")
    reader.add_argument("--rows", type=int, default=150_000)
    reader.add_argument("--only", action="append", choices=list(KINDS))
    given = reader.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "delivered"
        for name, kind in KINDS.items():
            if given.only and name not in given.only:
                continue
            kind.write(path, given.rows)
            bare, mine = least(kind.bare, path, given.rows), least(ours, path, given.rows)
            size = path.stat().st_size / 1e6
            print(
                f"{name:32} {size:6.1f} MB  bare {bare:6.3f} s  Hutong {mine:6.3f} s  {mine / bare:5.2f}x", flush=True
            )


if __name__ == "__main__":
    main()
