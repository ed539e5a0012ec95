"""What the environment says of a consumer's system: the variables `HUTONG_CLIENT_…`, as a platform hands them out."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from hutong.client import keys
from hutong.client.keys import Key
from hutong.client.wire import Context
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


def read(environ: Mapping[str, str]) -> ClientSettings:
    """Return what `environ` says; raises ClientNotConfigured, ClientKeyUnreadable, ClockShiftUnreadable."""

    def setting(name: str) -> str:
        if found := environ.get(PREFIX + name):
            return found
        raise ClientNotConfigured(name=PREFIX + name)

    return ClientSettings(
        url=setting("URL"),
        system=setting("SYSTEM"),
        key=keys.load(Path(setting("KEY"))),
        context=Context(setting("USER"), setting("DEVICE"), setting("PURPOSE"), setting("MATTER")),
        log=setting("LOG"),
        platform_key=setting("PLATFORM_KEY"),
        bookmarks=Path(environ.get(PREFIX + "BOOKMARKS") or BOOKMARKS),
        shift=_shift(environ.get(PREFIX + "SHIFT_SECONDS") or "0"),
    )


def _shift(found: str) -> timedelta:
    try:
        return timedelta(seconds=int(found))
    except (ValueError, OverflowError):
        raise ClockShiftUnreadable(name=f"{PREFIX}SHIFT_SECONDS", found=found) from None
