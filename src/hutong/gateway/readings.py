"""What of a body or a parameter cannot be read, in both languages: the decoder says it in English alone."""

import re

from hutong.core import labels
from hutong.core.labels import Both

_SAID = (
    ("missing", r"Object missing required field `(?P<name>.*)`"),
    ("unknown", r"Object contains unknown field `(?P<name>.*)`"),
    ("other_type", r"Expected `(?P<wanted>.+?)`, got `(?P<found>.+)`"),
    ("length", r"Expected `(?P<wanted>\w+)` of (?:at least |at most )?length (?P<length>.+)"),
    ("bound", r"Expected `(?P<wanted>\w+)` (?P<bound>[<>]=? ?.+)"),
    ("pattern", r"Expected `str` matching regex (?P<pattern>.+)"),
    ("listed", r"Invalid enum value (?P<found>.+)"),
    ("malformed", r"JSON is malformed: .*\(byte (?P<byte>[0-9]+)\)"),
    ("truncated", r"Input data was truncated"),
    ("encoding", r".*(?:utf-8|UTF-8).*"),
)
"""Label of `reading` → how the decoder says it."""


def told(said: str) -> Both:
    """Return what the decoder said, and where."""
    what, _, place = said.partition(" - at `")
    for code, pattern in _SAID:
        if match := re.fullmatch(pattern, what, re.DOTALL):
            facts = {name: value[:200] for name, value in match.groupdict().items()}
            found = labels.both(f"reading.{code}", **facts)
            break
    else:
        found = labels.both("reading.other")
    return labels.both("reading.at", what=found, place=place.rstrip("`")[:200]) if place else found
