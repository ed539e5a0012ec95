"""The command line. A command imports what is of the platform, which the base install lacks, when it is called."""

import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape

from hutong.console import asking, audit, calendars, failures, opening, people
from hutong.core import clauses, text
from hutong.core.errors import Problem
from hutong.settings import LOG_NAME, platform
from hutong.terminal import commands
from hutong.terminal.commands import Commands, UsageWrong
from hutong.terminal.speaking import language, say, show

if TYPE_CHECKING:
    from hutong.control.orgs.rules import Actor
    from hutong.plane.registers import System

NAMES = platform()
"""What this platform is called, in both languages."""

app = Commands(help=f"互通：{NAMES.zh} / Hutong: {NAMES.en}")
app.add_typer(audit.app, name="audit")
app.add_typer(calendars.app, name="calendar")
app.add_typer(people.app, name="officers")

PortOption = Annotated[
    int | None, typer.Option("--port", help="网页端口（默认 8000） / port of the pages (8000)", min=1, max=65535)
]
GatewayPortOption = Annotated[
    int | None,
    typer.Option("--gateway-port", help="数据服务网关端口（默认 8001） / port of the gateway (8001)", min=1, max=65535),
]


def main() -> None:
    """Run the command line; an expected failure is told in the reader's language, never as a stack trace."""
    # Asked to end, a command leaves as from an error: what it opened is closed. Doors have their own way.
    signal.signal(signal.SIGTERM, lambda number, _: sys.exit(128 + number))
    own = {each.name or each.callback.__name__ for each in app.registered_commands if each.callback}
    if not own.union(each.name for each in app.registered_groups).intersection(sys.argv[1:2]):
        # a consumer's client, which the other commands can do without
        from hutong.client.cli import app as client

        app.add_typer(client, name="client")
    try:
        status = commands.run(app)
    except typer.Abort:
        status = 1
    except Exception as fault:
        if not failures.interrupted(fault):
            problem = failures.known(fault)
            if problem is None:
                raise
            tell(problem)
            raise SystemExit(2 if isinstance(problem, UsageWrong) else 1) from None
        status = 130
    if status == 130:
        opening.err.print(say(_INTERRUPTED))
    raise SystemExit(status)


_INTERRUPTED = "已中断。已经提交的保持不变，未提交的没有生效。 / Interrupted. What was committed stays."


def tell(problem: Problem) -> None:
    """Print what is wrong, the clause that asks for it, and what to do."""
    said = text.say(problem, language=language())
    opening.err.print(f"[bold red]✗[/] {escape(said.message)}", highlight=False, soft_wrap=True)
    if clause := problem.clause or problem.facts.get("clause"):
        cited = clauses.cited(clause, language=language()) or say("条款 / clause")
        basis = say("  依据：{cited}（{clause}） /   By {cited} ({clause})", cited=cited, clause=clause)
        opening.err.print(escape(basis), highlight=False, soft_wrap=True)
    if said.advice:
        opening.err.print(f"  → {escape(said.advice)}", highlight=False, soft_wrap=True)


@app.command()
def init(data: opening.DataOption = None) -> None:
    """建立一个新的平台：目录、密钥、数据库 / make a platform of one's own"""
    settings = opening.settings(data=data)
    with opening.opened(settings, new=True) as installation:
        opening.show("平台已就绪：{data} / The platform is ready: {data}", data=settings.data)
        if installation.settings.log_name == LOG_NAME:
            opening.show(
                "存证日志名称 {name} 仅供试用，且此后不能更改；"
                "正式使用请另选空目录，先设 HUTONG_LOG_NAME 再 hutong init"
                " / The log's name {name} is for trying and stays; for real use begin in an empty folder, with"
                " HUTONG_LOG_NAME set",
                name=LOG_NAME,
            )
        opening.show("存证日志验证公钥：{key} / The log's verifier key: {key}", key=installation.log_signer.verifier)
        opening.show(
            "下一步：hutong enrol --example > county.toml，填好后由其中一名平台运维单位的人员登记"
            "（hutong enrol county.toml --officer 登录名），再 hutong up"
            " / Next: hutong enrol --example > county.toml; make it yours; an operator it lists enrols it"
            " (hutong enrol county.toml --officer LOGIN); then hutong up"
        )


@app.command()
def migrate(data: opening.DataOption = None) -> None:
    """升级数据库结构 / bring the schema up to date"""
    from hutong.installation.joining import catch_up  # of the platform

    with opening.opened(opening.settings(data=data)) as installation:
        catch_up(installation)
        opening.show("数据库结构已是最新。 / The schema is up to date.")


@app.command()
def up(data: opening.DataOption = None, port: PortOption = None, gateway_port: GatewayPortOption = None) -> None:
    """启动全部服务并看护 / open every door and look after them"""
    # Of the platform.
    from hutong.host import doors
    from hutong.installation.joining import catch_up

    settings = opening.settings(data=data, port=port, gateway_port=gateway_port)
    with doors.only(settings), opening.opened(settings, new=True) as installation:
        catch_up(installation)
        running = doors.open_all(installation)
        try:
            opening.show("网页 {at} / Pages {at}", at=f"http://{settings.host}:{settings.port}/")
            opening.show(
                "网关 {at} / Gateway {at}", at=f"http://{settings.host}:{settings.gateway_port}/openapi.json"
            )
            opening.show("按 Ctrl-C 停止。 / Press Ctrl-C to stop.")
            running.wait()
        finally:
            running.stop()


@app.command()
def serve() -> None:
    """只启动网页 / the pages alone"""
    from hutong.host import doors  # of the platform

    doors.serve(doors.inherited())


@app.command()
def gateway() -> None:
    """只启动数据服务网关 / the gateway alone"""
    from hutong.host import doors  # of the platform

    doors.gateway(doors.inherited())


@app.command()
def work() -> None:
    """只启动后台：存证入树、到期处理 / the worker alone"""
    from hutong.host import doors  # of the platform

    doors.work(doors.inherited())


@app.command()
def runs(data: opening.DataOption = None) -> None:
    """列出后台任务最近的执行情况 / what the worker did of late, and what failed"""
    from hutong.console import runs  # of the platform

    with opening.opened(opening.settings(data=data)) as installation:
        runs.show(installation, console=opening.out)


@app.command()
def load(
    resource: Annotated[str, typer.Argument(help="信息资源代码 / code of the resource")],
    file: Annotated[
        Path,
        typer.Argument(
            help="CSV、Excel、Parquet 或 Arrow 文件 / a CSV, Excel, Parquet or Arrow file", exists=True, dir_okay=False
        ),
    ],
    key: Annotated[
        str | None,
        typer.Option(
            help="批次号；同一批次号重复提交不会重复入库（默认取文件摘要）"
            " / name of the delivery, loaded once (the file's digest)"
        ),
    ] = None,
    changes: Annotated[
        bool, typer.Option("--changes", help="增量（默认全量快照） / changes (else a snapshot)")
    ] = False,
    confirm: Annotated[
        bool, typer.Option("--confirm", help="确认已暂存的批次可以清空或大量删除 / yes, what waits may delete so much")
    ] = False,
    officer: asking.OfficerOption = None,
    password: asking.PasswordOption = None,
    code: asking.CodeOption = None,
    system: asking.SystemOption = None,
    system_key: asking.SystemKeyOption = None,
    data: opening.DataOption = None,
) -> None:
    """将一个文件交付入库，并打印回执 / deliver a file and print the receipt

    由提供方经办人以登录名和口令交付；定时任务由提供方已登记的系统以密钥文件交付。
    / By an editor of the provider, with name and password; where it runs by itself, by a registered system of the
    provider, with its key file.
    """
    with opening.joined(opening.settings(data=data)) as installation:
        from hutong.console import load  # Django's models ask for its settings, which are there now

        by: Actor | System
        if system and not officer:
            by = asking.system(system, key=system_key)
        else:
            by = asking.officer(installation, officer, password=password, code=code)
        load.deliver(
            installation, resource=resource, file=file, key=key, changes=changes, confirm=confirm, by=by,
            console=opening.out,
        )  # fmt: skip


@app.command()
def enrol(
    file: Annotated[
        Path | None, typer.Argument(help="登记文件（TOML） / enrolment file (TOML)", exists=True, dir_okay=False)
    ] = None,
    check: Annotated[
        bool, typer.Option("--check", help="只检查并列出将作的改动，不保存 / say what would be done and keep nothing")
    ] = False,
    example: Annotated[
        bool, typer.Option("--example", help="打印一份带说明的登记文件样例 / print a commented example of the file")
    ] = False,
    officer: asking.OfficerOption = None,
    password: asking.PasswordOption = None,
    code: asking.CodeOption = None,
    data: opening.DataOption = None,
) -> None:
    """登记单位、人员账号、系统、使用人和设备 / enrol units, officers, systems, persons and devices

    可反复执行：已登记且一致的不动，有变化的变更，绝不重复登记。新账号的口令只显示一次。由平台运维单位或系统管理员办理；
    平台尚无人员时，由文件所列的系统管理员（--officer）办理，不问口令：文件确定单位、职责和三员，其余角色由三员授予。
    / It can be run again: what is registered stays, what changed is changed, nothing is registered twice. A new
    account's password is shown once. By an operator or a system administrator; where the platform has no officer yet,
    by the system administrator whom the file lists (--officer), of whom no password is asked: the file founds units,
    offices and the three administrators, who give all other roles.
    """
    if example or file is None:
        _print_example(asked=example)
        return
    sound, console, spoken = True, opening.out, language()
    with opening.joined(opening.settings(data=data)) as installation:
        from hutong.console import enrol  # Django's models ask for its settings, which are there now

        if not check:
            asking.named(officer)

        def who() -> "Actor":
            return asking.officer(installation, officer, password=password, code=code)

        sound = enrol.run(
            installation, file=file, check=check, language=spoken, console=console, fault=_tell_place,
            username=officer or "", who=who,
        )  # fmt: skip
    if not sound:
        raise SystemExit(1)


def _print_example(*, asked: bool) -> None:
    """Print the example of an enrolment file; where it was not asked for, say first what it is."""
    from hutong.control.enrolment import file  # of the platform, which a consumer's client does without

    if not asked:
        show(opening.err, _EXAMPLE)
    typer.echo(file.example(), nl=False)


_EXAMPLE = (
    "没有指定登记文件，以下是一份带说明的样例。另存后按本县情况修改：hutong enrol --example > county.toml"
    "；然后登记：hutong enrol county.toml --officer 登录名（加 --check 只检查）。"
    " / No enrolment file was named; what follows is a commented example. Keep it and make it yours:"
    " hutong enrol --example > county.toml; then enrol it: hutong enrol county.toml --officer LOGIN"
    " (with --check, nothing is kept)."
)


def _tell_place(place: str, problem: Problem) -> None:
    opening.err.print(place, highlight=False, markup=False, soft_wrap=True)
    tell(problem)


@app.command()
def demo(
    smoke: Annotated[
        bool,
        typer.Option("--smoke", help="走完主流程，核验存证后退出 / walk the main job, verify the evidence and end"),
    ] = False,
    rows: Annotated[int, typer.Option("--rows", min=100, help="居民行数 / residents")] = 20_000,
    data: opening.DataOption = None,
    port: PortOption = None,
    gateway_port: GatewayPortOption = None,
) -> None:
    """一个活的示范县 / a living county to try things in"""
    from hutong.demo import run  # of the platform

    settings = opening.settings(data=data, port=port, gateway_port=gateway_port)
    raise SystemExit(run.run(settings, smoke_only=smoke, rows=rows, console=opening.out))


@app.command("try")
def try_(
    file: Annotated[Path, typer.Argument(help="自己的文件 / your file", exists=True, dir_okay=False)],
    key: Annotated[
        list[str],
        typer.Option("--key", help="主键列名；多列可重复给出 / column that identifies a record; may be repeated"),
    ],
    name: Annotated[
        str | None, typer.Option(help="资源名称（默认取文件名） / name of the resource (the file's)")
    ] = None,
    code: Annotated[
        str | None, typer.Option(help="资源代码（默认取下一个空闲的代码） / its code (the next that is free)")
    ] = None,
    personal: Annotated[
        bool,
        typer.Option(
            "--personal/--not-personal",
            help="涉及个人信息（默认）：加密保存，比对时不透露有无该记录"
            " / about persons (the default): kept enciphered, and a comparison does not tell absent from different",
        ),
    ] = True,
    data: opening.DataOption = None,
) -> None:
    """在示范县中试用自己的文件：发布、交付、申请、开通
    / try a file of your own in the demo: publish, load, apply, open"""
    from hutong.demo import own  # of the platform

    with opening.opened(opening.settings(data=data)) as installation:
        own.take(
            installation, file=file, key=tuple(key), name=name, code=code, personal=personal, console=opening.out
        )


if __name__ == "__main__":
    main()
