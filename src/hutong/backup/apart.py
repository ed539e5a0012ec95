"""That a backup place and the data folder lie apart: what destroys the one leaves the other."""

from pathlib import Path

from hutong.core.errors import Conflicting


class PlaceInside(Conflicting):
    """The backup place {folder} and the data folder {data} lie one inside the other: both would be lost at once."""


def check(root: Path | None, data: Path) -> None:
    """Return where the backup place and a data folder lie apart, whatever links lead there; raises PlaceInside."""
    if root is None:
        return
    one, other = root.resolve(), data.resolve()
    if one == other or one in other.parents or other in one.parents:
        raise PlaceInside(folder=str(root), data=str(data))
