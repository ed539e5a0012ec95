"""The language of the command line: English where the environment asks for it, Chinese else.

What it says stands in the source in both, `中文 / English`, so that neither is changed without the other.
"""

import os
import re
from collections.abc import Mapping

from rich.console import Console

from hutong.core.text import Language
from hutong.terminal.screen import one_line


def language(environ: Mapping[str, str] = os.environ) -> Language:
    """Return the language `LC_ALL`, `LC_MESSAGES` or `LANG` asks for."""
    spoken = next((environ[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if environ.get(name)), "zh")
    return "en" if spoken.lower().startswith("en") else "zh"


def say(both: str, **facts: object) -> str:
    """Return the reader's half of `中文 / English`, each paragraph by itself, with the facts in braces filled in.

    A fact that is text makes no line of its own and has nothing in it that a terminal obeys.

    A paragraph that is not in two halves, an example for instance, is for both.
    """
    paragraphs = [_half(paragraph) for paragraph in both.split("\n\n")]
    told = "\n\n".join(paragraphs)
    if not facts:
        return told
    return told.format(**{name: one_line(fact) if isinstance(fact, str) else fact for name, fact in facts.items()})


def show(console: Console, both: str, **facts: object) -> None:
    """Print the reader's half on `console`, as it stands and unbroken."""
    console.print(say(both, **facts), highlight=False, markup=False, soft_wrap=True)


def _half(both: str) -> str:
    chinese, *english = re.split(r"\s/\s", both, maxsplit=1)
    return " ".join(english[0].split("\n")) if english and language() == "en" else chinese
