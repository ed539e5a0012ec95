"""What every command of an operator shares: where it prints, `--data`, and the platform it opens."""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape

from hutong.core import text
from hutong.core.errors import Problem
from hutong.settings import Settings, keep, read
from hutong.terminal import commands, speaking
from hutong.terminal.screen import Screen
from hutong.terminal.speaking import language

if TYPE_CHECKING:
    from hutong.control.units.rules import Actor
    from hutong.db.database import Database
    from hutong.installation.opening import Installation

STATEMENT_SECONDS = 600.0
"""Longest one statement of a command may take, where the command does not say otherwise."""

out = Screen()
err = Screen(stderr=True)

DataOption = Annotated[
    Path | None,
    typer.Option("--data", help="console.data_folder"),
]


def show(code: str, /, **facts: object) -> None:
    """Print the label of a code in the reader's language, its facts filled in."""
    speaking.show(out, code, **facts)


def warn(problem: Problem) -> None:
    """Print what is wanting and what to do about it; what was asked goes on."""
    said = text.say(problem, language=language())
    err.print(f"[bold yellow]![/] {escape(speaking.coded(said.message, problem))}", highlight=False, soft_wrap=True)
    err.print(f"  → {escape(said.advice)}", highlight=False, soft_wrap=True)


def settings(*, data: Path | None = None, port: int | None = None, gateway_port: int | None = None) -> Settings:
    """Return the settings of the environment; an option given at the command line goes before."""
    found = read(data=data)
    return replace(
        found,
        port=found.port if port is None else port,
        gateway_port=found.gateway_port if gateway_port is None else gateway_port,
    )


@contextmanager
def opened(
    settings: Settings, *, new: bool = False, keeps: bool = False, knowingly: bool = False
) -> "Iterator[Installation]":
    """Open the platform in the data folder; only where it may be `new` is one made there.

    A copy is opened `knowingly` by who says what it is to be.
    A new one, and one that `keeps` it, then has what the environment said of it, once that was seen to work. Raises
    PlatformMissing, FolderNested, CertificateUnusable and PlaceInside.
    """
    from hutong.backup import apart  # of the platform
    from hutong.installation import certificates, finding, opening

    if new:
        finding.check_apart(settings)
    else:
        finding.check(settings)
    if new or keeps:
        certificates.check(settings.network)
        apart.check(settings.backup, settings.data)
    with opening.opened(settings, begins=new, knowingly=knowingly) as platform:
        if new or keeps:  # what the platform was opened with, and no sooner: what fails is not said again by the folder
            keep(settings.data, seen(os.environ))
        if platform.moved_from is not None:
            facts = {"data": settings.data, "before": platform.moved_from.path, "machine": platform.moved_from.host}
            speaking.show(err, "console.moved", **facts)
        yield platform


def seen(environ: Mapping[str, str]) -> dict[str, str]:
    """Return what a folder may keep of what was said: not a backup place that is not there, which nobody has seen."""
    place = environ.get("HUTONG_BACKUP")
    return {
        name: value for name, value in environ.items()
        if name != "HUTONG_BACKUP" or not place or Path(place).is_dir()
    }  # fmt: skip


@contextmanager
def joined(settings: Settings, *, knowingly: bool = False) -> "Iterator[Installation]":
    """Open the platform in the data folder for an act of control: Django is set up for its database."""
    from hutong.installation.joining import join_django  # of the platform

    with opened(settings, knowingly=knowingly) as platform:
        join_django(platform)
        from django.db import connection  # it asks for the settings, which are there now

        token = _actor.set(None)
        try:
            yield platform
        except Problem as refusal:
            _enter(refusal, now=platform.clock())
            raise
        finally:
            _actor.reset(token)
            connection.close()


_actor: "ContextVar[Actor | None]" = ContextVar("actor", default=None)


def acts(actor: "Actor") -> None:
    """Say who acts from now on, in what is joined: a refusal is entered under that officer's name (SX-10-b)."""
    _actor.set(actor)


def _enter(refusal: Problem, *, now: datetime) -> None:
    from hutong.control import recording  # Django's settings are there now

    if (actor := _actor.get()) is not None:
        place = commands.path()
        recording.refused([refusal.code], place=place, by=actor.officer, unit=actor.unit, now=now)


@contextmanager
def database(
    installation: "Installation", *, role: str, statement_seconds: float = STATEMENT_SECONDS
) -> "Iterator[Database]":
    """Open the database in one of `rights.ROLES`; no statement takes longer than is said."""
    from hutong.db.database import Database  # of the platform

    db = Database(installation.database_url, role=role, size=1, statement_seconds=statement_seconds)
    try:
        yield db
    finally:
        db.close()
