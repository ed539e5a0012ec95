"""Whether there is a platform in a data folder, and where one lies beside it: a folder that was mistyped makes none."""

import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import NoReturn

from hutong.core.errors import Conflicting
from hutong.db.embedded import Server
from hutong.installation import clusters, identity, keys
from hutong.installation.opening import PlatformMissing
from hutong.settings import Settings

MOST_LOOKED_AT = 1000
"""Folders that are looked at beside one in which no platform is."""


class PlatformNearby(PlatformMissing):
    """There is no platform in {data}; there is one in {found}."""


class FolderNested(Conflicting):
    """The platform in {found} and a new one in {data} would lie one inside the other; nothing was made."""


def check(settings: Settings) -> None:
    """Return where there is a platform in the data folder; nothing is made.

    Raises PlatformNearby where one lies below or beside it, else PlatformMissing.
    """
    if not is_there(settings):
        _miss(settings.data)


def check_identity(data: Path) -> None:
    """Return where a folder says which platform it is, its keys there or not; raises as `check`."""
    if not (data / identity.FILE).is_file():
        _miss(data)


def _miss(data: Path) -> NoReturn:
    found = ", ".join(str(each) for each in nearby(data))
    raise PlatformNearby(data=data, found=found) if found else PlatformMissing(data=data)


def check_apart(settings: Settings) -> None:
    """Return where a platform may begin in the data folder, or is there already; raises FolderNested."""
    if is_there(settings):
        return
    for found in (*_below(settings.data), *settings.data.parents):
        if _says_so(found):
            raise FolderNested(data=str(settings.data), found=str(found))


def is_there(settings: Settings) -> bool:
    """Return whether the folder is a platform's: its keys are there, and a database was made for it or is named."""
    if not settings.keys.exists():
        return False
    if (settings.data / identity.FILE).exists() or settings.database_url is not None:
        return True
    server = Server(settings.data / "postgres")
    return server.cluster.exists() or clusters.is_elsewhere(server)


def nearby(data: Path) -> list[Path]:
    """Return the folders in the neighbourhood of `data` in which a platform is: below, above and beside it."""
    above = data.parent
    found = [*_below(data), above, *_below(above), above.parent, above.parent / data.name]
    return [each for each in dict.fromkeys(found) if each != data and _says_so(each)]


def _says_so(folder: Path) -> bool:
    """Whether a platform's folder says so; one that nobody lets us look into is none."""
    with suppress(OSError):
        return (folder / identity.FILE).exists() or (folder / "keys" / keys.VERIFIER).exists()
    return False


def _below(folder: Path) -> Iterator[Path]:
    with suppress(OSError), os.scandir(folder) as entries:
        for each, _ in zip(entries, range(MOST_LOOKED_AT), strict=False):
            with suppress(OSError):
                if each.is_dir():
                    yield Path(each.path)
