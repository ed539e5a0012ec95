"""Whether something was filled in."""

import unicodedata

_GAPS = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")
"""What Unicode has for letters and marks and nobody sees."""
_FREE = frozenset(map(chr, (0x2065, *range(0xFFF0, 0xFFF9), *range(0xE0000, 0xE1000))))
"""What Unicode keeps free for characters that nobody will see."""


def says_something(value: object) -> bool:
    """Return whether something was filled in: blanks are nothing, and so is a list of them or with one among others."""
    if isinstance(value, list | tuple):
        return bool(value) and all(map(says_something, value))
    return not is_blank(value) if isinstance(value, str) else bool(value)


def is_blank(text: str) -> bool:
    """Return whether nobody sees anything in a text: spaces, controls, characters of no width, marks on nothing."""
    return not any(map(_is_seen, text))


def _is_seen(character: str) -> bool:
    # Private ones are the rare Han characters of older systems, unknown ones those of a newer Unicode than ours. Half
    # of a pair is no text, and who wrote it has to be told so.
    kind = unicodedata.category(character)
    return (kind[0] in "LNPS" or kind in ("Co", "Cn", "Cs")) and character not in _GAPS and character not in _FREE
