"""Every setting, read once, typed. Only doors read settings; below them values are parameters."""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from hutong.core.errors import Invalid
from hutong.core.labels import Both
from hutong.core.text import ROLES

Clock = Callable[[], datetime]

LOG_NAME = "hutong.example/log"
"""What a log is called that nobody named: enough to try, no name for others to pin."""

PLATFORM = Both("公共信息平台", "Public Information Platform")
"""What the platform is called where nobody named it (D-1)."""

MOST_WORKERS = 16
"""Each holds connections of its own; PostgreSQL has 200 for all."""
WEB_WORKERS = 2
"""Where there are as many cores: what a county's officers need, and a process of the pages takes much memory."""


class SettingUnreadable(Invalid):
    """The environment variable {name} takes {wanted}, not {found}."""


@dataclass(frozen=True, slots=True)
class Settings:
    """One installation's settings. Paths are absolute."""

    data: Path
    """Folder of keys, spool and, where no database is named, the embedded PostgreSQL."""
    database_url: str | None
    host: str
    port: int
    gateway_port: int
    web_workers: int
    """Processes that make pages: each makes one at a time as fast as it can, several of them in turns."""
    gateway_workers: int
    """Processes that answer machines: one a core, for one alone keeps no more than one busy."""
    log_name: str
    """Origin of the evidence log; it stands in every checkpoint, and the installation keeps the first it was given."""
    county: str
    platform: Both
    """What the platform is called, beside the county's name (D-1)."""
    factor_roles: frozenset[str]
    """Roles whose holders do nothing without a second factor; every other officer may have one."""
    now: datetime | None
    """Start of the training clock; only a database marked as training accepts one."""

    @property
    def keys(self) -> Path:
        """Folder of the keys: outside the database and outside its backup."""
        return self.data / "keys"

    @property
    def spool(self) -> Path:
        """Folder where files wait until they are loaded."""
        return self.data / "spool"


def read(environ: Mapping[str, str] = os.environ) -> Settings:
    """Return the settings that `environ` gives; raises SettingUnreadable."""

    def port(name: str, default: int) -> int:
        found = environ.get(name) or str(default)
        if not found.isascii() or not found.isdigit() or not 0 < int(found) < 65536:
            raise SettingUnreadable(name=name, wanted="1-65535", found=found)
        return int(found)

    def workers(name: str, usual: int) -> int:
        found = environ.get(name) or str(min(os.cpu_count() or 1, usual))
        if not found.isascii() or not found.isdigit() or not 0 < int(found) <= MOST_WORKERS:
            raise SettingUnreadable(name=name, wanted=f"1-{MOST_WORKERS}", found=found)
        return int(found)

    def roles() -> frozenset[str]:
        found = environ.get("HUTONG_SECOND_FACTOR") or ""
        named = frozenset(ROLES if found == "all" else filter(None, (each.strip() for each in found.split(","))))
        if not named <= ROLES.keys():
            raise SettingUnreadable(name="HUTONG_SECOND_FACTOR", wanted=f"all, {', '.join(ROLES)}", found=found)
        return named

    def log_name() -> str:
        found = environ.get("HUTONG_LOG_NAME") or LOG_NAME
        if found != LOG_NAME:
            from hutong.core.signed_note import is_name  # with cryptography, which most commands do without

            if not is_name(found):
                raise SettingUnreadable(name="HUTONG_LOG_NAME", wanted="log.county.gov.cn/hutong", found=found)
        return found

    now = environ.get("HUTONG_NOW")
    try:
        moment = datetime.fromisoformat(now) if now else None
    except ValueError:
        raise SettingUnreadable(name="HUTONG_NOW", wanted="2026-03-02T09:00:00+08:00", found=now) from None
    return Settings(
        data=Path(environ.get("HUTONG_DATA", ".hutong")).absolute(),
        database_url=environ.get("HUTONG_DATABASE_URL") or None,
        host=environ.get("HUTONG_HOST", "127.0.0.1"),
        port=port("HUTONG_PORT", 8000),
        gateway_port=port("HUTONG_GATEWAY_PORT", 8001),
        web_workers=workers("HUTONG_WEB_WORKERS", WEB_WORKERS),
        gateway_workers=workers("HUTONG_GATEWAY_WORKERS", MOST_WORKERS),
        log_name=log_name(),
        county=environ.get("HUTONG_COUNTY", "示范县"),
        platform=platform(environ),
        factor_roles=roles(),
        now=moment.replace(tzinfo=moment.tzinfo or UTC) if moment else None,
    )


def platform(environ: Mapping[str, str] = os.environ) -> Both:
    """Return the platform's name in both languages; named in Chinese alone, it is called so in English too (D-1)."""
    chinese, english = environ.get("HUTONG_NAME"), environ.get("HUTONG_NAME_EN")
    return Both(chinese or PLATFORM.zh, english or chinese or PLATFORM.en)


def clock(*, starting: datetime | None = None, shift: timedelta | None = None) -> Clock:
    """Return what tells the time: the real clock, or a training clock that runs beside it.

    A training clock starts at `starting` now, or runs `shift` apart from the real one.
    """
    if starting is not None:
        shift = starting - datetime.now(UTC)
    if not shift:
        return lambda: datetime.now(UTC)
    apart = shift
    return lambda: datetime.now(UTC) + apart
