"""One written form for values that people would call the same, so that they compare as equal.

The tables below and `equal_characters.tsv` are the whole rule. Sealed stores keep digests of normalised values, so
any change makes a new `VERSION`; a store says which one it was made with, and is asked in that one. Normalising
twice changes nothing, and what an older version made comes to what the value itself comes to, save for spaces beside
signs of the private area. A value that cannot be read as its type is normalised as text: it then equals itself and
nothing well formed.

- Version 1: NFKC, folded letters, one kind of dot, dash, quote and space, nothing invisible.
- Version 2: radicals, strokes and characters that GB 18030 kept in the private area are the characters they stand
  for (D-26), and the apostrophe before a number, by which spreadsheets keep it as text, goes.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cache
from importlib import resources
from typing import NamedTuple

from hutong.core.beijing import BEIJING

VERSION = 2
VERSIONS = range(1, VERSION + 1)
"""Those a store may have been made with."""

MIDDLE_DOTS = "·•・‧∙⋅●⸱⦁◦∘⚫◉ᐧꞏ˙⸳᛫𐄁"
"""Written between the parts of a name; all become U+00B7."""

DASHES = "‐‑‒–—―−⁃⸺⸻"
"""All become the hyphen-minus."""

QUOTES = {"‘": "'", "’": "'", "‛": "'", "`": "'", "´": "'", "“": '"', "”": '"', "‟": '"', "„": '"', "‚": "'"}

SPACES = ((0x09, 0x0D), (0x1C, 0x20), (0x85, 0x85), (0xA0, 0xA0), (0x115F, 0x1160), (0x1680, 0x1680),
          (0x2000, 0x200A), (0x2028, 0x2029), (0x202F, 0x202F), (0x205F, 0x205F), (0x2800, 0x2800),
          (0x3000, 0x3000), (0x3164, 0x3164), (0xFFA0, 0xFFA0))  # fmt: skip
"""Ranges of what looks like a gap; each becomes one space."""

INVISIBLE = ((0x00, 0x08), (0x0E, 0x1B), (0x7F, 0x84), (0x86, 0x9F), (0xAD, 0xAD), (0x61C, 0x61C),
             (0x180B, 0x180F), (0x200B, 0x200F), (0x202A, 0x202E), (0x2060, 0x206F), (0xFE00, 0xFE0F),
             (0xFEFF, 0xFEFF), (0xFFF9, 0xFFFB), (0xE0000, 0xE0FFF))  # fmt: skip
"""Ranges of controls, marks of direction and variation selectors; all are left out."""

HAN = "々〇\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U0002f7ff\U0002fa20-\U000323af\ue000-\uf8ff"
"""Han characters, with the private area where older systems keep the rare ones of names. Spaces beside them
mean nothing (short names are often padded), and a full stop between two of them stands for a middle dot."""

LATE_HAN = "\ufa0e\ufa0f\ufa11\ufa13\ufa14\ufa1f\ufa21\ufa23\ufa24\ufa27-\ufa29"
"""Han characters among those for compatibility, which stand for no other; spaces beside them mean nothing from
version 2 on."""

TRUE = frozenset({"是", "真", "true", "t", "yes", "y", "1"})
FALSE = frozenset({"否", "假", "false", "f", "no", "n", "0"})

_MAP: dict[int, str | None] = {code: None for first, last in INVISIBLE for code in range(first, last + 1)}
_MAP |= {code: " " for first, last in SPACES for code in range(first, last + 1)}
_MAP |= dict.fromkeys(map(ord, MIDDLE_DOTS), "·") | dict.fromkeys(map(ord, DASHES), "-")
_MAP |= {ord(quote): plain for quote, plain in QUOTES.items()}


def _equals() -> list[tuple[int, int, int]]:
    """Return the characters that have another as their equal, that other, and from which version on (D-26)."""
    _, *lines = (resources.files("hutong.core") / "equal_characters.tsv").read_text("ascii").splitlines()
    found = [line.split("\t") for line in lines]
    return [(int(code, 16), int(equal, 16), int(form)) for code, equal, form, _ in found]


_EQUALS = _equals()
EQUALS = "".join(chr(code) for code, _, _ in _EQUALS) + "".join(
    chr(code)
    for code in (*range(0xF900, 0xFB00), *range(0x2F800, 0x2FA20))
    if unicodedata.normalize("NFKC", chr(code)) != chr(code)
)
"""The characters of which each is another one under a code point of its own."""


def _without_equals(characters: str) -> str:
    """Return a class whose last range is the private area without what has its equal elsewhere."""
    before, private, rest = characters.partition("\ue000-\uf8ff")
    assert private, "the private area is in it"
    inside = sorted(code for code, _, _ in _EQUALS if 0xE000 <= code <= 0xF8FF)
    starts, ends = [0xE000, *(code + 1 for code in inside)], [*(code - 1 for code in inside), 0xF8FF]
    ranges = [f"{chr(first)}-{chr(last)}" for first, last in zip(starts, ends, strict=True) if first <= last]
    return before + "".join(ranges) + rest


class _Form(NamedTuple):
    """What one version does beside NFKC and folding letters."""

    map: dict[int, str | None]
    gap: re.Pattern[str]
    stop: re.Pattern[str]
    left_out: re.Pattern[str] | None


def _form(version: int) -> _Form:
    han = HAN if version == 1 else HAN + LATE_HAN
    equal: dict[int, str | None] = {code: chr(other) for code, other, since in _EQUALS if since <= version}
    return _Form(
        _MAP | equal,
        re.compile(rf" +(?=[{han}·]|$)|(?<=[{han}·]) +|^ +"),
        re.compile(rf"(?<=[{han}])\.(?=[{han}])"),
        None if version == 1 else _APOSTROPHE,
    )


_APOSTROPHE = re.compile(r"^'+(?=[+-]?[0-9][0-9A-Za-z.,:/-]*$)")
"""What a spreadsheet writes before a number that is to stay text."""

SETTLED = rf"{_without_equals(HAN)}a-z0-9·()#_:;,-"
"""Characters, as a class of a regular expression; text of these alone is in its normal form in every version, which
most is. A to Z beside them only become small. It ends with a hyphen, so nothing may be written behind it in a class."""
_SETTLED = re.compile(rf"[{SETTLED}]*")
_SPACES = re.compile(r" {2,}")
_FORMS = {version: _form(version) for version in VERSIONS}

_NUMBER = re.compile(r"([+-]?)([0-9]+|[0-9]{1,3}(?:,[0-9]{3})+)?(?:\.([0-9]*))?(?:e([+-]?[0-9]{1,3}))?")
CANONICAL_NUMBER = r"-?[1-9][0-9]*(?:\.[0-9]*[1-9])?|-?0\.[0-9]*[1-9]|0"
"""A number that is in its normal form already, as a regular expression for the whole of it."""
_CANONICAL = re.compile(CANONICAL_NUMBER)
_CLOCK = re.compile(r"(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]")
_MONEY = re.compile(r"^(?:¥|rmb|cny) ?|(?: ?(?:rmb|cny|人民币)|元)$")
_DATE = r"(?:([0-9]{4})([0-9]{2})([0-9]{2})|([0-9]{4})([-/.年])([0-9]{1,2})([-/.月])([0-9]{1,2})日?)"
_TIME = r"(?:([0-9]{2})([0-9]{2})([0-9]{2})|([0-9]{1,2})[:时]([0-9]{1,2})(?:[:分]([0-9]{1,2})?)?秒?)"
_MOMENT = re.compile(
    rf"{_DATE}(?:(?:[t ]|(?<=日)|(?<=^[0-9]{{8}})){_TIME}"
    r"(?:\.([0-9]+))?(?: ?(z|[+-][0-9]{2}:?[0-9]{2}))?)?"
)


def normalise(text: str, *, type: str = "C", form: int = VERSION) -> str:
    """Return `text` in the one written form of item type `type`, a letter of the catalogue guide (B.1.2).

    `form` is one of VERSIONS. C, M and G: NFKC, folded letters, one kind of dot, dash, quote and space. N, Y, B, F and
    I: a plain decimal without superfluous zeros. D: `2026-01-05`. T: `2026-01-05T13:00:00`, Beijing time. L: `true` or
    `false`.
    """
    quick = _QUICK.get(type, _quick_text)(text)
    return _full(text, type, form) if quick is None else quick


def column(values: Iterable[str | None], *, type: str = "C", form: int = VERSION) -> list[str | None]:
    """Return each value normalised; None stays None."""
    quick = _QUICK.get(type, _quick_text)
    return [
        None if value is None else done if (done := quick(value)) is not None else _full(value, type, form)
        for value in values
    ]


def writings(text: str, *, type: str = "C", form: int = VERSION) -> list[str]:
    """Return ways to write `text`, all equal, the nearest first: itself, put right, in capitals, its normal form.

    Put right are width, spaces, marks, equal characters, and the apostrophe before a number; letters keep their case.
    """
    right = _APOSTROPHE.sub("", _text(text, form, fold=_as_they_are))
    return list(dict.fromkeys((text, right, right.translate(_CAPITALS), normalise(right, type=type, form=form))))


_CAPITALS = {small: small - 32 for small in range(ord("a"), ord("z") + 1)}


def _as_they_are(text: str) -> str:
    return text


def _full(text: str, type: str, form: int = VERSION) -> str:
    plain = _text(text, form)
    return plain if (read := _READ.get(type)) is None else read(plain)


def _quick_text(text: str) -> str | None:
    """Return what `_text` would for the plainest of texts, which most are; None for all others."""
    lower = text.lower()
    return lower if _SETTLED.fullmatch(lower) else None


def _quick_number(text: str) -> str | None:
    return text if _CANONICAL.fullmatch(text) else None


def _quick_date(text: str) -> str | None:
    return text if text in _days() else None


def _quick_datetime(text: str) -> str | None:
    if len(text) == 19 and text[10] in "T " and text[:10] in _days() and _CLOCK.fullmatch(text, 11):
        return f"{text[:10]}T{text[11:]}"
    return None


@cache
def _days() -> frozenset[str]:
    first = date(1800, 1, 1)
    return frozenset((first + timedelta(days=i)).isoformat() for i in range((date(2200, 1, 1) - first).days))


def _text(text: str, form: int, *, fold: Callable[[str], str] = str.casefold) -> str:
    rule = _FORMS[form]
    while not _SETTLED.fullmatch(text):
        before = text
        text = fold(unicodedata.normalize("NFKC", text.translate(rule.map)))
        text = unicodedata.normalize("NFKC", text).translate(rule.map)
        text = rule.stop.sub("·", rule.gap.sub("", _SPACES.sub(" ", text)))
        text = text if rule.left_out is None else rule.left_out.sub("", text)
        if text == before:
            break
    return text


def _number(text: str) -> str | None:
    found = _NUMBER.fullmatch(text)
    if not found or not (found[2] or found[3]):
        return None
    whole, fraction = (found[2] or "").replace(",", ""), found[3] or ""
    if found[4]:
        whole, _, fraction = f"{Decimal(f'{whole or 0}.{fraction or 0}e{found[4]}'):f}".partition(".")
    whole, fraction = whole.lstrip("0") or "0", fraction.rstrip("0")
    number = f"{whole}.{fraction}" if fraction else whole
    return f"-{number}" if found[1] == "-" and number != "0" else number


def _decimal(text: str) -> str:
    return text if (number := _number(text)) is None else number


def _currency(text: str) -> str:
    return text if (number := _number(_MONEY.sub("", text))) is None else number


def _read_moment(text: str) -> tuple[datetime, str] | None:
    """Return the moment in Beijing time and its fraction of a second, or None where `text` is none."""
    if not (f := _MOMENT.fullmatch(text)):
        return None
    if f[5] and f[5] + f[7] not in ("--", "//", "..", "年月"):
        return None
    try:
        day = date(int(f[1] or f[4]), int(f[2] or f[6]), int(f[3] or f[8]))
        moment = datetime(
            day.year,
            day.month,
            day.day,
            int(f[9] or f[12] or 0),
            int(f[10] or f[13] or 0),
            int(f[11] or f[14] or 0),
        )
        if f[16]:
            moment = datetime.strptime(
                f"{moment.isoformat()}{f[16].upper()}", "%Y-%m-%dT%H:%M:%S%z"
            ).astimezone(BEIJING)
    except (ValueError, OverflowError):
        return None
    return moment.replace(tzinfo=None), (f[15] or "").rstrip("0")


def _date(text: str) -> str:
    return read[0].date().isoformat() if (read := _read_moment(text)) else text


def _datetime(text: str) -> str:
    if not (read := _read_moment(text)):
        return text
    moment, fraction = read
    return moment.isoformat() + (f".{fraction}" if fraction else "")


def _logical(text: str) -> str:
    return "true" if text in TRUE else "false" if text in FALSE else text


_READ: dict[str, Callable[[str], str]] = {
    "N": _decimal, "B": _decimal, "F": _decimal, "I": _decimal, "Y": _currency,
    "D": _date, "T": _datetime, "L": _logical,
}  # fmt: skip

_QUICK: dict[str, Callable[[str], str | None]] = {
    "N": _quick_number, "B": _quick_number, "F": _quick_number, "I": _quick_number, "Y": _quick_number,
    "D": _quick_date, "T": _quick_datetime, "L": lambda text: None,
}  # fmt: skip
"""Shortcuts to the same result; L has none, since its words are read after folding."""
