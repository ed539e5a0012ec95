"""What a column of data is taken for until somebody says: its type, and whether it names persons or bodies."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from hutong.core import identifiers, normalise
from hutong.plane.definition import Rule, Type
from hutong.plane.values import FITS

_LOGICAL = frozenset({"是", "否", "true", "false"})
_WHOLE = re.compile(r"-?(?:0|[1-9][0-9]{0,9})")
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]{0,14})(?:\.[0-9]+)?")
_DAY = re.compile(r"(?:1[89]|20)[0-9]{2}.*", re.DOTALL)
"""How what is a day begins; a number of eight digits is one of these years, or none."""
_LONG = 5
"""Digits from which numbers that are all as long are codes, with which nobody reckons."""


@dataclass(frozen=True, slots=True)
class Guess:
    """The type a column seems to have, and the rule of identity that all its values keep."""

    type: Type
    rule: Rule | None = None


def of(values: Sequence[str]) -> Guess:
    """Return what the values of a column seem to be; texts where there are none, and where they are of two kinds."""
    said = [value.strip() for value in values if value.strip()]
    if not said:
        return Guess(Type.STRING)
    normal = [normalise.normalise(value).upper() for value in said]
    if all(map(identifiers.is_resident_number, normal)):
        return Guess(Type.STRING, Rule.RESIDENT_NUMBER)
    if all(map(identifiers.is_credit_code, normal)):
        return Guess(Type.STRING, Rule.CREDIT_CODE)
    if all(value.lower() in _LOGICAL for value in normal):
        return Guess(Type.LOGICAL)
    moment = Type.DATETIME if any(":" in value for value in normal) else Type.DATE
    written = [normalise.normalise(value, type=moment) for value in said]
    if all(FITS[moment](value) and _DAY.fullmatch(value) for value in written):
        return Guess(moment)
    if _are_codes(normal):
        return Guess(Type.STRING)
    if all(map(_WHOLE.fullmatch, normal)):
        return Guess(Type.INTEGER)
    return Guess(Type.NUMERIC if all(map(_NUMBER.fullmatch, normal)) else Type.STRING)


def _are_codes(values: Sequence[str]) -> bool:
    lengths = {len(value) for value in values}
    return len(lengths) == 1 and min(lengths) >= _LONG and all(value.isdigit() for value in values)
