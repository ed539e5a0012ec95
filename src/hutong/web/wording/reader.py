"""The language of the reader of a page."""

from collections.abc import Callable
from functools import lru_cache, wraps
from typing import ParamSpec

from django.utils.translation import get_language

from hutong.core.labels import Language

KEPT = 4096
"""Words of one kind that are kept, in both languages together."""
Given = ParamSpec("Given")


def language() -> Language:
    """Return the language the page is read in: English where its address says so, Chinese else."""
    return "en" if get_language() == "en" else "zh"


def once(words: Callable[Given, str]) -> Callable[Given, str]:
    """Let `words` be asked once a language: what it returns follows from its arguments and the language alone."""
    kept: Callable[..., str] = lru_cache(KEPT)(lambda _, *given, **named: words(*given, **named))

    @wraps(words)
    def of_reader(*given: Given.args, **named: Given.kwargs) -> str:
        return kept(language(), *given, **named)

    return of_reader
