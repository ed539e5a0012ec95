"""Whether evidence is protected from the platform's own processes: each door logs in and runs as itself.

Where only one login or one system user is to be had, the platform starts all the same, and says so: at the start, in
the gateway's health, at the desk of those who look after the log.
"""

import os

from hutong.core.errors import Problem, Unavailable
from hutong.db import logins
from hutong.installation import keys
from hutong.settings import Settings


class OneLogin(Unavailable):
    """All doors log in to the database with one login: evidence is not protected from the platform's own processes."""


class OneSystemUser(Unavailable):
    """All doors run as one system user: each process can read the others' memory and keys, and act as they do."""


WARNINGS: dict[str, type[Problem]] = {each.code: each for each in (OneLogin, OneSystemUser)}
"""What can be wanting, by code."""
NOT_ITS_OWN = {
    logins.WEB: (keys.LOG_SEED, keys.REPLY_SEED),
    logins.GATEWAY: (keys.LOG_SEED, keys.WEB_SECRET),
    logins.WORKER: (keys.KEYRING, keys.REPLY_SEED),
}
"""Door → keys that others alone need: whoever can read one is not apart from them."""


def wanting(settings: Settings, *, door: str) -> tuple[str, ...]:
    """Return the codes of what is wanting, as a process of a door sees it: by its own address and what it can read."""
    own = logins.is_own(settings.database_url or "", who=door)
    apart = not any(os.access(settings.keys / name, os.R_OK) for name in NOT_ITS_OWN[door])
    return of(separate_logins=own, separate_users=apart)


def of(*, separate_logins: bool, separate_users: bool) -> tuple[str, ...]:
    """Return the codes of what is wanting."""
    found = {OneLogin.code: not separate_logins, OneSystemUser.code: not separate_users}
    return tuple(code for code, wanted in found.items() if wanted)
