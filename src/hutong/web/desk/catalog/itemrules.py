"""An item's quality rules as officers write and read them: one to a line or between semicolons.

A rule is its word, its value where it has one, and at the end the word for "only warn". A value that would be
read otherwise (it has a semicolon or a line break, ends in a space, ...) stands as a JSON string.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from hutong.core import normalise
from hutong.core.errors import Invalid, Judging
from hutong.core.labels import Both, Language
from hutong.plane import patterns, soundness
from hutong.plane.definition import OF_FILES, Rule, Type
from hutong.plane.values import NUMBERS


class RuleUnknown(Invalid):
    """{item}: there is no quality rule called {rule}."""


class RuleWithoutValue(Invalid):
    """{item}: the quality rule {rule} lacks its value."""


class RuleTakesNoValue(Invalid):
    """{item}: the quality rule {rule} takes no value, but {value} stands behind it."""


class RuleValueUnusable(Invalid):
    """{item}: the quality rule {rule} cannot be applied with the value {value}."""


@dataclass(frozen=True, slots=True)
class RuleKind:
    """How one rule is written: its word, an example value, what it asks."""

    rule: Rule
    word: Both
    example: str
    means: str


KINDS = (
    RuleKind(Rule.PATTERN, Both("格式", "pattern"), "^[0-9]{6}$", "整个值符合这一正则表达式"),
    RuleKind(Rule.ONE_OF, Both("取值范围", "listed"), "男|女", "值是所列之一，各值以竖线分隔"),
    RuleKind(Rule.MINIMUM, Both("最小", "min"), "0", "不小于这一数值或日期"),
    RuleKind(Rule.MAXIMUM, Both("最大", "max"), "120", "不大于这一数值或日期"),
    RuleKind(Rule.RESIDENT_NUMBER, Both("身份证号码", "resident_number"), "", "是正确的公民身份号码"),
    RuleKind(Rule.CREDIT_CODE, Both("统一社会信用代码", "credit_code"), "", "是正确的统一社会信用代码"),
    RuleKind(
        Rule.KINDS, Both("文件种类", "file_kinds"), "pdf|jpeg",
        "文件是所列种类之一，各种类以竖线分隔；是文件的信息项必写",
    ),
    RuleKind(Rule.MEGABYTES, Both("文件上限", "file_megabytes"), "20", "文件不大于这一兆字节数；是文件的信息项必写"),
    RuleKind(Rule.REGION_CODE, Both("行政区划代码", "region_code"), "", "是六位行政区划代码"),
)
WARN = Both("仅提示", "warn")
"""Behind a rule: a row that breaks it is kept and only counted (D-21)."""

_BY_WORD = {word: kind for kind in KINDS for word in (*kind.word, str(kind.rule))}
_BY_RULE = {kind.rule: kind for kind in KINDS}
_WORD = re.compile(r'([^\s;\uff1b:\uff1a"]+)[:\uff1a]?[^\S\r\n]*')
_PLAIN = re.compile(r"[^\r\n;\uff1b]*")
_BETWEEN = re.compile(r"[\s;\uff1b]*")
_SPECIAL = re.compile(r'[\x00-\x1f\x7f;\uff1b]|^"|^$|^\s|\s$')


def write(rules: Iterable[Mapping], *, language: Language) -> str:
    """Return rules, as an entry keeps them, in words that `read` reads as the same rules."""
    return "\n".join(_written(rule, language) for rule in rules)


def read(text: str, *, item: str, type: str) -> list[dict]:
    """Return the rules a text says, as an entry keeps them; `item` names the item in what is refused.

    Raises RuleUnknown, RuleWithoutValue, RuleTakesNoValue and RuleValueUnusable, or Faults of several.
    """
    judging, rules = Judging(), []
    with judging.of():
        for found in _split(text, item):
            with judging.of():
                rules.append(_checked(*found, item=item, type=type))
    judging.end()
    return rules


def _written(rule: Mapping, language: Language) -> str:
    kind, value = _BY_RULE[Rule(rule["rule"])], rule.get("argument", "")
    said = [kind.word[language]]
    if kind.example or value:
        doubtful = _SPECIAL.search(value) or value.split()[-1] in WARN
        said.append(json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f") if doubtful else value)
    if rule.get("warn"):
        said.append(WARN[language])
    return " ".join(said)


def _split(text: str, item: str) -> Iterator[tuple[str, str | None, bool]]:
    """Yield word, value and whether to warn of each rule; value None where nothing is written."""
    at = _BETWEEN.match(text).end()  # type: ignore[union-attr]
    while at < len(text):
        word = _WORD.match(text, at)
        if word is None:
            raise RuleUnknown(item=item, rule=_PLAIN.match(text, at)[0])  # type: ignore[index]
        at, value = word.end(), None
        if text.startswith('"', at):
            value, at = _quoted(text, at, item=item, rule=word[1])
        rest = _PLAIN.match(text, at)[0].strip()  # type: ignore[index]
        at = _BETWEEN.match(text, at + len(_PLAIN.match(text, at)[0])).end()  # type: ignore[union-attr,index]
        words = rest.split()
        warn = bool(words) and words[-1] in WARN
        if warn:
            rest = rest[: -len(words[-1])].rstrip()
        if value is not None and rest:
            raise RuleValueUnusable(item=item, rule=word[1], value=rest)
        yield word[1], rest or None if value is None else value, warn


def _quoted(text: str, at: int, *, item: str, rule: str) -> tuple[str, int]:
    try:
        value, end = json.JSONDecoder().raw_decode(text, at)
        value.encode()  # half of a surrogate pair can be written with a backslash
    except ValueError:
        raise RuleValueUnusable(item=item, rule=rule, value=_PLAIN.match(text, at)[0]) from None  # type: ignore[index]
    if "\0" in value:
        raise RuleValueUnusable(item=item, rule=rule, value=_PLAIN.match(text, at)[0])  # type: ignore[index]
    return value, end


def _checked(word: str, value: str | None, warn: bool, *, item: str, type: str) -> dict:
    kind = _BY_WORD.get(word)
    if kind is None:
        raise RuleUnknown(item=item, rule=word)
    if not kind.example and value is not None:
        raise RuleTakesNoValue(item=item, rule=word, value=value)
    if kind.example and value is None:
        raise RuleWithoutValue(item=item, rule=word)
    argument = value or ""
    if not _usable(kind.rule, argument, Type(type)):
        raise RuleValueUnusable(item=item, rule=word, value=argument)
    return {"rule": str(kind.rule), "argument": argument, "warn": warn}


def _usable(rule: Rule, argument: str, type: Type) -> bool:
    if rule is Rule.PATTERN:
        return not patterns.pattern_fault(argument)
    if rule in OF_FILES:
        return soundness.bounds_file(rule, argument)
    if rule in (Rule.MINIMUM, Rule.MAXIMUM):
        bound = normalise.normalise(argument, type=type)
        number, moment = re.fullmatch(r"-?[0-9]+(\.[0-9]+)?", bound) is not None, _is_moment(bound)
        if type in NUMBERS:
            return number
        return moment if type in (Type.DATE, Type.DATETIME) else number or moment
    return True


def _is_moment(text: str) -> bool:
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return text.isascii() and len(text) >= 10 and text[4] == "-"
