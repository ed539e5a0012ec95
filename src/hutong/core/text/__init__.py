"""What people read when something is refused: code → Chinese and English.

Each `.toml` file beside this module holds one room's codes::

    [QUOTA_SPENT]
    zh = "授权 {grant} 今日额度 {quota} 次已用完。"
    do_zh = "请于次日再试,或由使用方申请调整额度。"
    do_en = "Try again tomorrow, or apply for a larger quota."

The English message is the docstring of the error class itself.
"""

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Literal

from hutong.core.errors import Problem

Language = Literal["zh", "en"]


@dataclass(frozen=True, slots=True)
class Said:
    """A failure as a person reads it: what is wrong and where, and what to do next."""

    message: str
    advice: str


@cache
def table() -> dict[str, dict[str, str]]:
    """Return every code's texts, merged from the `.toml` files; a code in two files is an error."""
    merged: dict[str, dict[str, str]] = {}
    for file in sorted(files(__package__).iterdir(), key=lambda f: f.name):
        if file.name.endswith(".toml"):
            for code, texts in tomllib.loads(file.read_text(encoding="utf-8")).items():
                if code in merged:
                    raise ValueError(f"{code} stands in two files")
                merged[code] = texts
    return merged


def say(problem: Problem, *, language: Language) -> Said:
    """Return the message and the advice for `problem`; a code without texts falls back to English."""
    texts = table().get(problem.code, {})
    if language == "en":
        return Said(str(problem), texts.get("do_en", ""))
    try:
        message = texts["zh"].format_map(problem.facts)
    except KeyError:
        message = str(problem)
    return Said(message, texts.get("do_zh", ""))
