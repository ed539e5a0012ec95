"""How much memory a full-size load takes: the loader and the processes it starts, together, at their highest."""

import json
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as parquet
import xlsxwriter

from benchmarks import county, machine
from benchmarks import place as places
from benchmarks.place import Place
from hutong.db.database import Database
from hutong.plane.delivery import ledger, loading
from hutong.plane.keys import Keyring

MOST = 1 << 30
"""Bytes the loader may take."""

_PAUSE_SECONDS = 0.02


def write(table: pa.Table, path: Path) -> Path:
    """Write a delivery in the format of its file's name: csv, parquet, arrow or xlsx."""
    if path.suffix == ".csv":
        return county.write(table, path)
    if path.suffix == ".parquet":
        parquet.write_table(table, path)
    elif path.suffix == ".arrow":
        with pa.ipc.new_file(str(path), table.schema) as file:
            file.write_table(table)
    else:
        _workbook(table, path)
    return path


def peak(place: Place, code: str, source: Path, *, key: str, rows: int) -> tuple[float, int]:
    """Load a snapshot in a process of its own; return the seconds and the most bytes it and its helpers took."""
    given = {
        "url": place.url,
        "keyring": str(place.folder / "keyring.json"),
        "source": str(source),
        "manifest": {
            "code": code,
            "key": key,
            "kind": "snapshot",
            "rows": rows,
            "sha256": places.sha256(source),
            "format": source.suffix[1:],
        },
    }
    command = [sys.executable, "-m", "benchmarks.memory"]
    began = time.perf_counter()
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(json.dumps(given))
        process.stdin.close()
        most = _watch(process.pid, until=lambda: process.poll() is not None)
        said = process.stdout.read()
    assert said.split() == ["loaded", str(rows)], said
    return time.perf_counter() - began, most


def _watch(pid: int, *, until: Callable[[], bool]) -> int:
    most = 0
    while not until():
        most = max(most, sum(resident(each) for each in machine.family(pid)))
        time.sleep(_PAUSE_SECONDS)
    return most


def resident(pid: int) -> int:
    """Return the bytes of memory a process holds; 0 where it has ended."""
    try:
        pages = Path(f"/proc/{pid}/statm").read_text().split()[1]
    except (OSError, IndexError):  # it has ended meanwhile
        return 0
    return int(pages) * 4096


def _workbook(table: pa.Table, path: Path) -> None:
    book = xlsxwriter.Workbook(str(path), {"constant_memory": True})
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, table.column_names)
    number = 1
    for batch in table.to_batches(max_chunksize=10_000):
        for row in zip(*(column.to_pylist() for column in batch.columns), strict=True):
            for place, cell in enumerate(row):
                sheet.write_string(number, place, str(cell))
            number += 1
    book.close()


def _load() -> None:
    """Load what is described on standard input."""
    given = json.load(sys.stdin)
    receipt = loading.load(
        Database(given["url"], role="plane"),
        source=Path(given["source"]),
        manifest=ledger.Manifest(**given["manifest"]),
        keyring=Keyring.load(Path(given["keyring"])),
        now=datetime.now(UTC),
        by="bench",
    )
    print(receipt.state, receipt.accepted)


if __name__ == "__main__":
    _load()
