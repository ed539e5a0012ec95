"""What is written down of a fault of a page: its number, where it happened, and never a value it happened to."""

import secrets
import traceback
from pathlib import Path
from urllib.parse import quote

from django.http import HttpRequest

import hutong
from hutong.messages import logger

FRAMES = 12
"""Calls of a fault that are told, the innermost first."""
_ROOT = Path(hutong.__file__).parent


def note(request: HttpRequest, fault: BaseException | None) -> str:
    """Log a fault with the path that was asked for, and return the number that its page shows.

    What the fault says is left out, for databases quote the rows and programs the words that were typed.
    """
    number = secrets.token_hex(4)
    logger.error(
        "page.failed",
        number=number,
        method=request.method,
        path=quote(request.path)[:300],
        fault=" < ".join(_kinds(fault)),
        at=" < ".join(_places(fault)),
    )
    return number


def _kinds(fault: BaseException | None) -> list[str]:
    kinds: list[str] = []
    while fault is not None:
        kinds.append(type(fault).__qualname__)
        fault = fault.__cause__
    return kinds


def _places(fault: BaseException | None) -> list[str]:
    if fault is None:
        return []
    frames = traceback.extract_tb(fault.__traceback__)
    return [f"{_place(frame.filename)}:{frame.lineno} {frame.name}" for frame in reversed(frames)][:FRAMES]


def _place(filename: str) -> str:
    path = Path(filename)
    return path.relative_to(_ROOT).as_posix() if path.is_relative_to(_ROOT) else "/".join(path.parts[-2:])
