"""Every setting, read once, typed. Only doors read settings; below them values are parameters."""

import json
import os
import re
from collections import ChainMap
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from hutong.core import beijing, bounds, network
from hutong.core.errors import Invalid
from hutong.core.labels import Both
from hutong.core.network import Network
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

KEPT = (
    "HUTONG_COUNTY", "HUTONG_NAME", "HUTONG_NAME_EN", "HUTONG_SECOND_FACTOR",
    "HUTONG_HOST", "HUTONG_PORT", "HUTONG_GATEWAY_PORT", "HUTONG_WEB_NAMES", "HUTONG_GATEWAY_NAMES",
    "HUTONG_WEB_HTTPS", "HUTONG_TRUSTED_PROXIES", "HUTONG_TLS_CERTIFICATE", "HUTONG_TLS_KEY", "HUTONG_TIME_SERVERS",
    "HUTONG_BACKUP", "HUTONG_CONTACT_UNIT", "HUTONG_CONTACT_PHONE", "HUTONG_CONTACT_MAIL", "HUTONG_CONTACT_HOURS",
    "HUTONG_CONTACT_HOURS_EN",
)  # fmt: skip
"""What the folder keeps once it was said to `hutong init` or `hutong up`, so that nobody says it again."""
READ = (
    *KEPT, "HUTONG_DATA", "HUTONG_DATABASE_URL", "HUTONG_DATABASE_FOLDER", "HUTONG_SPOOL", "HUTONG_LOG_NAME",
    "HUTONG_NOW", "HUTONG_WEB_WORKERS", "HUTONG_GATEWAY_WORKERS",
)  # fmt: skip
"""Every variable that is read here."""
KEPT_FILE = "settings.json"
_PHONE = re.compile(r"\+?[0-9][0-9 ()-]{2,30}[0-9]")
_MAIL = re.compile(r"[^\s@<>,;]+@[^\s@<>,;]+\.[^\s@<>,;]+")


class SettingUnreadable(Invalid):
    """The environment variable {name} takes {wanted}, not {found}."""


@dataclass(frozen=True, slots=True)
class Contact:
    """How officers reach the platform's operator; empty what nobody said."""

    unit: str = ""
    phone: str = ""
    mail: str = ""
    hours: Both = field(default_factory=lambda: Both("", ""))
    """When somebody answers; in English as in Chinese where that alone was said."""

    def __bool__(self) -> bool:
        """Whether there is a way to reach anybody."""
        return bool(self.phone or self.mail)

    def environ(self) -> dict[str, str]:
        """Return it as the environment names it."""
        given = {"UNIT": self.unit, "PHONE": self.phone, "MAIL": self.mail, "HOURS": self.hours.zh}
        return {f"HUTONG_CONTACT_{name}": said for name, said in (given | {"HOURS_EN": self.hours.en}).items()}


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
    network: Network
    """How the doors stand in the network: certificate, proxies in front, names."""
    now: datetime | None
    """Start of the training clock; only a database marked as training accepts one."""
    database_folder: Path | None = None
    """Folder on the database's disk, where that is a disk of this machine: its free space is watched."""
    time_servers: tuple[str, ...] = ()
    """Names or addresses of the time servers (NTP) that the worker holds the machine's clock against."""
    backup: Path | None = None
    """Folder on another disk, or another machine's, where backups go."""
    contact: Contact = Contact()
    """How the platform's operator is reached."""
    own_spool: Path | None = None
    """The spool of a door that runs as a system user of its own."""

    @property
    def keys(self) -> Path:
        """Folder of the keys: outside the database and outside its backup."""
        return self.data / "keys"

    @property
    def spool(self) -> Path:
        """Folder where files wait until they are loaded."""
        return self.own_spool or self.data / "spool"

    def spool_of(self, door: str) -> Path:
        """Return the spool of a door that runs as a system user of its own."""
        return self.data / f"spool.{door}"

    @property
    def measures(self) -> Path:
        """Folder the processes of the gateway count in together."""
        return self.data / "measures"


def read(environ: Mapping[str, str] = os.environ, *, data: Path | None = None) -> Settings:
    """Return the settings that `environ` gives, and for what it does not name those kept in the folder `data`.

    Without `data`, the folder that `environ` names. Raises SettingUnreadable, CharacterUnusable, FieldTooLong
    and DayFarOff.
    """
    folder = (data or Path(environ.get("HUTONG_DATA", ".hutong"))).absolute()
    environ = ChainMap(dict(environ), kept(folder))
    bounds.check_all({name: value for name, value in environ.items() if name in READ})

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

    return Settings(
        data=folder,
        database_url=environ.get("HUTONG_DATABASE_URL") or None,
        host=environ.get("HUTONG_HOST") or "127.0.0.1",
        port=port("HUTONG_PORT", 8000),
        gateway_port=port("HUTONG_GATEWAY_PORT", 8001),
        web_workers=workers("HUTONG_WEB_WORKERS", WEB_WORKERS),
        gateway_workers=workers("HUTONG_GATEWAY_WORKERS", MOST_WORKERS),
        log_name=log_name(),
        county=environ.get("HUTONG_COUNTY") or "示范县",
        platform=platform(environ),
        factor_roles=roles(),
        network=_network(environ),
        now=_moment(environ),
        database_folder=Path(environ["HUTONG_DATABASE_FOLDER"]) if environ.get("HUTONG_DATABASE_FOLDER") else None,
        time_servers=network.names(environ.get("HUTONG_TIME_SERVERS") or ""),
        backup=Path(environ["HUTONG_BACKUP"]).absolute() if environ.get("HUTONG_BACKUP") else None,
        contact=_contact(environ),
        own_spool=Path(environ["HUTONG_SPOOL"]) if environ.get("HUTONG_SPOOL") else None,
    )


def _contact(environ: Mapping[str, str]) -> Contact:
    unit, phone, mail, hours, in_english = (
        (environ.get(f"HUTONG_CONTACT_{name}") or "").strip() for name in ("UNIT", "PHONE", "MAIL", "HOURS", "HOURS_EN")
    )
    if phone and not _PHONE.fullmatch(phone):
        raise SettingUnreadable(name="HUTONG_CONTACT_PHONE", wanted="0572-1234567", found=phone)
    if mail and not _MAIL.fullmatch(mail):
        raise SettingUnreadable(name="HUTONG_CONTACT_MAIL", wanted="help@county.gov.cn", found=mail)
    return Contact(unit, phone, mail, Both(hours, in_english or hours))


def _moment(environ: Mapping[str, str]) -> datetime | None:
    """Return the moment at which a training clock starts, where one is named."""
    now = environ.get("HUTONG_NOW")
    try:
        moment = datetime.fromisoformat(now) if now else None
    except ValueError:
        raise SettingUnreadable(name="HUTONG_NOW", wanted="2026-03-02T09:00:00+08:00", found=now) from None
    if moment is None:
        return None
    moment = moment.replace(tzinfo=moment.tzinfo or UTC)
    beijing.check(moment, field="HUTONG_NOW")
    return moment


def kept(data: Path) -> dict[str, str]:
    """Return what the folder `data` keeps of the environment it was set up with; raises SettingUnreadable."""
    path = data / KEPT_FILE
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        return {name: str(found[name]) for name in KEPT if name in found}
    except (FileNotFoundError, NotADirectoryError):
        return {}
    except (ValueError, TypeError):
        raise SettingUnreadable(name=str(path), wanted='{"HUTONG_COUNTY": "…"}', found="?") from None


def keep(data: Path, environ: Mapping[str, str] = os.environ) -> None:
    """Keep in the folder `data` what `environ` names of the settings that outlive a restart; nothing else changes."""
    before = kept(data)
    after = before | {name: environ[name] for name in KEPT if name in environ}
    if after == before:
        return
    for name in ("HUTONG_TLS_CERTIFICATE", "HUTONG_TLS_KEY", "HUTONG_BACKUP"):
        if after.get(name):
            after[name] = str(Path(after[name]).absolute())
    data.mkdir(parents=True, exist_ok=True)
    beside = data / f"{KEPT_FILE}.{os.getpid()}"
    beside.write_text(json.dumps(after, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    beside.replace(data / KEPT_FILE)


def _network(environ: Mapping[str, str]) -> Network:
    certificate, key = (environ.get(f"HUTONG_TLS_{name}") or "" for name in ("CERTIFICATE", "KEY"))
    if bool(certificate) != bool(key):
        missing = "HUTONG_TLS_KEY" if certificate else "HUTONG_TLS_CERTIFICATE"
        raise SettingUnreadable(name=missing, wanted="/etc/ssl/private/county.pem", found="")
    proxies = environ.get("HUTONG_TRUSTED_PROXIES") or ""
    try:
        trusted = network.networks(proxies)
    except ValueError:
        wanted = "127.0.0.1,10.20.0.0/24"
        raise SettingUnreadable(name="HUTONG_TRUSTED_PROXIES", wanted=wanted, found=proxies) from None
    return Network(
        certificate=Path(certificate).absolute() if certificate else None,
        key=Path(key).absolute() if key else None,
        https_before=environ.get("HUTONG_WEB_HTTPS") == "1",
        proxies=trusted,
        web_names=network.names(environ.get("HUTONG_WEB_NAMES") or ""),
        gateway_names=network.names(environ.get("HUTONG_GATEWAY_NAMES") or ""),
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
