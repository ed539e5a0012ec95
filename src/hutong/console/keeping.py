"""The keys of the platform are wrapped for two of its officers at the command line, each with a passphrase."""

from collections.abc import Sequence
from pathlib import Path

from hutong.backup import keeping, place, recovery, whose
from hutong.backup.recovery import Officer
from hutong.backup.standing import BackupNotSet
from hutong.console import asking, opening
from hutong.control.units import queries as units
from hutong.control.units.rules import Actor
from hutong.installation.opening import Installation
from hutong.settings import clock


def wrap(installation: Installation, *, keepers: Sequence[str], to: Path | None, by: Actor) -> list[Path]:
    """Wrap the keys for two officers, who are asked for a passphrase twice, and return the files that were written.

    They are written to the second place, where one is set, and to `to`. Raises BackupNotSet where there is neither,
    what `place.begin` and `keeping.check` raise, NoSuchOfficer, asking.PassphrasesDiffer and NobodyToAsk.
    """
    settings, now = installation.settings, installation.clock()
    files = [] if to is None else [to.absolute()]
    if settings.backup is not None:
        at = place.begin(settings.backup, whose.owner(installation), now=clock()())
        files.append(at.folder / recovery.FILE)
    if not files:
        raise BackupNotSet
    keeping.check(by, [units.actor(each, now=now) for each in keepers])
    officers = [
        Officer(name, asking.passphrase(name, number=number, twice=True)) for number, name in enumerate(keepers, 1)
    ]
    with opening.database(installation, role="control") as db, db.transaction() as cur:
        keeping.wrap(
            cur, settings.data, keepers=officers, files=files, platform=settings.log_name, by=by, now=now
        )
    return files
