"""Door for operators. Every command imports what it needs when it is called."""

import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from hutong.audit.events import RecordClass
from hutong.speaking import language

if TYPE_CHECKING:
    from hutong.core.errors import Problem
    from hutong.installation import Installation
    from hutong.settings import Settings

app = typer.Typer(
    help="互通 Hutong：政务数据共享交换平台 / the agencies' data sharing platform",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
audit = typer.Typer(help="存证日志：导出、核验、到期销毁 / the evidence log", no_args_is_help=True)
app.add_typer(audit, name="audit")
purge = typer.Typer(help="依规销毁超过保存期的记录，一人提出，另一人确认 / let old records go", no_args_is_help=True)
audit.add_typer(purge, name="purge")
calendar = typer.Typer(help="工作日历：载入放假安排，查看已有年份 / the working-day calendar", no_args_is_help=True)
app.add_typer(calendar, name="calendar")

out = Console()
err = Console(stderr=True)

DataOption = Annotated[Path | None, typer.Option("--data", help="数据目录（默认 .hutong，或 HUTONG_DATA）")]
PortOption = Annotated[int | None, typer.Option("--port", help="网页端口（默认 8000）", min=1, max=65535)]
GatewayPortOption = Annotated[
    int | None, typer.Option("--gateway-port", help="数据服务网关端口（默认 8001）", min=1, max=65535)
]

OfficerOption = Annotated[str, typer.Option("--by", help="经办人的登录名")]
PasswordOption = Annotated[
    str,
    typer.Option(
        help="经办人的口令（不给出则询问，或 HUTONG_OFFICER_PASSWORD）",
        prompt="口令",
        hide_input=True,
        envvar="HUTONG_OFFICER_PASSWORD",
        show_envvar=False,
    ),
]
CodeOption = Annotated[
    str | None,
    typer.Option(
        "--code",
        help="启用了双因素认证的，经办人的动态口令或恢复码（不给出则询问，或 HUTONG_OFFICER_CODE）",
        envvar="HUTONG_OFFICER_CODE",
        show_envvar=False,
    ),
]


def main() -> None:
    """Run the command line; an expected failure is told in the reader's language, never as a stack trace."""
    from hutong import failures

    # Asked to end, a command leaves as from an error: what it opened is closed. Doors have their own way.
    signal.signal(signal.SIGTERM, lambda number, _: sys.exit(128 + number))
    if sys.argv[1:2] in ([], ["--help"], ["client"]):  # a consumer's client, which the other commands can do without
        from hutong.client.cli import app as client

        app.add_typer(client, name="client")
    try:
        app()
    except SystemExit as ended:
        if ended.code == 130:
            err.print(_INTERRUPTED[language()])
        raise
    except Exception as fault:
        if failures.interrupted(fault):
            err.print(_INTERRUPTED[language()])
            raise SystemExit(130) from None
        problem = failures.known(fault)
        if problem is None:
            raise
        tell(problem)
        raise SystemExit(1) from None


_INTERRUPTED = {"zh": "已中断。已经提交的保持不变，未提交的没有生效。", "en": "Interrupted. What was committed stays."}


def tell(problem: "Problem") -> None:
    """Print what is wrong, the clause that asks for it, and what to do."""
    from rich.markup import escape

    from hutong.core.text import say

    spoken = language()
    said = say(problem, language=spoken)
    err.print(f"[bold red]✗[/] {escape(said.message)}", highlight=False, soft_wrap=True)
    if clause := problem.clause or problem.facts.get("clause"):
        basis = "依据" if spoken == "zh" else "By"
        err.print(f"  {basis} {escape(clause)}", highlight=False)
    if said.advice:
        err.print(f"  → {escape(said.advice)}", highlight=False, soft_wrap=True)


def _settings(*, data: Path | None = None, port: int | None = None, gateway_port: int | None = None) -> "Settings":
    from dataclasses import replace

    from hutong import settings

    found = settings.read()
    return replace(
        found,
        data=found.data if data is None else data.absolute(),
        port=found.port if port is None else port,
        gateway_port=found.gateway_port if gateway_port is None else gateway_port,
    )


@contextmanager
def _opened(settings: "Settings", *, new: bool = False) -> "Iterator[Installation]":
    """Open the platform in the data folder; only where it may be `new` is one made there."""
    from hutong import installation

    if not new and not settings.keys.exists():
        raise installation.PlatformMissing(data=settings.data)
    with installation.opened(settings) as opened:
        yield opened


@app.command()
def init(data: DataOption = None) -> None:
    """建立一个新的平台：目录、密钥、数据库 / make a platform of one's own"""
    settings = _settings(data=data)
    with _opened(settings, new=True) as installation:
        out.print(f"平台已就绪：{settings.data}")
        out.print(f"存证日志验证公钥：{installation.log_signer.verifier}", soft_wrap=True)
        out.print("下一步：hutong up")


@app.command()
def migrate(data: DataOption = None) -> None:
    """升级数据库结构 / bring the schema up to date"""
    from hutong.installation import catch_up

    with _opened(_settings(data=data)) as installation:
        catch_up(installation)
        out.print("数据库结构已是最新。")


@app.command()
def up(data: DataOption = None, port: PortOption = None, gateway_port: GatewayPortOption = None) -> None:
    """启动全部服务并看护 / open every door and look after them"""
    from hutong import doors
    from hutong.installation import catch_up

    settings = _settings(data=data, port=port, gateway_port=gateway_port)
    with doors.only(settings), _opened(settings, new=True) as installation:
        catch_up(installation)
        running = doors.open_all(installation)
        try:
            out.print(f"网页 http://{settings.host}:{settings.port}/")
            out.print(f"网关 http://{settings.host}:{settings.gateway_port}/openapi.json")
            out.print("按 Ctrl-C 停止。")
            running.wait()
        finally:
            running.stop()


@app.command()
def serve() -> None:
    """只启动网页 / the pages alone"""
    from hutong import doors

    doors.serve(doors.inherited())


@app.command()
def gateway() -> None:
    """只启动数据服务网关 / the gateway alone"""
    from hutong import doors

    doors.gateway(doors.inherited())


@app.command()
def work() -> None:
    """只启动后台：存证入树、到期处理 / the worker alone"""
    from hutong import doors

    doors.work(doors.inherited())


@app.command()
def load(
    resource: Annotated[str, typer.Argument(help="信息资源代码")],
    file: Annotated[Path, typer.Argument(help="CSV、Excel、Parquet 或 Arrow 文件", exists=True, dir_okay=False)],
    key: Annotated[str | None, typer.Option(help="批次号；同一批次号重复提交不会重复入库（默认取文件摘要）")] = None,
    changes: Annotated[bool, typer.Option("--changes", help="增量（默认全量快照）")] = False,
    confirm: Annotated[bool, typer.Option("--confirm", help="确认清空或大量删除")] = False,
    data: DataOption = None,
) -> None:
    """将一个文件交付入库，并打印回执 / deliver a file"""
    from hutong import delivering

    with _opened(_settings(data=data)) as installation:
        delivering.deliver(
            installation, resource=resource, file=file, key=key, changes=changes, confirm=confirm, console=out
        )


@app.command()
def enrol(
    file: Annotated[Path | None, typer.Argument(help="登记文件（TOML）", exists=True, dir_okay=False)] = None,
    check: Annotated[bool, typer.Option("--check", help="只检查并列出将作的改动，不保存")] = False,
    example: Annotated[bool, typer.Option("--example", help="打印一份带说明的登记文件样例")] = False,
    new_password: Annotated[
        str | None, typer.Option("--new-password", metavar="登录名", help="口令遗失：为此人员换一个新口令，显示一次")
    ] = None,
    reset_second_factor: Annotated[
        str | None,
        typer.Option("--reset-second-factor", metavar="登录名", help="手机遗失：停用此人员的双因素认证"),
    ] = None,
    data: DataOption = None,
) -> None:
    """登记单位、人员账号、系统、使用人和设备 / enrol units, officers, systems, persons and devices

    可反复执行：已登记且一致的不动，有变化的变更，绝不重复登记。新账号的口令只显示一次。
    """
    from hutong import enrolled

    if new_password is not None:
        with _opened(_settings(data=data)) as installation:
            enrolled.renew(installation, username=new_password, language=language(), console=out)
        return
    if reset_second_factor is not None:
        with _opened(_settings(data=data)) as installation:
            enrolled.reset_factor(installation, username=reset_second_factor, language=_language(), console=out)
        return
    if example or file is None:
        typer.echo(enrolled.example(), nl=False)
        return
    with _opened(_settings(data=data)) as installation:
        sound = enrolled.run(
            installation, file=file, check=check, language=language(), console=out, fault=_tell_place
        )
    if not sound:
        raise SystemExit(1)


def _tell_place(place: str, problem: "Problem") -> None:
    err.print(place, highlight=False, markup=False, soft_wrap=True)
    tell(problem)


@app.command()
def demo(
    smoke: Annotated[bool, typer.Option("--smoke", help="走完主流程，核验存证后退出")] = False,
    rows: Annotated[int, typer.Option("--rows", min=100, help="居民行数")] = 20_000,
    data: DataOption = None,
    port: PortOption = None,
    gateway_port: GatewayPortOption = None,
) -> None:
    """一个活的示范县 / a living county to try things in"""
    from hutong.demo import run

    settings = _settings(data=data, port=port, gateway_port=gateway_port)
    raise SystemExit(run.run(settings, smoke_only=smoke, rows=rows, console=out))


@app.command("try")
def try_(
    file: Annotated[Path, typer.Argument(help="自己的文件", exists=True, dir_okay=False)],
    key: Annotated[list[str], typer.Option("--key", help="主键列名；多列可重复给出")],
    name: Annotated[str | None, typer.Option(help="资源名称（默认取文件名）")] = None,
    code: Annotated[str | None, typer.Option(help="资源代码（默认取下一个空闲的代码）")] = None,
    personal: Annotated[
        bool,
        typer.Option("--personal/--not-personal", help="涉及个人信息（默认）：加密保存，比对时不透露有无该记录"),
    ] = True,
    data: DataOption = None,
) -> None:
    """在示范县中试用自己的文件：发布、交付、申请、开通 / try a file of your own"""
    from hutong.demo import own

    with _opened(_settings(data=data)) as installation:
        own.take(installation, file=file, key=tuple(key), name=name, code=code, personal=personal, console=out)


@calendar.command("load")
def calendar_load(
    file: Annotated[Path, typer.Argument(help="CSV 文件", exists=True, dir_okay=False)],
    year: Annotated[int | None, typer.Option(help="年份（默认取多数日期所在的年份）", min=1949, max=9998)] = None,
    source: Annotated[str | None, typer.Option(help="通知文号（默认取文件名）")] = None,
    again: Annotated[bool, typer.Option("--again", help="该年安排有调整，重新载入")] = False,
    data: DataOption = None,
) -> None:
    """载入一年的放假和调休安排，算出等待中的期限 / load a year's notice

    CSV（UTF-8 或 GB18030），首行为列名，每行一段连续日期：

    date,until,kind,name
    2027-01-01,2027-01-03,holiday,元旦
    2027-02-20,,workday,春节

    date 为首日，until 为末日（空则只有一天）；kind 为 holiday（放假）或 workday（周末调休上班）；name 为节日名称。
    列名也可写作 日期、截止、类别、名称。普通周末不必列出。以上日期仅为示例，请以国务院办公厅通知为准。
    """
    from hutong.core.workdays import Calendar
    from hutong.installation import join_django

    with _opened(_settings(data=data)) as installation:
        join_django(installation)
        from hutong.control.sharing import calendars

        loaded = calendars.load(
            file.read_bytes(),
            source=source or file.name,
            known=Calendar.official(),
            by="operator",
            now=installation.clock(),
            year=year,
            again=again,
        )
        out.print(
            f"已载入 {loaded.year} 年工作日历：列明放假 {loaded.days_off} 天，调休上班 {loaded.makeup} 天；"
            f"算出等待中的期限 {loaded.computed} 件。",
            highlight=False,
            soft_wrap=True,
        )


@calendar.command("show")
def calendar_show(data: DataOption = None) -> None:
    """列出已有工作日历的年份及其来源 / which years are known, and from where"""
    from rich.table import Table

    from hutong.core.workdays import Calendar
    from hutong.installation import join_django

    with _opened(_settings(data=data)) as installation:
        join_django(installation)
        from hutong.control.sharing import calendars

        table = Table("年份", "列明放假", "调休上班", "来源")
        for known in calendars.years(Calendar.official()):
            when = f"，{known.loaded_at:%Y-%m-%d} 载入" if known.loaded_at else ""
            table.add_row(str(known.year), str(known.days_off), str(known.makeup), (known.source or "程序自带") + when)
        out.print(table)


@audit.command("export")
def audit_export(folder: Annotated[Path, typer.Argument(help="导出到的新目录")], data: DataOption = None) -> None:
    """导出整部存证日志 / export the whole log"""
    from hutong.audit import export
    from hutong.db.database import Database

    with _opened(_settings(data=data)) as installation:
        db = Database(installation.database_url, role="auditor", size=1)
        try:
            export.export(
                db,
                folder,
                now=installation.clock(),
                by="operator",
                vkey=installation.log_signer.verifier,
            )
        finally:
            db.close()
        out.print(f"已导出到 {folder}；核验：hutong audit verify {folder}")


@audit.command("verify")
def audit_verify(
    folder: Annotated[Path, typer.Argument(help="导出的目录", exists=True, file_okay=False)],
    key: Annotated[str | None, typer.Option(help="日志验证公钥（默认取目录内 log.vkey）")] = None,
    tree_only: Annotated[
        bool, typer.Option("--tree-only", help="记录未随附时只核验存证树 / the records were withheld")
    ] = False,
) -> None:
    """不连数据库，核验导出的日志 / verify an export offline"""
    from rich.markup import escape

    from hutong.audit import verify

    report = verify.verify(folder, vkey=key, tree_only=tree_only)
    for fault in report.faults:
        err.print(f"[red]✗[/] {escape(fault.say(language=language()))}", highlight=False, soft_wrap=True)
    if not report.sound:
        err.print(f"共发现差错 {report.faults_found} 处。", highlight=False)
        raise SystemExit(1)
    records = "记录未核验" if tree_only else f"记录 {report.records} 份，依规清除 {report.purged} 份"
    out.print(
        f"[green]✓[/] 日志 {report.origin}：检查点签名有效，共 {report.size} 条，已核验 {report.entries} 条；"
        f"{records}；未发现差错。",
        highlight=False,
        soft_wrap=True,
    )
    if key is None:
        out.print("  验证公钥取自目录本身；请与平台公布的公钥核对，或用 --key 给出。", highlight=False, soft_wrap=True)


def _ask_code() -> str:
    return typer.prompt("动态口令或恢复码", err=True)


@purge.command("propose")
def purge_propose(
    before: Annotated[datetime, typer.Option(help="销毁此日（北京时间）以前的记录", formats=["%Y-%m-%d"])],
    by: OfficerOption,
    password: PasswordOption,
    code: CodeOption = None,
    record_class: Annotated[RecordClass, typer.Option("--class", help="记录类别")] = RecordClass.USAGE,
    data: DataOption = None,
) -> None:
    """提出销毁申请 / propose a purge

    未满保存期的（使用日志五年）一律拒绝，并记入日志。
    """
    from hutong import purging

    with _opened(_settings(data=data)) as installation:
        person = purging.entitled(installation, username=by, password=password, ask=lambda: code or _ask_code())
        asked = purging.propose(installation, record_class=record_class, before=before.date(), person=person)
        out.print(f"已提出第 {asked.id} 号销毁申请。", highlight=False)
        out.print(f"下一步由另一人确认：hutong audit purge confirm {asked.id} --by 登录名", highlight=False)


@purge.command("confirm")
def purge_confirm(
    number: Annotated[int, typer.Argument(help="销毁申请编号", min=1)],
    by: OfficerOption,
    password: PasswordOption,
    code: CodeOption = None,
    yes: Annotated[bool, typer.Option("--yes", help="不再询问")] = False,
    data: DataOption = None,
) -> None:
    """由另一人确认，随即销毁，打印销毁证明 / confirm another's purge

    叶子、存证树和检查点保留，原有证明继续有效。
    """
    from hutong import purging
    from hutong.audit.certificate import CLASS_ZH
    from hutong.audit.years import BEIJING

    with _opened(_settings(data=data)) as installation:
        person = purging.entitled(installation, username=by, password=password, ask=lambda: code or _ask_code())
        asked = purging.show(installation, number)
        what = f"{asked.before.astimezone(BEIJING):%Y-%m-%d %H:%M} 之前的{CLASS_ZH[asked.record_class]}"
        if not yes:
            typer.confirm(f"{asked.requested_by} 申请销毁{what}。记录销毁后不可恢复，确认销毁？", abort=True)
        done = purging.confirm(installation, number=number, person=person)
        out.print(done.certificate, highlight=False, markup=False, soft_wrap=True)


if __name__ == "__main__":
    main()
