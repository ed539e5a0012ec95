"""Where a cell of a workbook is: as one number in the order of the file, and as people write it."""

import re
from functools import lru_cache

from hutong.plane.delivery.reading.shaping import spreadsheet_column

_BITS = 14
MOST_COLUMNS = 1 << _BITS

PLACE = re.compile(r"\$?([A-Za-z]{1,3})\$?([0-9]{1,7})")


def place_of(row: int, column: int) -> int:
    """Return a cell's place as one number, in the order of the file."""
    return row << _BITS | column - 1


def row_of(place: int) -> int:
    """Return the row of a place."""
    return place >> _BITS


def column_in(place: int) -> int:
    """Return the column of a place, 1 is the first."""
    return (place & (1 << _BITS) - 1) + 1


def name_of(place: int) -> str:
    """Return a place as people write it."""
    return f"{spreadsheet_column(column_in(place) - 1)}{row_of(place)}"


def area_of(reference: str) -> tuple[int, int, int, int] | None:
    """Return the first row and column and the last of an area such as A1:B2; None where it is written otherwise."""
    ends = [PLACE.fullmatch(each) for each in reference.split(":")]
    if not 0 < len(ends) < 3 or not ends[0] or not ends[-1]:
        return None
    first, last = ends[0], ends[-1]
    return int(first[2]), column_of(first[1].upper()), int(last[2]), column_of(last[1].upper())


@lru_cache(maxsize=MOST_COLUMNS)
def column_of(letters: str) -> int:
    """Return the number of a column by its letters, 0 if they are none."""
    if not (0 < len(letters) < 4 and letters.isascii() and letters.isalpha() and letters.isupper()):
        return 0
    number = 0
    for letter in letters:
        number = 26 * number + ord(letter) - 64
    return number
