"""Bringing a platform to the version of the software that is installed: told first, done, entered (0086)."""

from collections.abc import Callable
from contextlib import nullcontext
from typing import TYPE_CHECKING

from hutong.console import backup, opening
from hutong.core import versions
from hutong.core.errors import Refused, Unavailable
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


class OfficersNotAsked(Unavailable):
    """Version {version} cannot ask officers on the tables of the version before; nothing was changed."""


class UpgradeByGivenPassword(Refused):
    """The password of {username} was made by another and given out; nobody upgrades by it. Nothing was changed."""

    clause = "SX-11-a"


def run(settings: Settings, *, dry_run: bool, who: "Callable[[Installation], Actor] | None") -> None:
    """Tell what will be done and, unless that is all that was asked for, do it.

    `who` asks the officer in whose name it is entered, before anything is changed: where they are refused nothing is.
    Raises PlatformMissing, that refusal, NotEntitledToUpgrade, UpgradeByGivenPassword, OfficersNotAsked,
    UpgradeRunning, and what `upgrading.plan` and `carry_out` raise.
    """
    finding.check(settings)
    with nullcontext() if dry_run else upgrading.alone(settings.data):
        _run(settings, dry_run=dry_run, who=who)


def _run(settings: Settings, *, dry_run: bool, who: "Callable[[Installation], Actor] | None") -> None:
    with installations.reached(settings) as reached:
        planned = upgrading.plan(reached)
        _tell(planned)
        if dry_run:
            return
        made = planned.nothing or planned.from_version is None
        by = None if made or who is None else _asked(reached, who)
        set_taken = None if made else _take_set(reached)
    if planned.move is not None:
        _move(settings, planned.move)
    with installations.reached(settings) as reached:
        _carry_out(reached, planned, set_taken=set_taken, by=by)
        _settle(reached)


def _asked(reached: Reached, who: "Callable[[Installation], Actor]") -> str:
    """Return the login name of the officer who says who they are, on the tables as they are.

    Raises why they are refused, NotEntitledToUpgrade, UpgradeByGivenPassword and OfficersNotAsked.
    """
    installation = reached.installation()
    joining.join_django(installation)
    # Django is set up now, which its errors and its models ask for.
    from django.db import connections
    from django.db.utils import ProgrammingError

    # As above.
    from hutong.control.units import queries

    try:
        by = upgrading.entitled(who(installation))
        if queries.password_given(by):
            raise UpgradeByGivenPassword(username=by)
        return by
    except ProgrammingError:
        raise OfficersNotAsked(version=versions.own()) from None
    finally:
        connections.close_all()  # the database may be moved


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


def _carry_out(reached: Reached, planned: Plan, *, set_taken: int | None, by: str | None) -> None:
    installation = upgrading.carry_out(reached)
    moved = planned.from_postgres != upgrading.postgres(reached)
    if planned.schema or moved:
        joining.join_django(installation)
        upgrading.enter(installation, reached, planned, backup_set=set_taken, by=by)
    joining.catch_up(installation)
    if planned.schema or moved:
        opening.show("cli.upgrade.done", version=planned.to_version)
    if set_taken is not None:
        backup.count_sets(installation)


def _settle(reached: Reached) -> None:
    """Once the new cluster was opened, let the one before go."""
    if reached.server is None:
        return
    if former := upgrading.settle(reached.server):
        opening.show("cli.upgrade.postgres.settled", folder=former)


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
