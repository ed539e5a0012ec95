"""The secrets of an installation, and the name its log was first given: files in a folder of their own."""

import json
import secrets
from dataclasses import replace
from pathlib import Path

from hutong.audit.keyfiles import KeyFiles
from hutong.core.errors import Conflicting, Missing
from hutong.core.signed_note import LogSigner
from hutong.db import lasting
from hutong.db import logins as database_logins
from hutong.plane.keys import Keyring
from hutong.settings import LOG_NAME, Settings

KEYRING, LOG_SEED, REPLY_SEED, WEB_SECRET = "keyring.json", "log.seed", "reply.seed", "web.secret"
LOGINS = "logins.json"
"""The passwords with which each door logs in to the database: each is handed its own address, and none reads this."""
HEADS = "heads"
"""Folder of what the log's key has signed: who signs writes there, and nowhere else among the keys."""
VERIFIER = "log.vkey"
"""The log's public key, for doors that do not sign."""
NAME = "log.name"
"""What the log was first called."""


class KeyLost(Missing):
    """The key {path} is missing, which this platform has used before; no other was made in its place."""


class LogNamed(Conflicting):
    """The log is called {name}, not {given}: consumers have pinned its name, and it stays."""


def make(settings: Settings) -> None:
    """Make the folder of the keys and every missing key; keys that are there stay as they are.

    The log's name, as `settings` have it, is kept with them the first time. Raises KeyLost, and makes nothing, where
    all were made once and one is missing now: what was done with it cannot be done with another.
    """
    folder = settings.keys
    if (folder / VERIFIER).exists():  # made after all that is secret
        for name in (KEYRING, LOG_SEED, REPLY_SEED, WEB_SECRET):
            if not (folder / name).exists():
                raise KeyLost(path=str(folder / name))
    folder.mkdir(mode=0o700, exist_ok=True)
    (folder / HEADS).mkdir(mode=0o700, exist_ok=True)
    if not (folder / KEYRING).exists():
        Keyring.create(folder / KEYRING)
    for name in (LOG_SEED, REPLY_SEED):
        _keep(folder / name, secrets.token_bytes(32))
    _keep(folder / WEB_SECRET, secrets.token_urlsafe(48).encode())
    _keep(folder / NAME, settings.log_name.encode())
    if not (folder / VERIFIER).exists():
        kept = (folder / NAME).read_text(encoding="utf-8")
        signer = LogSigner.from_seed(kept, (folder / LOG_SEED).read_bytes())
        _keep(folder / VERIFIER, signer.verifier.encode())
    replies = reply_files(replace(settings, log_name=(folder / NAME).read_text(encoding="utf-8")))
    if not replies.public(1).exists() and (found := replies.signer(1)):
        _keep(replies.public(1), found.verifier.encode())
    for public in (NAME, VERIFIER, replies.public(1).name):
        (folder / public).chmod(0o644)


def log_files(settings: Settings) -> KeyFiles:
    """Return the files of the keys that sign the log."""
    return KeyFiles(settings.keys, "log", settings.log_name)


def reply_files(settings: Settings) -> KeyFiles:
    """Return the files of the keys that sign replies."""
    return KeyFiles(settings.keys, "reply", f"{settings.log_name}/replies")


def logins(settings: Settings) -> dict[str, str]:
    """Return the password of each login, made and kept the first time it is asked for."""
    path = settings.keys / LOGINS
    found: dict[str, str] = json.loads(path.read_text()) if path.exists() else {}
    missing = database_logins.LOGINS.keys() - found.keys()
    if missing:
        new = database_logins.passwords()
        found |= {who: new[who] for who in missing}
        path.unlink(missing_ok=True)
        _keep(path, json.dumps(found).encode())
    return found


def renew_web_secret(settings: Settings) -> None:
    """Make the secret of sessions and forms anew: whoever was logged in by the old one is not any more."""
    path = settings.keys / WEB_SECRET
    lasting.put(path, secrets.token_urlsafe(48).encode(), owner=path.stat())


def named(settings: Settings) -> Settings:
    """Return the settings with the log's name as it is kept, which nobody has to say again; raises LogNamed."""
    kept = settings.keys / NAME
    name = kept.read_text(encoding="utf-8") if kept.exists() else settings.log_name
    if settings.log_name not in (name, LOG_NAME):
        raise LogNamed(name=name, given=settings.log_name)
    return replace(settings, log_name=name)


def _keep(path: Path, content: bytes) -> None:
    if path.exists():
        return
    lasting.put(path, content, owner=None)
