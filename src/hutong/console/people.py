"""The commands about officers: what administrators do at the desk, done here by who says by password who they are."""

from collections.abc import Callable
from datetime import datetime
from typing import Annotated

import typer

from hutong.console import opening
from hutong.console.asking import CodeOption, OfficerOption, PasswordOption, as_officer
from hutong.terminal.commands import Commands

app = Commands(
    help="人员：新增、更名、调动、停用、角色，各由相应的管理员办理"
    " / officers: add, rename, move, stop, roles, each by the administrator whose it is"
)

Login = Annotated[str, typer.Argument(help="该人员的登录名 / login of whom it is about", metavar="登录名 / LOGIN")]
Reason = Annotated[str, typer.Option(help="依据 / why")]
Role = Annotated[str, typer.Argument(help="角色代码 / role, as in the enrolment file", metavar="角色 / ROLE")]
WithoutPassword = Annotated[
    str | None,
    typer.Option(
        "--without-password",
        metavar="理由 / REASON",
        help="系统管理员的口令均已遗失：在服务器上不凭口令换发，理由记入日志"
        " / no system administrator has a password that works: none is asked for here at the server; why is entered",
    ),
]
_DAY = {"formats": ["%Y-%m-%d"], "metavar": "年-月-日 / YYYY-MM-DD"}
First = Annotated[
    datetime | None, typer.Option("--from", help="首日（默认今天） / first day (today)", **_DAY)  # type: ignore[arg-type]
]
Last = Annotated[
    datetime | None,
    typer.Option("--until", help="末日，含当日（默认不限） / last day, included (open)", **_DAY),  # type: ignore[arg-type]
]


@app.command("add")
def add(
    login: Login,
    name: Annotated[str, typer.Argument(help="姓名 / name", metavar="姓名 / NAME")],
    org: Annotated[str, typer.Argument(help="单位名称或代码 / unit: name or code", metavar="单位 / UNIT")],
    officer: OfficerOption = None,
    password: PasswordOption = None,
    code: CodeOption = None,
    data: opening.DataOption = None,
) -> None:
    """新增人员，口令只显示一次 / add an officer; the password is shown once"""
    with as_officer(officer, password=password, code=code, data=data) as (installation, actor):
        from hutong.control.orgs import officers, queries  # Django is set up now

        made = officers.add(
            username=login, name=name, org=queries.code_of(org), actor=actor, now=installation.clock()
        )
        _password(login, made)


@app.command("rename")
def rename(
    login: Login,
    name: Annotated[str, typer.Argument(help="新姓名 / the new name", metavar="姓名 / NAME")],
    officer: OfficerOption = None,
    password: PasswordOption = None,
    reason: Reason = "",
    code: CodeOption = None,
    data: opening.DataOption = None,
) -> None:
    """变更姓名；以前办理的仍用原名 / change the name; what was done before keeps the former one"""
    with as_officer(officer, password=password, code=code, data=data) as (installation, actor):
        from hutong.control.orgs import officers  # Django is set up now

        officers.rename(username=login, name=name, reason=reason, actor=actor, now=installation.clock())
        _done(login)


@app.command("move")
def move(
    login: Login,
    org: Annotated[str, typer.Argument(help="调入单位或其代码 / the new unit: name or code", metavar="单位 / UNIT")],
    reason: Reason,
    officer: OfficerOption = None,
    password: PasswordOption = None,
    code: CodeOption = None,
    data: opening.DataOption = None,
) -> None:
    """调动到其他单位；原单位的角色终止 / move to another unit; the roles in the former one end"""
    with as_officer(officer, password=password, code=code, data=data) as (installation, actor):
        from hutong.control.orgs import officers, queries  # Django is set up now

        officers.move(
            username=login, org=queries.code_of(org), reason=reason, actor=actor, now=installation.clock()
        )
        _done(login)


@app.command("give")
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
    """授予角色，或改变其任期 / give a role, or other days of one"""
    with as_officer(officer, password=password, code=code, data=data) as (installation, actor):
        from hutong.control.orgs import officers  # Django is set up now
        from hutong.control.orgs.rules import Days
        from hutong.core import beijing

        now = installation.clock()
        days = Days(first.date() if first else beijing.day(now), last.date() if last else None)
        officers.give(username=login, role=role, days=days, actor=actor, now=now)
        _done(login)


@app.command("take")
def take(
    login: Login,
    role: Role,
    reason: Reason,
    officer: OfficerOption = None,
    password: PasswordOption = None,
    code: CodeOption = None,
    data: opening.DataOption = None,
) -> None:
    """收回角色，立即生效 / take a role, at once"""
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

    run.__doc__ = said
    app.command(name)(run)


_plain("stop", "停用账号，立即生效 / stop an account, at once",
       lambda officers, **whom: officers.set_active(active=False, **whom))  # fmt: skip
_plain("start", "恢复账号 / let an account in again",
       lambda officers, **whom: officers.set_active(active=True, **whom))  # fmt: skip
_plain("unlock", "解除登录限制 / let an account try to log in again at once",
       lambda officers, **whom: officers.unlock(**whom))  # fmt: skip


def _helping(name: str, said: str, act: Callable[..., str | None]) -> None:
    """Make a command that helps who lost what they log in with; an administrator who did too may be vouched for.

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

    run.__doc__ = said
    app.command(name)(run)


_helping("new-password", "重新发放口令，只显示一次 / renew a password, shown once",
         lambda officers, **whom: officers.renew_password(**whom))  # fmt: skip
_helping("reset-second-factor",
         "停用双因素认证，由本人重新启用 / take away a second factor; its owner sets it up again",
         lambda officers, **whom: officers.reset_factor(**whom))  # fmt: skip


def _done(login: str) -> None:
    opening.show("{login}：已办理。 / {login}: done.", login=login)


def _password(login: str, made: str) -> None:
    opening.show(
        "{login}：口令 {made}（只显示这一次，请当面交给本人）"
        " / {login}: password {made} (shown this once; hand it over in person)",
        login=login, made=made,
    )  # fmt: skip
