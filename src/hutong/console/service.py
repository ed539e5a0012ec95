"""The units that have systemd run the platform: the doors as a service, and backup sets by a timer."""

import os
import pwd
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from psycopg.conninfo import conninfo_to_dict

from hutong.console.unit_parts import UnitPart
from hutong.core.errors import Missing
from hutong.settings import Settings

SECRETS = "/etc/hutong/hutong.env"
"""File of what a unit must not say, for its owner alone: an address of a database with a password in it."""
SAID_EACH_TIME = ("HUTONG_DATABASE_URL", "HUTONG_DATABASE_FOLDER", "HUTONG_WEB_WORKERS", "HUTONG_GATEWAY_WORKERS")
"""What the data folder does not keep, and the unit therefore says."""
_HARDENING = (
    "NoNewPrivileges=yes", "PrivateDevices=yes", "ProtectKernelTunables=yes", "ProtectKernelModules=yes",
    "ProtectKernelLogs=yes", "ProtectControlGroups=yes", "ProtectHostname=yes", "RestrictSUIDSGID=yes",
    "RestrictRealtime=yes", "LockPersonality=yes", "SystemCallArchitectures=native",
    "RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX AF_NETLINK",
)  # fmt: skip
"""What the processes need not be able to do, whoever starts them. They read the state of the machine's clock, which
`ProtectClock` would forbid, and commands outside of the unit come to the database's socket in `/tmp`."""
_OF_ROOT = (
    "CAP_AUDIT_WRITE", "CAP_CHOWN", "CAP_DAC_OVERRIDE", "CAP_DAC_READ_SEARCH", "CAP_FOWNER", "CAP_FSETID", "CAP_KILL",
    "CAP_NET_BIND_SERVICE", "CAP_SETGID", "CAP_SETUID", "CAP_SYS_ADMIN", "CAP_SYS_NICE",
)  # fmt: skip
"""What root needs to make the doors' users, to hand them their files and to become each of them.

A door that cannot come to its programs sees them in a view of its own (`host/confined.py`): CAP_SYS_ADMIN.
"""
_LOWEST_OPEN_PORT = 1024


NAMES = {
    UnitPart.UP: "hutong.service", UnitPart.BACKUP: "hutong-backup.service", UnitPart.TIMER: "hutong-backup.timer",
}  # fmt: skip
"""What the file of each unit is called."""


class NoSuchUser(Missing):
    """This machine has no user {user}."""


def unit(part: UnitPart, settings: Settings, *, user: str | None, environ: Mapping[str, str]) -> str:
    """Return one unit as a file of systemd.

    `user` is who starts the platform; without one it is whose the data folder is. Raises NoSuchUser.
    """
    lines = {UnitPart.UP: _up, UnitPart.BACKUP: _backup, UnitPart.TIMER: _timer}[part]
    return "\n".join(lines(settings, _user(settings, user), environ)) + "\n"


def _user(settings: Settings, named: str | None) -> str:
    try:
        if named is not None:
            return pwd.getpwnam(named).pw_name
        return pwd.getpwuid(settings.data.stat().st_uid).pw_name
    except KeyError:
        raise NoSuchUser(user=named or settings.data.stat().st_uid) from None


def _up(settings: Settings, user: str, environ: Mapping[str, str]) -> Iterator[str]:
    yield from (
        "[Unit]", "Description=Hutong", "Documentation=man:systemd.service(5)",
        "After=network-online.target time-sync.target", "Wants=network-online.target",
        f"RequiresMountsFor={_paths(settings)}", "", "[Service]", "Type=exec",
    )  # fmt: skip
    yield from _started(settings, user, environ, "up")
    yield from ("Restart=on-failure", "RestartSec=5", "KillMode=mixed", "TimeoutStopSec=90", "")
    yield from _hardened(settings, user)
    yield from ("", "[Install]", "WantedBy=multi-user.target")


def _backup(settings: Settings, user: str, environ: Mapping[str, str]) -> Iterator[str]:
    yield from (
        "[Unit]", "Description=A backup set of Hutong", "After=hutong.service",
        f"RequiresMountsFor={_paths(settings)}", "", "[Service]", "Type=oneshot",
    )  # fmt: skip
    yield from _started(settings, user, environ, "backup")
    yield ""
    yield from _hardened(settings, user)


def _timer(settings: Settings, user: str, environ: Mapping[str, str]) -> Iterator[str]:
    yield from (
        "[Unit]", "Description=A backup set of Hutong each day", "", "[Timer]",
        "OnCalendar=*-*-* 02:30:00 Asia/Shanghai", "RandomizedDelaySec=10min", "Persistent=true", "",
        "[Install]", "WantedBy=timers.target",
    )  # fmt: skip


def _started(settings: Settings, user: str, environ: Mapping[str, str], command: str) -> Iterator[str]:
    """Yield who starts a command, where, with which variables."""
    if user != "root":
        yield f"User={_plain(user)}"
    yield "WorkingDirectory=/"
    yield f"Environment={_quoted('LANG=' + (environ.get('LANG') or 'zh_CN.UTF-8'))}"
    for name in SAID_EACH_TIME:
        value = environ.get(name)
        if not value:
            continue
        if name == "HUTONG_DATABASE_URL" and _says_password(value):
            yield f"# {name}=…: {SECRETS} (0600)"
        else:
            yield f"Environment={_quoted(f'{name}={value}')}"
    yield f"EnvironmentFile=-{SECRETS}"
    words = (*_program(), command, "--data", str(settings.data))
    yield f"ExecStart={' '.join(_quoted(word, command=True) for word in words)}"


def _hardened(settings: Settings, user: str) -> Iterator[str]:
    """Yield what the processes may not do: more of it where they are no root's."""
    yield from _HARDENING
    if user == "root":
        yield "ProtectSystem=true"  # it makes system users at the first start, in /etc
        yield "RestrictNamespaces=mnt"
        yield f"CapabilityBoundingSet={' '.join(_OF_ROOT)}"
        return
    low = min(settings.port, settings.gateway_port) < _LOWEST_OPEN_PORT
    yield "RestrictNamespaces=yes"
    yield "ProtectSystem=strict"
    yield f"ReadWritePaths={_paths(settings)} /tmp"
    yield f"CapabilityBoundingSet={'CAP_NET_BIND_SERVICE' if low else ''}"
    if low:
        yield "AmbientCapabilities=CAP_NET_BIND_SERVICE"


def _paths(settings: Settings) -> str:
    """Return the folders that are written to: the data folder and the backup place."""
    return " ".join(_quoted(str(each)) for each in (settings.data, settings.backup) if each is not None)


def _program() -> tuple[str, ...]:
    """Return how this very program is started."""
    beside = Path(sys.executable).with_name("hutong")
    return (str(beside),) if os.access(beside, os.X_OK) else (sys.executable, "-m", "hutong.cli")


def _says_password(url: str) -> bool:
    return bool(conninfo_to_dict(url).get("password"))


def _plain(word: str) -> str:
    """Return a word in which systemd puts nothing for anything."""
    return word.replace("%", "%%")


def _quoted(word: str, *, command: bool = False) -> str:
    """Return a word as systemd reads it back, with its own signs in it; a command's `$` begins no variable."""
    safe = _plain(word).replace("\\", "\\\\").replace('"', '\\"')
    safe = safe.replace("$", "$$") if command else safe
    return f'"{safe}"' if any(sign in safe for sign in " \t'\"\\;") else safe
