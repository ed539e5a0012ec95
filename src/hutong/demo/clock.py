"""The training clock while the county's past is played: it stands still in each part of a day, and only goes on."""

from datetime import date, datetime, time

from hutong.core.beijing import BEIJING


class Moving:
    """A clock that is moved by whoever plays; it never goes back."""

    def __init__(self, now: datetime) -> None:
        self._now = now

    def __call__(self) -> datetime:
        """Return the moment it is."""
        return self._now

    def turn(self, day: date, *, hour: int, minute: int = 0) -> datetime:
        """Move on to a minute of a day in China, if that is still to come, and return the moment it is."""
        self._now = max(self._now, datetime.combine(day, time(hour, minute), BEIJING))
        return self._now
