"""What the platform calls things and says of itself, by code, in Chinese and English; refusals are in `core.text`.

Each `.toml` file under `core/text/labels` holds one subject's codes::

    [stays]
    zh = "已经提交的保持不变。"
    en = "What was committed stays."

The label `console.stays` is the code `stays` of `console.toml`. Pages say all else in the words of gettext.
"""

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Literal

Language = Literal["zh", "en"]


@dataclass(frozen=True, slots=True)
class Both:
    """Words that stand beside what they name, in both languages."""

    zh: str
    en: str

    def __getitem__(self, language: Language) -> str:
        """Return the words in a language."""
        return self.zh if language == "zh" else self.en

    def __str__(self) -> str:
        return self.en

    def __iter__(self) -> Iterator[str]:
        """Yield the Chinese words, then the English."""
        yield self.zh
        yield self.en


def label(code: str, /, *, language: Language, **facts: object) -> str:
    """Return what stands under a code, `subject.code`, its facts in braces filled in; raises KeyError for none."""
    subject, _, name = code.partition(".")
    words = subject_of(subject)[name][language]
    told = {name: fact[language] if isinstance(fact, Both) else fact for name, fact in facts.items()}
    return words.format_map(told) if told else words


def both(code: str, /, **facts: object) -> Both:
    """Return what stands under a code in both languages; a fact that is `Both` is told in each."""
    return Both(label(code, language="zh", **facts), label(code, language="en", **facts))


def joined(sentences: Iterable[Both]) -> Both:
    """Return sentences one after the other, as each language sets them."""
    every = [*sentences]
    return Both("".join(one.zh for one in every), " ".join(one.en for one in every))


@cache
def subject_of(subject: str) -> Mapping[str, Both]:
    """Return every label of a subject by its code; codes in nested tables are joined with dots."""
    file = files("hutong.core.text").joinpath("labels", f"{subject}.toml")
    return dict(_labels(tomllib.loads(file.read_text(encoding="utf-8"))))


def subjects() -> list[str]:
    """Return the subjects that have labels."""
    folder = files("hutong.core.text").joinpath("labels")
    return sorted(file.name.removesuffix(".toml") for file in folder.iterdir() if file.name.endswith(".toml"))


def _labels(table: Mapping[str, Any], under: str = "") -> list[tuple[str, Both]]:
    found = []
    for name, value in table.items():
        if isinstance(value.get("zh"), str):
            found.append((under + name, Both(**value)))
        else:
            found += _labels(value, f"{under}{name}.")
    return found
