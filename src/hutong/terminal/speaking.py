"""The language of the command line: English where the environment asks for it, Chinese else; it speaks by code."""

import os
from collections.abc import Mapping

from rich.console import Console

from hutong.core.errors import Problem
from hutong.core.labels import Language, label
from hutong.terminal.screen import one_line


def language(environ: Mapping[str, str] = os.environ) -> Language:
    """Return the language `LC_ALL`, `LC_MESSAGES` or `LANG` asks for."""
    spoken = next((environ[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if environ.get(name)), "zh")
    return "en" if spoken.lower().startswith("en") else "zh"


def say(code: str, /, **facts: object) -> str:
    """Return the label of a code in the reader's language, with the facts in braces filled in.

    A fact that is text makes no line of its own and has nothing in it that a terminal obeys.
    """
    told = {name: one_line(fact) if isinstance(fact, str) else fact for name, fact in facts.items()}
    return label(code, language=language(), **told)


def coded(message: str, problem: Problem) -> str:
    """Return what is said of a problem with its code behind it, by which documents have it."""
    return f"{message} [{problem.code}]"


def show(console: Console, code: str, /, **facts: object) -> None:
    """Print the label of a code on `console`, as it stands and unbroken."""
    console.print(say(code, **facts), highlight=False, markup=False, soft_wrap=True)
