"""A table handed out as CSV: streamed, its formulas harmless, its identifiers kept as text by a spreadsheet."""

import csv
import io
import re
from collections.abc import Iterable, Iterator

from django.http import StreamingHttpResponse

_FORMULA = re.compile(r"[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]")
"""With what a spreadsheet begins to reckon, narrow or wide."""
_IDENTIFIER = re.compile(r"0[0-9]+|[0-9]{12,}")
"""What a spreadsheet would take for a number and round, or strip of its zeros."""


def text(value: object) -> str:
    """Return a value as it stands in a cell: an apostrophe before a formula, a tab before an identifier of digits."""
    said = "" if value is None else str(value)
    if _FORMULA.match(said):
        return f"'{said}"
    return f"\t{said}" if _IDENTIFIER.fullmatch(said) else said


def lines(rows: Iterable[Iterable[object]]) -> Iterator[bytes]:
    """Yield the bytes of a CSV in UTF-8 with its mark, line by line."""
    line = io.StringIO()
    writer = csv.writer(line)
    yield b"\xef\xbb\xbf"
    for row in rows:
        writer.writerow([text(value) for value in row])
        yield line.getvalue().encode()
        line.seek(0)
        line.truncate()


def response(rows: Iterable[Iterable[object]], *, name: str) -> StreamingHttpResponse:
    """Return the answer that hands out a table as a file called `name`."""
    answer = StreamingHttpResponse(lines(rows), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
