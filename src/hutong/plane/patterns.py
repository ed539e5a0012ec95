"""Patterns of quality rules: what is written in a definition, and how rows are judged by it (SX-04-f)."""

import pyarrow as pa
import pyarrow.compute as pc


def whole(pattern: str) -> str:
    """Return the pattern that matches a value from its first character to its last, as rows are judged."""
    return rf"\A(?:{pattern})\z"


def pattern_fault(pattern: str) -> str:
    """Return what RE2, which judges rows by it, has against a pattern; nothing if it can be used.

    RE2 takes the same time whatever the row says; so it knows no look-around and no references back.
    """
    try:
        for one in (pattern, whole(pattern)):
            pc.match_substring_regex(pa.array([""]), one)
    except pa.ArrowInvalid as fault:
        return str(fault).partition(": ")[2]
    return ""
