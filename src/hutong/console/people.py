"""The commands about officers: what administrators do at the desk, here after a login by password."""

from collections.abc import Callable
from datetime import datetime
from typing import Annotated

import typer

from hutong.console import opening
from hutong.console.asking import CodeOption, OfficerOption, PasswordOption, as_officer
from hutong.terminal.commands import Commands

app = Commands(
    help="console.officers_add_rename"
)

Login = Annotated[str, typer.Argument(help="console.login_whom_about", metavar="console.login")]
Reason = Annotated[str, typer.Option(help="console.grounds")]
Role = Annotated[str, typer.Argument(help="console.role_as_enrolment", metavar="console.role")]
WithoutPassword = Annotated[
    str | None,
    typer.Option(
        "--without-password",
        metavar="console.reason",
        help="console.no_system_administrator",
    ),
]
_DAY = {"formats": ["%Y-%m-%d"], "metavar": "console.yyyy_mm_dd"}
First = Annotated[
    datetime | None, typer.Option("--from", help="console.first_day_today", **_DAY)  # type: ignore[arg-type]
]
Last = Annotated[
    datetime | None,
    typer.Option("--until", help="console.last_day_included", **_DAY),  # type: ignore[arg-type]
]


@app.command("add", says="console.add_officer_password")
def add(
    login: Login,
    name: Annotated[str, typer.Argument(help="console.name", metavar="console.name_metavar")],
    org: Annotated[str, typer.Argument(help="console.unit_name_or", metavar="console.unit")],
    officer: OfficerOption = None,
    password: PasswordOption = None,
    code: CodeOption = None,
    data: opening.DataOption = None,
) -> None:
    """Add an officer; the password is shown once."""
    with as_officer(officer, password=password, code=code, data=data) as (installation, actor):
        from hutong.control.orgs import officers, queries  # Django is set up now

        made = officers.add(
            username=login, name=name, org=queries.code_of(org), actor=actor, now=installation.clock()
        )
        _password(login, made)


@app.command("rename", says="console.change_name_what")
def rename(
    login: Login,
    name: Annotated[str, typer.Argument(help="console.new_name", metavar="console.name_metavar")],
    officer: OfficerOption = None,
    password: PasswordOption = None,
    reason: Reason = "",
    code: CodeOption = None,
    data: opening.DataOption = None,
) -> None:
    """Change the name; what was done before keeps the former one."""
    with as_officer(officer, password=password, code=code, data=data) as (installation, actor):
        from hutong.control.orgs import officers  # Django is set up now

        officers.rename(username=login, name=name, reason=reason, actor=actor, now=installation.clock())
        _done(login)


@app.command("move", says="console.move_another_unit")
def move(
    login: Login,
    org: Annotated[str, typer.Argument(help="console.new_unit_name", metavar="console.unit")],
    reason: Reason,
    officer: OfficerOption = None,
    password: PasswordOption = None,
    code: CodeOption = None,
    data: opening.DataOption = None,
) -> None:
    """Move to another unit; the roles in the former one end."""
    with as_officer(officer, password=password, code=code, data=data) as (installation, actor):
        from hutong.control.orgs import officers, queries  # Django is set up now

        officers.move(
            username=login, org=queries.code_of(org), reason=reason, actor=actor, now=installation.clock()
        )
        _done(login)


@app.command("give", says="console.give_role_or")
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
        from hutong.control.orgs import officers  # Django is set up now
        from hutong.control.orgs.rules import Days
        from hutong.core import beijing

        now = installation.clock()
        days = Days(first.date() if first else beijing.day(now), last.date() if last else None)
        officers.give(username=login, role=role, days=days, actor=actor, now=now)
        _done(login)


@app.command("take", says="console.take_role_once")
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
        from hutong.control.orgs import officers  # Django is set up now

        officers.take(username=login, role=role, reason=reason, actor=actor, now=installation.clock())
        _done(login)


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
            from hutong.control.orgs import officers  # Django is set up now

            act(officers, username=login, actor=actor, now=installation.clock())
            _done(login)

    app.command(name, says=said)(run)


_plain("stop", "console.stop_account_once",
       lambda officers, **whom: officers.set_active(active=False, **whom))  # fmt: skip
_plain("start", "console.let_account_again",
       lambda officers, **whom: officers.set_active(active=True, **whom))  # fmt: skip
_plain("unlock", "console.let_account_try",
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
        with as_officer(
            officer, password=password, code=code, data=data, vouched=without_password
        ) as (installation, actor):
            from hutong.control.orgs import officers  # Django is set up now

            made = act(officers, username=login, actor=actor, now=installation.clock())
            if made is None:
                _done(login)
            else:
                _password(login, made)

    app.command(name, says=said)(run)


_helping("new-password", "console.renew_password_shown",
         lambda officers, **whom: officers.renew_password(**whom))  # fmt: skip
_helping("reset-second-factor",
         "console.take_away_second",
         lambda officers, **whom: officers.reset_factor(**whom))  # fmt: skip


def _done(login: str) -> None:
    opening.show("console.done", login=login)


def _password(login: str, made: str) -> None:
    opening.show(
        "console.password_shown_this",
        login=login, made=made,
    )  # fmt: skip
