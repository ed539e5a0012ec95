"""System users of the doors: where root starts them each runs as its own, and reads no other's memory, files or keys.

A door is handed what it needs: its keys, a spool of its own, the way to the database's socket. Where users cannot be
made or cannot reach the programs, all doors run as who starts them, and that is said (`installation/protection.py`).
"""

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from hutong.db import logins, postmaster
from hutong.db.postmaster import SystemAccount
from hutong.installation import keys
from hutong.messages import logger
from hutong.plane.keys import SHARED_BY
from hutong.settings import Settings

USERS = {logins.WEB: "hutong-web", logins.GATEWAY: "hutong-gateway", logins.WORKER: "hutong-worker"}
"""Door → its system user, made for this alone."""
KEYS = {
    logins.WEB: (keys.WEB_SECRET,),
    logins.GATEWAY: (keys.REPLY_SEED,),
    logins.WORKER: (keys.LOG_SEED,),
}
"""Door → the keys that are its own. The keyring is read by those that seal and open: the pages and the gateway."""
SEALING = (logins.WEB, logins.GATEWAY)
SPEAKING = (logins.WEB, logins.GATEWAY)
"""Doors that show the certificate: each has a copy of it and of its key, which may lie where only root comes."""
TLS = {"HUTONG_TLS_CERTIFICATE": "certificate.pem", "HUTONG_TLS_KEY": "key.pem"}
HOME = "/nonexistent"
_TRIAL = "import os, sys, hutong.cli, granian; os.stat(sys.argv[1])"
"""What a door's user is asked to do before the doors are started: to find the programs and the platform's folder."""


@dataclass(frozen=True, slots=True)
class Users:
    """The doors' system users, and the folders that have to be in their sight."""

    accounts: dict[str, SystemAccount]
    needed: tuple[str, ...]

    def command(self, door: str, command: Sequence[str]) -> list[str]:
        """Return the command that becomes the user of a door and then is `command`."""
        account = self.accounts[door]
        told = {
            "uid": account.uid, "gid": account.gid, "groups": account.groups, "needed": self.needed,
            "command": list(command),
        }  # fmt: skip
        return [sys.executable, "-m", "hutong.host.confined", json.dumps(told)]

    def environ(self, door: str, settings: Settings) -> dict[str, str]:
        """Return what a door is told besides: where it finds its modules and its spool."""
        told = {
            "HOME": HOME,
            "PYTHONPATH": os.pathsep.join(_modules()),
            "HUTONG_SPOOL": str(settings.spool_of(door)),
        }
        if settings.network.key is not None:  # where it lies no door may come
            told |= {name: str(_tls(settings, door) / file) if door in SPEAKING else "" for name, file in TLS.items()}
        return told

    def renew_certificate(self, settings: Settings) -> None:
        """Give the doors that show the certificate a copy of what it is now, with its key."""
        for door in SPEAKING:
            _copy_certificate(settings, door, self.accounts[door])


def made(settings: Settings) -> Users | None:
    """Make the users where root starts the platform, hand each its keys and folders, and return them.

    None where there is one user for all: another than root starts it, or no user can be made that reaches the programs.
    """
    if os.geteuid() != 0:
        return None
    socket, sealing = postmaster.group(postmaster.SOCKET_GROUP), postmaster.group(SHARED_BY)
    found = {door: postmaster.made(name) for door, name in USERS.items()}
    if socket is None or sealing is None or None in found.values():
        return None
    accounts = {
        door: SystemAccount(each.uid, each.gid, switch=True, groups=(socket, *([sealing] if door in SEALING else [])))
        for door, each in found.items()
        if each is not None
    }
    users = Users(accounts, _needed(settings))
    _hand_over(settings, accounts, sealing=sealing)
    for door in accounts:
        tried = subprocess.run(
            users.command(door, [sys.executable, "-c", _TRIAL, str(settings.keys / keys.KEYRING)]),
            env={**os.environ, **users.environ(door, settings)}, cwd="/", check=False, capture_output=True, text=True,
        )  # fmt: skip
        if tried.returncode:
            logger.warning("users.cannot_reach_programs", door=door, reason=tried.stderr.strip()[-300:])
            return None
    return users


def _hand_over(settings: Settings, accounts: dict[str, SystemAccount], *, sealing: int) -> None:
    # Its own files are closed one by one; others may pass through, and not look round.
    settings.data.chmod(settings.data.stat().st_mode | 0o011)
    settings.keys.chmod(0o711)
    keyring = settings.keys / keys.KEYRING
    os.chown(keyring, 0, sealing)
    keyring.chmod(0o640)
    for door, account in accounts.items():
        for path in (each for name in KEYS[door] for each in _followed(settings, name)):
            os.chown(path, account.uid, account.gid)
            path.chmod(0o400)
        folders = [settings.spool_of(door)]
        folders += [settings.measures] if door == logins.GATEWAY else []
        if door == logins.WORKER:
            folders.append(settings.keys / keys.HEADS)
        if door in SPEAKING:
            folders += _copy_certificate(settings, door, account)
        for folder in folders:
            folder.mkdir(mode=0o700, exist_ok=True)
            _give(folder, account)


def _followed(settings: Settings, name: str) -> list[Path]:
    """Return the file of a key and of those that followed it, which belong to the same door."""
    path = settings.keys / name
    return [path, *settings.keys.glob(f"{path.stem}.*{path.suffix}")]


def _tls(settings: Settings, door: str) -> Path:
    return settings.data / f"tls.{door}"


def _copy_certificate(settings: Settings, door: str, account: SystemAccount) -> list[Path]:
    """Copy the certificate as it is now, and its key, for a door; what was copied before goes."""
    folder, network = _tls(settings, door), settings.network
    if network.certificate is None or network.key is None:
        postmaster.remove(folder)
        return []
    folder.mkdir(mode=0o700, exist_ok=True)
    for source, name in zip((network.certificate, network.key), TLS.values(), strict=True):
        beside = folder / f"{name}.new"
        beside.unlink(missing_ok=True)
        with open(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o400), "wb") as file:
            file.write(source.read_bytes())
            os.fchown(file.fileno(), account.uid, account.gid)
        beside.rename(folder / name)
    return [folder]


def _give(folder: Path, account: SystemAccount) -> None:
    """Hand over a folder with what an earlier user of it left there."""
    os.chown(folder, account.uid, account.gid)
    for root, folders, files in os.walk(folder):
        for name in (*folders, *files):
            os.chown(os.path.join(root, name), account.uid, account.gid, follow_symlinks=False)


def _modules() -> list[str]:
    """Return where modules are found; `python -m` counts the current folder in, which is needed only if we lie there.

    Shown as a whole it would hide from a door's user what is needed inside: the platform's folder, for example.
    """
    own = Path(__file__).resolve().parents[2]
    found = [Path(each).resolve() for each in sys.path if each and Path(each).exists()]
    return [str(each) for each in found if each == own or not _is_current(each)]


def _is_current(folder: Path) -> bool:
    try:
        return folder.samefile(os.curdir)
    except OSError:  # removed meanwhile
        return False


def _needed(settings: Settings) -> tuple[str, ...]:
    """Return the folders a door's programs lie in, and that of the platform's data, without those inside another."""
    named = (sys.prefix, sys.base_prefix, os.path.dirname(sys.executable), *_modules(), str(settings.data))
    places = sorted({os.path.abspath(each) for each in named} | {os.path.realpath(each) for each in named})
    return tuple(
        place for place in places
        if not any(place != other and place.startswith(f"{other}/") for other in places)
    )  # fmt: skip
