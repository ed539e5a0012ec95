"""Bringing a platform to the version of the software that is installed: told first, done, entered (0086)."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from hutong.console import backup, opening
from hutong.core import versions
from hutong.core.errors import Problem
from hutong.db import moving
from hutong.db.embedded import ServerInUse
from hutong.db.moving import ClusterMove
from hutong.installation import finding, joining, upgrading
from hutong.installation import opening as installations
from hutong.installation.opening import Installation, Reached
from hutong.installation.upgrading import Plan
from hutong.settings import Settings

if TYPE_CHECKING:
    from hutong.control.units.rules import Actor


def run(settings: Settings, *, dry_run: bool, who: "Callable[[Installation], Actor] | None") -> None:
    """Tell what will be done and, unless that is all that was asked for, do it.

    `who` asks the officer in whose name it is entered; where they are refused it is entered under nobody's, and told.
    Raises PlatformMissing, what `upgrading.plan` and `carry_out` raise, and that refusal.
    """
    finding.check(settings)
    with installations.reached(settings) as reached:
        planned = upgrading.plan(reached)
        _tell(planned)
        if dry_run:
            return
        set_taken = None if planned.nothing or planned.from_version is None else _take_set(reached)
    if planned.move is not None:
        _move(settings, planned.move)
    with installations.reached(settings) as reached:
        _carry_out(reached, planned, set_taken=set_taken, who=who)
        _settle(reached)


def _take_set(reached: Reached) -> int | None:
    """Take a backup set before anything is changed, and return its number; where none can be taken say so.

    Raises what `backup.take` raises: then nothing is upgraded.
    """
    if reached.settings.backup is None or reached.server is None:
        opening.show("cli.upgrade.no_set" if reached.server is not None else "cli.upgrade.set_elsewhere")
        return None
    return backup.take_unnoted(reached.installation()).number


def _move(settings: Settings, move: ClusterMove) -> None:
    """Move the cluster to another PostgreSQL where nobody uses it; else that waits, and the schema does not."""
    try:
        moving.move(
            installations.own_server(settings), move,
            tell=lambda part: opening.show(f"cli.upgrade.postgres.{part}", before=move.before, after=move.after),
        )  # fmt: skip
    except ServerInUse as used:
        opening.warn(used)


def _carry_out(
    reached: Reached, planned: Plan, *, set_taken: int | None, who: "Callable[[Installation], Actor] | None"
) -> None:
    installation = upgrading.carry_out(reached)
    moved = planned.from_postgres != upgrading.postgres(reached)
    if not planned.schema and not moved:
        joining.catch_up(installation)
        return
    joining.join_django(installation)
    by, refused = _by(installation, who)
    upgrading.enter(installation, reached, planned, backup_set=set_taken, by=by)
    joining.catch_up(installation)
    opening.show("cli.upgrade.done", version=planned.to_version)
    if refused is not None:
        raise refused


def _settle(reached: Reached) -> None:
    """Once the new cluster was opened, let the one before go."""
    if reached.server is None:
        return
    if former := upgrading.settle(reached.server):
        opening.show("cli.upgrade.postgres.settled", folder=former)


def _by(
    installation: Installation, who: "Callable[[Installation], Actor] | None"
) -> tuple[str | None, Problem | None]:
    """Return the officer's login name, or why they were refused: the schema is there by then, and that is entered."""
    try:
        return (None if who is None else who(installation).officer), None
    except Problem as refusal:
        return None, refusal


def _tell(planned: Plan) -> None:
    if planned.nothing:
        opening.show("cli.upgrade.nothing", version=versions.own())
        return
    if planned.from_version is None:
        opening.show("cli.upgrade.made", version=planned.to_version)
    else:
        opening.show("cli.upgrade.plan", from_version=planned.from_version, to_version=planned.to_version)
    for name in planned.migrations if planned.from_version is not None else ():
        opening.show("cli.upgrade.migration", name=name)
    if planned.django:
        opening.show("cli.upgrade.django")
    if planned.rights:
        opening.show("cli.upgrade.rights")
    if planned.move is not None:
        opening.show("cli.upgrade.postgres.plan", before=planned.move.before, after=planned.move.after)
