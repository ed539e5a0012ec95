"""Reading what is delivered: CSV, Excel, Parquet or Arrow into batches of text, never the whole file at once.

What is refused is told by place and number, never by what stands there: a header may be a row of values, and the
messages of libraries quote cells. A row has the number a person sees: the header is row 1 (Parquet and Arrow have
none; their first row is 2 all the same). The header names items by code or by name. Everything is read as text;
null and empty text differ.
"""

from collections.abc import Callable, Iterator
from pathlib import Path

from hutong.plane.definition import Definition
from hutong.plane.delivery.blocks import Block
from hutong.plane.delivery.reading import columnar, csv, formats, workbook
from hutong.plane.delivery.reading.failures import FileEmpty


def blocks(path: Path, *, definition: Definition, format: str | None = None, changes: bool = False) -> Iterator[Block]:
    """Yield the rows of `path`; `changes` asks for the column `_op` too. Raises a Malformed or TooLarge.

    Every fault of the file as a whole comes before the first block where it can be known then; encoding, line
    length and columns always can.
    """
    read = _READERS[formats.of(path, said=format)]
    if path.stat().st_size == 0:
        raise FileEmpty(file=path.name)
    return read(path, definition=definition, changes=changes)


def titles(path: Path) -> list[str]:
    """Return the column names of `path`, as they stand there; raises a Malformed or TooLarge."""
    if path.stat().st_size == 0:
        raise FileEmpty(file=path.name)
    format = formats.of(path)
    if format == "csv":
        return csv.titles(path)
    return workbook.titles(path) if format == "xlsx" else columnar.titles(path, format)


_READERS: dict[str, Callable[..., Iterator[Block]]] = {
    "csv": csv.blocks,
    "parquet": columnar.parquet_blocks,
    "arrow": columnar.arrow_blocks,
    "xlsx": workbook.blocks,
}
