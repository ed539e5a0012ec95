"""Who acts at the command line: an officer, by name, password and code, or a registered system, by its key file."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from hutong.console import opening
from hutong.core.errors import Invalid
from hutong.terminal.speaking import say

if TYPE_CHECKING:
    from hutong.control.units.rules import Actor
    from hutong.installation.opening import Installation
    from hutong.plane.registers import System


class OfficerNotNamed(Invalid):
    """Who does this is to be named: what is done here is entered in the log under an officer's name."""


class NobodyToAsk(Invalid):
    """No terminal is there on which {option} could be asked for."""


class PassphraseNotGiven(NobodyToAsk):
    """No terminal is there on which {officer} could type a passphrase, and {option} is not set."""


class YesNotSaid(NobodyToAsk):
    """No terminal is there at which somebody could say yes to this: {question}"""


class PassphrasesDiffer(Invalid):
    """The passphrase of {officer} was typed differently the second time; nothing was wrapped."""


class NewPasswordsDiffer(Invalid):
    """The new password was typed differently the second time; nothing was changed."""


OfficerOption = Annotated[
    str | None,
    typer.Option(
        "--officer",
        metavar="console.signing.login_metavar",
        help="console.signing.officer",
        envvar="HUTONG_OFFICER",
        show_envvar=False,
    ),
]
PasswordOption = Annotated[
    str | None,
    typer.Option(
        "--password",
        help="console.signing.password",
        envvar="HUTONG_OFFICER_PASSWORD",
        show_envvar=False,
    ),
]
CodeOption = Annotated[
    str | None,
    typer.Option(
        "--code",
        help="console.signing.code",
        envvar="HUTONG_OFFICER_CODE",
        show_envvar=False,
    ),
]
SystemOption = Annotated[
    str | None,
    typer.Option(
        "--system",
        metavar="console.signing.system_metavar",
        help="console.signing.system",
        envvar="HUTONG_SYSTEM",
        show_envvar=False,
    ),
]
SystemKeyOption = Annotated[
    Path | None,
    typer.Option(
        "--system-key",
        metavar="console.signing.key_metavar",
        help="console.signing.key",
        envvar="HUTONG_SYSTEM_KEY",
        show_envvar=False,
    ),
]


@contextmanager
def as_officer(
    username: str | None, *, password: str | None, code: str | None, data: Path | None, vouched: str | None = None,
    given_out: bool = False,
) -> "Iterator[tuple[Installation, Actor]]":  # fmt: skip
    """Open the platform for an officer who says by password who they are, and yield it and them.

    `vouched` is why none is asked for, where the one at the server says who they are (`units.vouching`). What takes a
    password also where it was `given_out` is its change.
    """
    with opening.joined(opening.settings(data=data)) as installation:
        if vouched is not None:
            from hutong.console import officer as proven  # Django's models ask for its settings, which are there now

            actor = proven.vouched(installation, username=named(username), reason=vouched)
            opening.acts(actor)
            yield installation, actor
            return
        yield installation, officer(installation, username, password=password, code=code, given_out=given_out)


def officer(
    installation: "Installation", username: str | None, *, password: str | None, code: str | None,
    given_out: bool = False,
) -> "Actor":  # fmt: skip
    """Return the officer who says by password, asked for where it is not given, who they are."""
    from hutong.console import officer  # Django's models ask for its settings, which are there once it is joined

    actor = officer.login(
        installation,
        username=named(username),
        password=password or _asked("console.signing.ask_password", option="--password", hidden=True),
        ask=lambda: code or _asked("console.signing.ask_code", option="--code"),
        given_out=given_out,
    )
    opening.acts(actor)
    return actor


def _asked(words: str, *, option: str, hidden: bool = False, **facts: object) -> str:
    """Return what somebody types at the terminal; raises NobodyToAsk where there is none."""
    if not sys.stdin.isatty():
        raise NobodyToAsk(option=option)
    return str(typer.prompt(say(words, **facts), hide_input=hidden, err=True))


def said_yes(question: str) -> None:
    """Return once somebody at the terminal has said yes; raises typer.Abort, and YesNotSaid where nobody is."""
    try:
        typer.confirm(question, abort=True, err=True)
    except typer.Abort:
        if not sys.stdin.isatty():
            raise YesNotSaid(option="--yes", question=question) from None
        raise


def somebody() -> bool:
    """Return whether somebody sits at a terminal who can be asked."""
    return sys.stdin.isatty()


def sits_there(number: int) -> bool:
    """Return whether the first or second officer's passphrase is asked for at a terminal, and may be typed again."""
    return sys.stdin.isatty() and not os.environ.get(f"HUTONG_PASSPHRASE_{number}")


def passphrase(officer: str, *, number: int, twice: bool = False) -> str:
    """Return the passphrase of the recovery copy that an officer types, who is the first or second of the two.

    Nobody sees it; for machines the environment has it. Raises PassphraseNotGiven, and PassphrasesDiffer where it is
    asked for `twice` and is not typed alike.
    """
    if given := os.environ.get(f"HUTONG_PASSPHRASE_{number}"):
        return given
    option = f"HUTONG_PASSPHRASE_{number}"
    if not sys.stdin.isatty():
        raise PassphraseNotGiven(officer=officer, option=option)
    typed = _asked("console.recovery.ask", option=option, hidden=True, officer=officer)
    if twice and typed != _asked("console.recovery.ask_again", option=option, hidden=True, officer=officer):
        raise PassphrasesDiffer(officer=officer)
    return typed


def new_password(given: str | None) -> str:
    """Return the password that an officer chooses, typed twice where it is not given; raises NewPasswordsDiffer."""
    if given:
        return given
    option = "--new-password"
    chosen = _asked("console.signing.ask_new_password", option=option, hidden=True)
    if chosen != _asked("console.signing.ask_new_password_again", option=option, hidden=True):
        raise NewPasswordsDiffer
    return chosen


def keeper(installation: "Installation", username: str, *, number: int) -> "Actor":
    """Return the first or second officer who is to keep the keys, and says by password who they are, as by no other.

    For machines the environment has it. Raises NobodyToAsk, and what a login raises.
    """
    from hutong.console import officer  # Django's models ask for its settings, which are there once it is joined

    password, code = (f"HUTONG_KEEPER_{name}_{number}" for name in ("PASSWORD", "CODE"))
    return officer.login(
        installation,
        username=username,
        password=os.environ.get(password)
        or _asked("console.recovery.ask_password", option=password, hidden=True, officer=username),
        ask=lambda: os.environ.get(code) or _asked("console.recovery.ask_code", option=code, officer=username),
    )


def named(username: str | None) -> str:
    """Return the name that was given; raises OfficerNotNamed."""
    if not username:
        raise OfficerNotNamed
    return username


def system(name: str, *, key: Path | None) -> "System":
    """Return the registered system whose key file it is; raises SystemNotProven. The platform is joined first."""
    from hutong.console import officer  # Django's models ask for its settings, which are there once it is joined

    return officer.system(name, key_file=key)
