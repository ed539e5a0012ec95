"""Which passphrases are too easily guessed to keep the keys: whoever has the copy tries without end."""

import unicodedata
from itertools import pairwise

from hutong.core.blanks import is_blank
from hutong.core.errors import Refused

SHORTEST = 12
"""Characters, blanks not counted."""
FEWEST = 6
"""Different ones among them."""
_ROWS = ("`1234567890-=", "qwertyuiop[]\\", "asdfghjkl;'", "zxcvbnm,./")
"""Keys that lie side by side."""


class PassphraseTooShort(Refused):
    """The passphrase of officer {officer} is shorter than {shortest} characters; blanks do not count."""


class PassphraseWeak(Refused):
    """The passphrase of officer {officer} is easily guessed: a row, a repetition, digits alone, or the own name."""


def normal(passphrase: str) -> str:
    """Return a passphrase as every keyboard gives it."""
    return unicodedata.normalize("NFC", passphrase)


def check(passphrase: str, *, officer: str) -> None:
    """Refuse a passphrase that is too easily guessed; raises PassphraseTooShort and PassphraseWeak."""
    told = "".join(each for each in normal(passphrase).casefold() if not is_blank(each))
    if len(told) < SHORTEST:
        raise PassphraseTooShort(officer=officer, shortest=SHORTEST)
    own = [part for part in (officer.casefold(), *officer.casefold().split(".")) if len(part) > 2]
    rest = told
    for part in own:
        rest = rest.replace(part, "")
    repeated = told in (told + told)[1:-1]
    if told.isdecimal() or repeated or len(rest) < SHORTEST - FEWEST or min(len({*told}), len({*rest})) < FEWEST:
        raise PassphraseWeak(officer=officer)
    if sum(_side_by_side(*pair) for pair in pairwise(told)) > len(told) // 2:
        raise PassphraseWeak(officer=officer)


def _side_by_side(one: str, other: str) -> bool:
    """Return whether the second of two characters is the same as the first, or the next or the one before."""
    if one.isascii() and other.isascii() and abs(ord(one) - ord(other)) <= 1:
        return True
    return one == other or any(f"{one}{other}" in row or f"{other}{one}" in row for row in _ROWS)
