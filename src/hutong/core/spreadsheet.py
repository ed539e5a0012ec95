"""Values as they stand in CSV that a spreadsheet opens: it reckons with none of them and takes none for a number."""

import re

_FORMULA = re.compile(r"[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]")
"""With what a spreadsheet begins to reckon when it reads CSV, narrow or wide."""
_IDENTIFIER = re.compile(r"0[0-9]+|[0-9]{12,}")
"""What a spreadsheet would take for a number in CSV and round, or strip of its zeros."""


def begins_a_formula(said: str) -> bool:
    """Return whether a spreadsheet that reads this in CSV reckons with it."""
    return _FORMULA.match(said) is not None


def text(value: object) -> str:
    """Return a value as it stands in CSV: an apostrophe before a formula, a tab before an identifier of digits."""
    said = "" if value is None else str(value)
    if begins_a_formula(said):
        return f"'{said}"
    return f"\t{said}" if _IDENTIFIER.fullmatch(said) else said
