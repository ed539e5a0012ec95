"""The commands about officers: what administrators do at the desk, here after a login by password."""

from collections.abc import Callable
from datetime import datetime
from typing import Annotated

import typer

from hutong.console import asking, opening
from hutong.console.asking import CodeOption, OfficerOption, PasswordOption, as_officer
from hutong.terminal.commands import Commands

app = Commands(help="console.officer.help")

Login = Annotated[str, typer.Argument(help="console.officer.login", metavar="console.signing.login_metavar")]
Reason = Annotated[str, typer.Option(help="console.officer.reason")]
Role = Annotated[str, typer.Argument(help="console.officer.role", metavar="console.officer.role_metavar")]
WithoutPassword = Annotated[
    str | None,
    typer.Option(
        "--without-password",
        metavar="console.officer.reason_metavar",
        help="console.officer.vouching",
    ),
]
NewPassword = Annotated[
    str | None,
    typer.Option(
        "--new-password", help="console.officer.change_password.new", envvar="HUTONG_NEW_PASSWORD", show_envvar=False
    ),
]
_DAY = {"formats": ["%Y-%m-%d"], "metavar": "console.day_metavar"}
First = Annotated[
    datetime | None, typer.Option("--from", help="console.officer.from_date", **_DAY)  # type: ignore[arg-type]
]
Last = Annotated[
    datetime | None,
    typer.Option("--until", help="console.officer.until_date", **_DAY),  # type: ignore[arg-type]
]


@app.command("add", says="console.officer.add.help")
def add(
    login: Login,
    name: Annotated[str, typer.Argument(help="console.officer.name", metavar="console.officer.name_metavar")],
    unit: Annotated[str, typer.Argument(help="console.officer.unit", metavar="console.officer.unit_metavar")],
    officer: OfficerOption = None,
    password: PasswordOption = None,
    code: CodeOption = None,
    data: opening.DataOption = None,
) -> None:
    """Add an officer; the password is shown once."""
    with as_officer(officer, password=password, code=code, data=data) as (installation, actor):
        from hutong.control.units import officers, queries  # Django is set up now

        code_of_unit = queries.code_of(unit)
        made = officers.add(username=login, name=name, unit=code_of_unit, actor=actor, now=installation.clock())
        _password(login, made)


@app.command("rename", says="console.officer.rename.help")
def rename(
    login: Login,
    name: Annotated[str, typer.Argument(help="console.officer.rename.name", metavar="console.officer.name_metavar")],
    officer: OfficerOption = None,
    password: PasswordOption = None,
    reason: Reason = "",
    code: CodeOption = None,
    data: opening.DataOption = None,
) -> None:
    """Change the name; what was done before keeps the former one."""
    with as_officer(officer, password=password, code=code, data=data) as (installation, actor):
        from hutong.control.units import officers  # Django is set up now

        officers.rename(username=login, name=name, reason=reason, actor=actor, now=installation.clock())
        _done(login)


@app.command("move", says="console.officer.move.help")
def move(
    login: Login,
    unit: Annotated[str, typer.Argument(help="console.officer.move.unit", metavar="console.officer.unit_metavar")],
    reason: Reason,
    officer: OfficerOption = None,
    password: PasswordOption = None,
    code: CodeOption = None,
    data: opening.DataOption = None,
) -> None:
    """Move to another unit; the roles in the former one end."""
    with as_officer(officer, password=password, code=code, data=data) as (installation, actor):
        from hutong.control.units import officers, queries  # Django is set up now

        officers.move(username=login, unit=queries.code_of(unit), reason=reason, actor=actor, now=installation.clock())
        _done(login)


@app.command("give", says="console.officer.give.help")
def give(
    login: Login,
    role: Role,
    officer: OfficerOption = None,
    password: PasswordOption = None,
    first: First = None,
    last: Last = None,
    code: CodeOption = None,
    data: opening.DataOption = None,
) -> None:
    """Give a role, or other days of one."""
    with as_officer(officer, password=password, code=code, data=data) as (installation, actor):
        from hutong.control.units import officers  # Django is set up now
        from hutong.control.units.rules import Days
        from hutong.core import beijing

        now = installation.clock()
        days = Days(first.date() if first else beijing.day(now), last.date() if last else None)
        officers.give(username=login, role=role, days=days, actor=actor, now=now)
        _done(login)


@app.command("take", says="console.officer.take.help")
def take(
    login: Login,
    role: Role,
    reason: Reason,
    officer: OfficerOption = None,
    password: PasswordOption = None,
    code: CodeOption = None,
    data: opening.DataOption = None,
) -> None:
    """Take a role, at once."""
    with as_officer(officer, password=password, code=code, data=data) as (installation, actor):
        from hutong.control.units import officers  # Django is set up now

        officers.take(username=login, role=role, reason=reason, actor=actor, now=installation.clock())
        _done(login)


@app.command("change-password", says="console.officer.change_password.help")
def change_password(
    officer: OfficerOption = None,
    password: PasswordOption = None,
    new_password: NewPassword = None,
    code: CodeOption = None,
    data: opening.DataOption = None,
) -> None:
    """Change the own password; one that was made by another and given out opens nothing else before."""
    with as_officer(officer, password=password, code=code, data=data, given_out=True) as (installation, actor):
        from hutong.control.units import operations  # Django is set up now

        chosen = asking.new_password(new_password)
        operations.choose_password(username=actor.officer, password=chosen, now=installation.clock())
        _done(actor.officer)


def _plain(name: str, said: str, act: Callable[..., None]) -> None:
    """Make a command of an act that needs to be told nothing but whom it is about.

    `act` is given the operations and what each of them takes.
    """

    def run(
        login: Login,
        officer: OfficerOption = None,
        password: PasswordOption = None,
        code: CodeOption = None,
        data: opening.DataOption = None,
    ) -> None:
        with as_officer(officer, password=password, code=code, data=data) as (installation, actor):
            from hutong.control.units import officers  # Django is set up now

            act(officers, username=login, actor=actor, now=installation.clock())
            _done(login)

    app.command(name, says=said)(run)


_plain("stop", "console.officer.stop.help",
       lambda officers, **whom: officers.set_active(active=False, **whom))  # fmt: skip
_plain("start", "console.officer.start.help",
       lambda officers, **whom: officers.set_active(active=True, **whom))  # fmt: skip
_plain("unlock", "console.officer.unlock.help",
       lambda officers, **whom: officers.unlock(**whom))  # fmt: skip


def _helping(name: str, said: str, act: Callable[..., str | None]) -> None:
    """Make a command for an officer who cannot log in any more; an administrator may be vouched for in the same plight.

    `act` is given as to `_plain`, and returns a password where one was made.
    """

    def run(
        login: Login,
        officer: OfficerOption = None,
        password: PasswordOption = None,
        code: CodeOption = None,
        without_password: WithoutPassword = None,
        data: opening.DataOption = None,
    ) -> None:
        with as_officer(officer, password=password, code=code, data=data, vouched=without_password) as (
            installation,
            actor,
        ):
            from hutong.control.units import officers  # Django is set up now

            made = act(officers, username=login, actor=actor, now=installation.clock())
            if made is None:
                _done(login)
            else:
                _password(login, made)

    app.command(name, says=said)(run)


_helping("new-password", "console.officer.new_password.help",
         lambda officers, **whom: officers.renew_password(**whom))  # fmt: skip
_helping("reset-second-factor",
         "console.officer.reset_second_factor.help",
         lambda officers, **whom: officers.reset_factor(**whom))  # fmt: skip


def _done(login: str) -> None:
    opening.show("console.officer.done", login=login)


def _password(login: str, made: str) -> None:
    opening.show(
        "console.officer.password_made",
        login=login, made=made,
    )  # fmt: skip
