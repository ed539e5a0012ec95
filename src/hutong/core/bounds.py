"""What every door takes of a text, a number and a day: what lies outside could not be kept, read back, shown or sorted.

Days have theirs in `beijing`, which knows where they begin. No door has bounds of its own.
"""

import re
from collections.abc import Mapping

from hutong.core.errors import Invalid, Malformed

UNUSABLE = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]"
)
"""Characters that PostgreSQL cannot keep, UTF-8 not write or nobody sees though others are shown otherwise by them:
controls but for tabs and the ends of lines, and what turns the direction of writing."""
_NUMBER = re.compile(r"-\d+-", re.ASCII)
_BREAKS = re.compile("[\t\n\r\u2028\u2029]")
LONGEST = 4000
"""Characters of a text."""
LENGTHS: Mapping[str, int] = {
    "name": 200, "code": 60, "system": 100, "role": 30, "officer": 150, "to": 150, "unit": 200, "action": 60, "no": 60,
    "id": 20, "key": 200, "department": 200, "address": 200, "mlps_no": 100, "public_key": 44, "service": 60,
    "item-code": 60, "item-name": 200, "abstract": 20_000, "item-rules": 20_000,
    "title": 200, "owner": 100, "phone": 40,
}  # fmt: skip
"""Field → characters it takes, where they are not LONGEST: what its column keeps."""
DIGITS = 10
"""Digits of the largest number."""
LARGEST = 2**31 - 1
"""The largest number a column keeps."""
NUMBERS: Mapping[str, int] = {
    **dict.fromkeys(("format", "method", "sharing_type", "update_cycle"), 99), "mlps_level": 5, "time_out": 2**15 - 1,
}  # fmt: skip
"""Field → the largest number it takes, where that is not LARGEST: what its column keeps, or its standard has."""


_SEVERAL_LINES = frozenset({"abstract", "item-rules"})
"""Fields of LENGTHS that have several lines; every other is one."""


class CharacterUnusable(Malformed):
    """{field} contains a character that is not taken: a control, or one that turns the direction of writing."""


class FieldTooLong(Invalid):
    """{field} has {length} characters; at most {most} are taken."""


def check_characters(text: str, *, field: str) -> None:
    """Refuse a text with a character that is not taken; raises CharacterUnusable."""
    if UNUSABLE.search(text) or UNUSABLE.search(field):
        raise CharacterUnusable(field=UNUSABLE.sub("?", field)[:100])


def check(text: str, *, field: str) -> None:
    """Refuse a text that is not kept as it is; raises CharacterUnusable and FieldTooLong.

    `field` may bear the number of a row, as item-3-code.
    """
    check_characters(text, field=field)
    kind = _NUMBER.sub("-", field, count=1)
    if kind in LENGTHS and kind not in _SEVERAL_LINES and _BREAKS.search(text):
        raise CharacterUnusable(field=field)
    most = LENGTHS.get(kind, LONGEST)
    if len(text) > most:
        raise FieldTooLong(field=field, length=len(text), most=most)


def check_all(given: Mapping[str, str]) -> None:
    """Refuse a text of a mapping by its name, as `check` does; raises CharacterUnusable and FieldTooLong."""
    for name, text in given.items():
        check(text, field=name)


def whole(given: str, *, field: str = "") -> int | None:
    """Return the whole number above zero that a text is, as large as the field takes; None for any other text."""
    if not given.isdecimal() or len(given) > DIGITS:
        return None
    found = int(given)
    return found if 0 < found <= NUMBERS.get(field, LARGEST) else None
