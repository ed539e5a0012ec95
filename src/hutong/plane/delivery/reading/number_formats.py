"""What a cell shows of the number in it, by its number format (ISO/IEC 29500-1, 18.8.30 and 18.8.31).

Only as much of the format language as tells whether a number is a day or a moment, and what is shown of it.
"""

import re
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache

_DAYS = 'yyyy"-"mm"-"dd'
_HOUR, _HOUR_HALF = 'h"时"mm"分"', '上午/下午h"时"mm"分"'
BUILT_IN: dict[int, str] = {
    1: "0", 2: "0.00", 3: "#,##0", 4: "#,##0.00", 9: "0%", 10: "0.00%", 11: "0.00E+00", 12: "# ?/?", 13: "# ??/??",
    14: _DAYS, 15: "d-mmm-yy", 16: "d-mmm", 17: "mmm-yy", 18: "h:mm AM/PM", 19: "h:mm:ss AM/PM", 20: "h:mm",
    21: "h:mm:ss", 22: "yyyy-m-d h:mm",
    27: 'yyyy"年"m"月"', 28: 'm"月"d"日"', 29: 'm"月"d"日"', 30: "m-d-yy", 31: 'yyyy"年"m"月"d"日"', 32: _HOUR,
    33: f'{_HOUR}ss"秒"', 34: _HOUR_HALF, 35: f'{_HOUR_HALF}ss"秒"', 36: 'yyyy"年"m"月"',
    37: "#,##0;-#,##0", 38: "#,##0;-#,##0", 39: "#,##0.00;-#,##0.00", 40: "#,##0.00;-#,##0.00",
    41: "#,##0;-#,##0;-", 42: "#,##0;-#,##0;-", 43: "#,##0.00;-#,##0.00;-", 44: "#,##0.00;-#,##0.00;-",
    45: "mm:ss", 46: "[h]:mm:ss", 47: "mm:ss.0", 48: "##0.0E+0", 49: "@",
    50: 'yyyy"年"m"月"', 51: 'm"月"d"日"', 52: 'yyyy"年"m"月"', 53: 'm"月"d"日"', 54: 'm"月"d"日"', 55: _HOUR_HALF,
    56: f'{_HOUR_HALF}ss"秒"', 57: 'yyyy"年"m"月"', 58: 'm"月"d"日"',
    71: "d/m/yyyy", 72: "d-mmm-yy", 73: "d-mmm", 74: "mmm-yy", 75: "h:mm", 76: "h:mm:ss", 77: "d/m/yyyy h:mm",
    78: "mm:ss", 79: "[h]:mm:ss", 80: "mm:ss.0", 81: "d/m/yyyy",
}  # fmt: skip
"""Formats by number, those above 26 as Chinese Excel and WPS have them; what is not here shows a number as it is."""

_TOKEN = re.compile(
    r'"(?P<quoted>[^"]*)"?|[\\!](?P<escaped>.)|[_*](?P<space>.)|\[(?P<bracket>[^\]]*)\]?'
    r"|(?P<half>am/pm|a/p|上午/下午)|(?P<general>general|g/通用格式)|(?P<exponent>(?<=[0#?.])e[+-])|(?P<date>[ymdhsgbe]+|a{3,4})"
    r"|(?P<number>[0#?.,%/])|(?P<text>@)|(?P<other>.)",
    re.I | re.S,
)
_ELAPSED = re.compile(r"h+|m+|s+", re.I)
_CONDITION = re.compile(r"(<=|>=|<>|<|>|=)(-?[0-9.]+)")
_COMPARED = {
    "<": lambda value, bound: value < bound, "<=": lambda value, bound: value <= bound,
    ">": lambda value, bound: value > bound, ">=": lambda value, bound: value >= bound,
    "=": lambda value, bound: value == bound, "<>": lambda value, bound: value != bound,
}  # fmt: skip
_MISLEADING = frozenset("十百千万亿兆.0123456789")
"""Beside a number these make another of it."""


TOO_LARGE = 1e15
"""From here on a number has more digits than a spreadsheet keeps."""


@dataclass(frozen=True, slots=True)
class FormatSection:
    """One of the parts of a format that `;` separates."""

    tokens: tuple[tuple[str, str], ...]
    """Kind (literal, number, date, elapsed, half, exponent, general, text) and what stands there."""
    condition: tuple[str, float] | None = None
    in_words: bool = False
    """Its digits are written as Chinese numerals."""

    @property
    def kinds(self) -> set[str]:
        """Return the kinds of its tokens."""
        return {kind for kind, _ in self.tokens}

    @property
    def dated(self) -> bool:
        """Whether it shows a day or a time."""
        return bool({"date", "elapsed"} & self.kinds)

    @property
    def literal(self) -> str:
        """Return what it shows beside the number."""
        return "".join(said for kind, said in self.tokens if kind == "literal")


@dataclass(frozen=True, slots=True)
class ShownNumber:
    """What is shown of a number: the text, where it can be told, and whether the whole number is in it."""

    text: str | None
    whole: bool


@dataclass(frozen=True, slots=True)
class NumberFormat:
    """A format, taken apart."""

    sections: tuple[FormatSection, ...]

    @property
    def dated(self) -> bool:
        """Whether a number is shown as a day, a moment or a time."""
        return bool(self.sections) and self.sections[0].dated

    @property
    def plain(self) -> bool:
        """Whether numbers and texts are shown as they are."""
        return all(section.kinds <= {"general", "text"} and len(section.tokens) == 1 for section in self.sections[:4])

    @property
    def elapsed(self) -> bool:
        """Whether hours, minutes or seconds are counted beyond a day."""
        return "elapsed" in self.sections[0].kinds

    @property
    def changes_texts(self) -> bool:
        """Whether a text is shown otherwise than as it is."""
        return self.shown_text("\0") != "\0"

    @property
    def zeros(self) -> int | None:
        """Return how many digits a whole number has at least, where nothing else is said of it."""
        tokens = self.sections[0].tokens
        same = len(self.sections) == 1 and not self.sections[0].condition and set(tokens) == {("number", "0")}
        return len(tokens) if same else None

    @property
    def decimals(self) -> int | None:
        """Return how many decimals are shown of every number, where nothing else makes another number of it."""
        found: set[int | None] = {_decimals(section) for section in self.sections[:3]}
        return found.pop() if len(found) == 1 else None

    def shows_days(self, *, time: int) -> bool:
        """Return whether a moment is shown whole, of which `time` are the seconds after midnight."""
        parts = _parts(self.sections[0])
        return {"y", "m", "d"} <= parts and _shows_time(parts, time)

    def shows_time(self, seconds: int) -> bool:
        """Return whether a time of day is shown whole."""
        return _shows_time(_parts(self.sections[0]), seconds)

    def shown(self, value: float) -> ShownNumber:
        """Return what is shown of a number that is no day."""
        section, signed = self._chosen(value)
        unsigned = signed and section is not None and not set("-(") & set(section.literal)
        if section is None:
            return ShownNumber(None, False)
        if {"general", "text"} & section.kinds:
            number = plain(abs(value) if signed else value)
            text = "".join(said if kind == "literal" else number for kind, said in section.tokens)
            return ShownNumber(text.strip(), whole=not unsigned and not _MISLEADING & set(section.literal))
        found = _number(section, abs(value) if signed else value)
        return ShownNumber(found.text, whole=False) if unsigned or found.text == "" else found

    def shown_text(self, value: str) -> str:
        """Return what is shown of a text."""
        section = next((each for each in self.sections if "text" in each.kinds), None)
        if section is None:
            return value if len(self.sections) < 4 else self.sections[3].literal
        return "".join(value if kind == "text" else said for kind, said in section.tokens)

    def _chosen(self, value: float) -> tuple[FormatSection | None, bool]:
        """Return the section that a number is shown by, and whether that shows the sign itself."""
        numbers = [each for each in self.sections[:3] if each.kinds != {"text"} or len(self.sections) == 1]
        for section in numbers:
            if section.condition:
                sign, bound = section.condition
                if _COMPARED[sign](value, bound):
                    return section, False
        if any(section.condition for section in numbers):
            return next((each for each in numbers if not each.condition), None), False
        if len(numbers) > 1 and value < 0:
            return numbers[1], True
        if len(numbers) > 2 and value == 0:
            return numbers[2], False
        return (numbers[0], False) if numbers else (None, False)


def plain(value: float) -> str:
    """Return a number with the digits a spreadsheet shows of it, without an exponent."""
    if value.is_integer() and abs(value) < TOO_LARGE:
        return str(int(value))
    if value != value or value in (float("inf"), float("-inf")):
        return str(value)
    return f"{Decimal(repr(value) if abs(value) >= TOO_LARGE else f'{value:.15g}'):f}"


GENERAL = NumberFormat((FormatSection((("general", ""),)),))


@lru_cache(maxsize=4096)
def of(code: str) -> NumberFormat:
    """Return the format that `code` writes; what is none shows numbers as they are."""
    sections: list[FormatSection] = []
    tokens: list[tuple[str, str]] = []
    condition: tuple[str, float] | None = None
    in_words = False
    for token in [*_TOKEN.finditer(code), None]:
        if token is None or token["other"] == ";":
            sections.append(FormatSection(tuple(tokens), condition, in_words))
            tokens, condition, in_words = [], None, False
            continue
        kind, said = token.lastgroup or "other", token.group(token.lastgroup or 0) or ""
        if kind == "bracket":
            if _ELAPSED.fullmatch(said):
                tokens.append(("elapsed", said.lower()))
            elif found := _CONDITION.fullmatch(said):
                condition = (found[1], float(found[2]))
            elif said.startswith("$"):
                tokens.append(("literal", said[1:].partition("-")[0]))
            in_words = in_words or said.upper().startswith("DBNUM")
        elif kind in ("quoted", "escaped", "other"):
            tokens.append(("literal", said))
        elif kind == "space":
            tokens.append(("literal", " " if token[0][0] == "_" else ""))
        elif kind in ("half", "date", "exponent"):
            tokens.append((kind, said.lower()))
        else:
            tokens.append((kind, said))
    return NumberFormat(tuple(sections)) if code else GENERAL


def _parts(section: FormatSection) -> set[str]:
    """Return what of a moment is shown: y, m, d, hours h, minutes n, seconds s."""
    found: set[str] = set()
    runs = [(kind, run) for kind, said in section.tokens if kind in ("date", "elapsed")
            for run in re.findall(r"(?:y|e)+|m+|d+|h+|s+|a+|[gb]+", said)]  # fmt: skip
    for place, (kind, run) in enumerate(runs):
        letter = "y" if run[0] in "ye" else run[0]
        before = runs[place - 1][1][0] if place else ""
        after = runs[place + 1][1][0] if place + 1 < len(runs) else ""
        if letter == "m" and (
            kind == "elapsed" or before == "h" or after == "s" or (before == "s" and "n" not in found)
        ):
            letter = "n"
        if letter in "yhs" or letter == "n" or len(run) < 3 or (letter == "m" and len(run) < 5):
            found.add(letter)
        if kind == "elapsed":
            found |= {"h"} | ({"n"} if letter in "ns" else set())
    return found


def _shows_time(parts: set[str], seconds: int) -> bool:
    wanted = {"h", "n", "s"} if seconds % 60 else {"h", "n"} if seconds % 3600 else {"h"} if seconds else set()
    return wanted <= parts


def _decimals(section: FormatSection) -> int | None:
    said = [text for kind, text in section.tokens if kind == "number"]
    if {"exponent", "general", "text"} & section.kinds or section.in_words or section.condition:
        return None
    if "%" in said or "/" in said or not said or said[-1] == "," or _MISLEADING & set(section.literal):
        return None
    point = said.index(".") if "." in said else len(said)
    return None if said[point - 1 : point] == [","] else len([each for each in said[point:] if each in "0#?"])


def _number(section: FormatSection, value: float) -> ShownNumber:
    """Return a number as a section with digits shows it; the text is None where it is not told here."""
    if {"exponent", "general"} & section.kinds or section.in_words or ("number", "/") in section.tokens:
        return ShownNumber(None, whole=False)
    digits = [(place, said) for place, (kind, said) in enumerate(section.tokens) if kind == "number" and said in "0#?"]
    if not digits:
        return ShownNumber(section.literal, whole=False)
    point = next((at for at, token in enumerate(section.tokens) if token == ("number", ".")), len(section.tokens))
    commas = [at for at, token in enumerate(section.tokens) if token == ("number", ",")]
    last = max((place for place, _ in digits if place < point), default=-1)
    scaled = sum(1 for at in commas if last < at <= point or at > digits[-1][0])
    percents = sum(1 for token in section.tokens if token == ("number", "%"))
    exact = Decimal(repr(value)).scaleb(2 * percents - 3 * scaled)
    decimals = [said for place, said in digits if place > point]
    rounded = abs(exact).quantize(Decimal(1).scaleb(-len(decimals)), ROUND_HALF_UP)
    whole_part, _, fraction = f"{rounded:f}".partition(".")
    text = ("-" if exact < 0 and rounded else "") + _filled(section, digits, point, whole_part, fraction)
    grouped = any(at < last for at in commas)
    same = rounded == abs(exact) and not (scaled or percents or _MISLEADING & set(section.literal))
    return ShownNumber(None if grouped else text, whole=same)


def _filled(section: FormatSection, digits: list[tuple[int, str]], point: int, whole_part: str, fraction: str) -> str:
    """Return the digits at their places among what else is shown."""
    put: dict[int, str] = {}
    before = [(place, said) for place, said in digits if place < point]
    rest = whole_part.lstrip("0")
    for place, said in reversed(before):
        put[place], rest = (rest[-1:], rest[:-1]) if rest else ({"0": "0", "?": " "}.get(said, ""), "")
    if before:
        put[before[0][0]] = rest + put[before[0][0]]
    kept = len(fraction.rstrip("0"))
    after = [(place, said) for place, said in digits if place > point]
    for at, (place, said) in enumerate(after):
        put[place] = fraction[at] if at < kept or said == "0" else " " if said == "?" else ""
    shown = []
    for place, (kind, said) in enumerate(section.tokens):
        if kind == "number":
            shown.append(put.get(place, said if said in "%." else ""))
        else:
            shown.append(said)
    return "".join(shown).strip()
