"""The keys of the platform are wrapped for two of its officers at the command line, each with a passphrase."""

from collections.abc import Sequence
from pathlib import Path

from hutong.backup import archiving, keeping, recovery, whose
from hutong.backup.recovery import Officer
from hutong.backup.standing import BackupNotSet
from hutong.console import asking, opening
from hutong.control.units import queries as units
from hutong.control.units.rules import Actor
from hutong.installation.opening import Installation
from hutong.settings import clock


def wrap(installation: Installation, *, keepers: Sequence[str], to: Path | None, by: Actor) -> list[Path]:
    """Wrap the keys for two officers, who sign in and type a passphrase twice, and return the files that were written.

    They are written to the second place, where one is set, and to `to`. Raises BackupNotSet where there is neither,
    what `archiving.place_of` and `keeping.check` raise, NoSuchOfficer, what a login
    raises, asking.PassphrasesDiffer and NobodyToAsk.
    """
    settings, now = installation.settings, installation.clock()
    files = [] if to is None else [to.absolute()]
    if settings.backup is not None:
        with opening.database(installation, role="retention") as db:
            at = archiving.place_of(whose.given(installation, db=db, clock=clock()))
        files.append(at.folder / recovery.FILE)
    if not files:
        raise BackupNotSet
    keeping.check(by, [units.actor(each, now=now) for each in keepers])
    for number, name in enumerate(keepers, 1):
        if name != by.officer:
            asking.keeper(installation, name, number=number)
    officers = [
        Officer(name, asking.passphrase(name, number=number, twice=True)) for number, name in enumerate(keepers, 1)
    ]
    with opening.database(installation, role="control") as db, db.transaction() as cur:
        keeping.wrap(
            cur, settings.data, keepers=officers, files=files, platform=settings.log_name, by=by, now=now
        )
    return files
