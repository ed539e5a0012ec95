"""The operator's commands on the evidence log: export, verify, keep longer, let go of what is past its time."""

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from hutong.audit.events import RecordClass
from hutong.console import asking, opening
from hutong.core import text
from hutong.core.beijing import BEIJING
from hutong.terminal.commands import Commands
from hutong.terminal.speaking import language, say

app = Commands(help="存证日志：导出、核验、留存、到期销毁 / the evidence log: export, verify, hold, purge")
purge = Commands(
    help="依规销毁超过保存期的记录，一人提出，另一人确认"
    " / let records go that are past their time: one proposes, another confirms"
)
app.add_typer(purge, name="purge")
hold = Commands(help="因投诉、案件、审计留存记录，期间不得销毁 / keep records longer: a complaint, a case, an audit")
app.add_typer(hold, name="hold")


@app.command("export")
def export(
    folder: Annotated[Path, typer.Argument(help="导出到的新目录 / a new folder to export to")],
    officer: asking.OfficerOption = None,
    password: asking.PasswordOption = None,
    code: asking.CodeOption = None,
    data: opening.DataOption = None,
) -> None:
    """导出整部存证日志 / export the whole log

    由安全审计员、平台运维单位或电子政务主管部门的人员导出，导出记入日志。
    / By an officer who audits, of the operator or of the authority; the export is entered in the log.
    """
    from hutong.audit import export  # of the platform
    from hutong.db.database import Database

    with asking.as_officer(officer, password=password, code=code, data=data) as (installation, actor):
        db = Database(installation.database_url, role="auditor", size=1)
        try:
            export.export(
                db,
                folder,
                now=installation.clock(),
                by=actor.person,
                seats=actor.platform_seats,
                vkey=installation.log_signer.verifier,
            )
        finally:
            db.close()
        line = f"hutong audit verify {folder}"
        opening.show("已导出到 {folder}；核验：{line} / Exported to {folder}; verify: {line}", folder=folder, line=line)


@app.command("verify")
def verify(
    folder: Annotated[Path, typer.Argument(help="导出的目录 / the exported folder", exists=True, file_okay=False)],
    key: Annotated[
        str | None,
        typer.Option(help="日志验证公钥（默认取目录内 log.vkey） / the log's verifier key (log.vkey in the folder)"),
    ] = None,
    tree_only: Annotated[
        bool,
        typer.Option(
            "--tree-only", help="记录未随附时只核验存证树 / verify the tree alone, where records were withheld"
        ),
    ] = False,
) -> None:
    """不连数据库，核验导出的日志 / verify an export offline"""
    from hutong.audit import verify  # with the cryptography that other commands do without

    report = verify.verify(folder, vkey=key, tree_only=tree_only)
    for fault in report.faults:
        opening.err.print(f"[red]✗[/] {escape(fault.say(language=language()))}", highlight=False, soft_wrap=True)
    if not report.sound:
        opening.err.print(say("共发现差错 {count} 处。 / {count} faults.", count=report.faults_found), highlight=False)
        raise SystemExit(1)
    counts = "记录 {records} 份，依规清除 {purged} 份 / {records} records, {purged} purged by rule"
    opening.show(
        "✓ 日志 {origin}：检查点签名有效，共 {size} 条，已核验 {entries} 条；{records}；未发现差错。"
        " / ✓ Log {origin}: the checkpoint's signature holds, {entries} of {size} entries are verified; {records};"
        " no fault.",
        origin=report.origin,
        size=report.size,
        entries=report.entries,
        records=say("记录未核验 / records not verified")
        if tree_only
        else say(counts, records=report.records, purged=report.purged),
    )
    if key is None:
        opening.show(
            "  验证公钥取自目录本身；请与平台公布的公钥核对，或用 --key 给出。"
            " /   The key is the folder's own; compare it with the one the platform publishes, or give it with --key."
        )


@app.command("check")
def check(data: opening.DataOption = None) -> None:
    """核对数据库中的日志：检索列、主体摘要与记录 / compare the log as it is kept: columns, subjects, records

    导出的日志用 hutong audit verify 核验。 / An export is verified by hutong audit verify.
    """
    from hutong.audit import inspecting  # of the platform
    from hutong.db.database import Database

    entries = faults = 0
    with opening.opened(opening.settings(data=data)) as installation:
        db = Database(installation.database_url, role="auditor", size=1)
        try:
            for compared, found in inspecting.inspect(db):
                entries, faults = entries + compared, faults + len(found)
                for fault in found:
                    said = escape(fault.say(language=language()))
                    opening.err.print(f"[red]✗[/] {said}", highlight=False, soft_wrap=True)
        finally:
            db.close()
    if faults:
        opening.err.print(say("共发现差错 {count} 处。 / {count} faults.", count=faults), highlight=False)
        raise SystemExit(1)
    opening.show("✓ 已核对 {count} 条，未发现差错。 / ✓ {count} entries are compared; no fault.", count=entries)


@purge.command("propose")
def propose(
    before: Annotated[
        datetime,
        typer.Option(
            help="销毁此日（北京时间）以前的记录 / let go of records before this day (Beijing)",
            formats=["%Y-%m-%d"],
            metavar="年-月-日 / YYYY-MM-DD",
        ),
    ],
    record_class: Annotated[
        RecordClass, typer.Option("--class", help="记录类别 / class of the records")
    ] = RecordClass.USAGE,
    officer: asking.OfficerOption = None,
    password: asking.PasswordOption = None,
    code: asking.CodeOption = None,
    data: opening.DataOption = None,
) -> None:
    """提出销毁申请 / propose a purge

    未满保存期的（使用日志五年）一律拒绝，并记入日志。
    / What is not past its time (five years for usage) is refused, and
    the refusal is logged.
    """
    from hutong.console import purge  # of the platform

    with asking.as_officer(officer, password=password, code=code, data=data) as (installation, actor):
        asked = purge.propose(installation, record_class=record_class, before=before.date(), by=actor)
        opening.show("已提出第 {id} 号销毁申请。 / Proposal {id} is made.", id=asked.id)
        opening.show(
            "下一步由另一人确认：{line} 登录名 / Next, another confirms: {line} LOGIN",
            line=f"hutong audit purge confirm {asked.id} --officer",
        )


@purge.command("confirm")
def confirm(
    number: Annotated[int, typer.Argument(help="销毁申请编号 / number of the proposal", min=1)],
    yes: Annotated[bool, typer.Option("--yes", help="不再询问 / do not ask again")] = False,
    officer: asking.OfficerOption = None,
    password: asking.PasswordOption = None,
    code: asking.CodeOption = None,
    data: opening.DataOption = None,
) -> None:
    """由另一人确认，随即销毁，打印销毁证明 / confirm another's proposal, purge and print the certificate

    叶子、存证树和检查点保留，原有证明继续有效。 / Leaves, tree and checkpoints stay; proofs given before hold.
    """
    from hutong.console import purge  # of the platform

    with asking.as_officer(officer, password=password, code=code, data=data) as (installation, actor):
        asked = purge.show(installation, number)
        what = say(
            "{before} 之前的{zh} / {en} records before {before}",
            before=f"{asked.before.astimezone(BEIJING):%Y-%m-%d %H:%M}",
            zh=text.RECORD_CLASSES[asked.record_class],
            en=asked.record_class,
        )
        if not yes:
            question = (
                "{by} 申请销毁{what}。记录销毁后不可恢复，确认销毁？"
                " / {by} proposes to purge {what}. They cannot be brought back. Purge them?"
            )
            typer.confirm(say(question, by=asked.requested_by, what=what), abort=True)
        done = purge.confirm(installation, number=number, by=actor)
        opening.out.print(done.certificate, highlight=False, markup=False, soft_wrap=True)


@purge.command("drop")
def drop(
    number: Annotated[int, typer.Argument(help="销毁申请编号 / number of the proposal", min=1)],
    reason: Annotated[str, typer.Option("--reason", help="撤销的理由 / why it is dropped")],
    officer: asking.OfficerOption = None,
    password: asking.PasswordOption = None,
    code: asking.CodeOption = None,
    data: opening.DataOption = None,
) -> None:
    """撤销尚未销毁的申请，记录一条不删 / drop a proposal that is not done; nothing is purged

    提出人本人也可以撤销；已经销毁的不能撤销。 / Whoever proposed it may drop it too; what is purged is gone.
    """
    from hutong.console import purge  # of the platform

    with asking.as_officer(officer, password=password, code=code, data=data) as (installation, actor):
        purge.drop(installation, number=number, reason=reason, by=actor)
        opening.show("已撤销第 {id} 号销毁申请。 / Proposal {id} is dropped.", id=number)


@hold.command("place")
def place(
    reason: Annotated[
        str,
        typer.Option("--reason", help="理由：投诉、案件或审计及其文号 / why: complaint, case or audit and its number"),
    ],
    record_class: Annotated[
        RecordClass | None, typer.Option("--class", help="记录类别（默认全部） / class of the records (all)")
    ] = None,
    until: Annotated[
        datetime | None,
        typer.Option(
            "--until",
            help="留存至此日（北京时间，含当日）；不填则至解除为止 / to the end of this day (Beijing), or lifted",
            formats=["%Y-%m-%d"],
            metavar="年-月-日 / YYYY-MM-DD",
        ),
    ] = None,
    officer: asking.OfficerOption = None,
    password: asking.PasswordOption = None,
    code: asking.CodeOption = None,
    data: opening.DataOption = None,
) -> None:
    """留存记录，期满或解除之前不得销毁 / place a hold: what it covers is not purged before it ends

    留存与解除均记入日志。 / Placing and lifting are entered in the log.
    """
    from hutong.console import hold  # of the platform

    with asking.as_officer(officer, password=password, code=code, data=data) as (installation, actor):
        hold.place(
            installation,
            record_class=record_class,
            reason=reason,
            until=until and until.date(),
            by=actor,
            console=opening.out,
        )


@hold.command("lift")
def lift(
    number: Annotated[int, typer.Argument(help="留存编号 / number of the hold", min=1)],
    reason: Annotated[
        str, typer.Option("--reason", help="理由：结案、审计结束等 / why: the case is closed, the audit is over")
    ],
    officer: asking.OfficerOption = None,
    password: asking.PasswordOption = None,
    code: asking.CodeOption = None,
    data: opening.DataOption = None,
) -> None:
    """解除留存 / lift a hold"""
    from hutong.console import hold  # of the platform

    with asking.as_officer(officer, password=password, code=code, data=data) as (installation, actor):
        hold.lift(installation, number=number, reason=reason, by=actor, console=opening.out)


@hold.command("list")
def listed(
    ended: Annotated[
        bool, typer.Option("--all", help="也列出已期满和已解除的 / those that ended or were lifted, too")
    ] = False,
    data: opening.DataOption = None,
) -> None:
    """列出留存 / which holds stand"""
    from hutong.console import hold  # of the platform

    with opening.opened(opening.settings(data=data)) as installation:
        hold.show(installation, ended=ended, console=opening.out)
