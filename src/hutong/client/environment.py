"""What the environment says of a consumer's system: the variables `HUTONG_CLIENT_…`, as a platform hands them out."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from hutong.client import keys
from hutong.client.keys import Key
from hutong.client.wire import Context
from hutong.core import bounds
from hutong.core.errors import Invalid

PREFIX = "HUTONG_CLIENT_"
NAMES = ("URL", "SYSTEM", "KEY", "PLATFORM_KEY", "LOG", "BOOKMARKS", "USER", "DEVICE", "PURPOSE", "MATTER")
BOOKMARKS = ".hutong-client.json"


class ClientNotConfigured(Invalid):
    """The client lacks the setting {name}."""


class ClockShiftUnreadable(Invalid):
    """{name} is {found}; it takes a whole number of seconds."""


@dataclass(frozen=True, slots=True)
class ClientSettings:
    """Everything a client is told; `shift` is how far a training platform's clock runs from the real one."""

    url: str
    system: str
    key: Key
    context: Context
    log: str
    platform_key: str
    bookmarks: Path
    shift: timedelta

    @property
    def clock(self) -> Callable[[], datetime]:
        """What tells the platform's time."""
        return lambda: datetime.now(UTC) + self.shift


@dataclass(frozen=True, slots=True)
class WatchSettings:
    """What is told to whoever watches a log and asks for nothing else: no system, no key."""

    url: str
    log: str
    bookmarks: Path
    shift: timedelta

    @property
    def clock(self) -> Callable[[], datetime]:
        """What tells the platform's time."""
        return lambda: datetime.now(UTC) + self.shift


def read(environ: Mapping[str, str]) -> ClientSettings:
    """Return what `environ` says.

    Raises ClientNotConfigured, ClientKeyUnreadable, ClockShiftUnreadable, CharacterUnusable and FieldTooLong.
    """
    watched = read_watch(environ)
    names = ("USER", "DEVICE", "PURPOSE", "MATTER")
    return ClientSettings(
        url=watched.url,
        system=_setting(environ, "SYSTEM"),
        key=keys.load(Path(_setting(environ, "KEY"))),
        context=Context(*(_setting(environ, name) for name in names)),
        log=watched.log,
        platform_key=_setting(environ, "PLATFORM_KEY"),
        bookmarks=watched.bookmarks,
        shift=watched.shift,
    )


def read_watch(environ: Mapping[str, str]) -> WatchSettings:
    """Return what `environ` says to whoever watches; raises as `read`."""
    bounds.check_all({name: value for name, value in environ.items() if name.startswith(PREFIX)})
    return WatchSettings(
        url=_setting(environ, "URL"),
        log=_setting(environ, "LOG"),
        bookmarks=Path(environ.get(PREFIX + "BOOKMARKS") or BOOKMARKS),
        shift=_shift(environ.get(PREFIX + "SHIFT_SECONDS") or "0"),
    )


def _setting(environ: Mapping[str, str], name: str) -> str:
    if found := environ.get(PREFIX + name):
        return found
    raise ClientNotConfigured(name=PREFIX + name)


def _shift(found: str) -> timedelta:
    try:
        return timedelta(seconds=int(found))
    except (ValueError, OverflowError):
        raise ClockShiftUnreadable(name=f"{PREFIX}SHIFT_SECONDS", found=found) from None
