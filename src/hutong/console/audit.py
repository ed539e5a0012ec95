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
from hutong.core.labels import Both
from hutong.terminal.commands import Commands
from hutong.terminal.speaking import language, say

app = Commands(help="console.evidence_log_export")
purge = Commands(help="console.let_records_go")
app.add_typer(purge, name="purge")
hold = Commands(help="console.keep_records_longer")
app.add_typer(hold, name="hold")


@app.command("export", says="console.export_whole_log")
def export(
    folder: Annotated[Path, typer.Argument(help="console.new_folder_export")],
    officer: asking.OfficerOption = None,
    password: asking.PasswordOption = None,
    code: asking.CodeOption = None,
    data: opening.DataOption = None,
) -> None:
    """Export the whole log.

    By an officer who audits, of the operator or of the authority; the export is entered in the log.
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
                by=actor.officer,
                seats=actor.platform_seats,
                vkey=installation.log_signer.verifier,
            )
        finally:
            db.close()
        line = f"hutong audit verify {folder}"
        opening.show("console.exported_verify", folder=folder, line=line)


@app.command("verify", says="console.verify_export_offline")
def verify(
    folder: Annotated[Path, typer.Argument(help="console.exported_folder", exists=True, file_okay=False)],
    key: Annotated[
        str | None,
        typer.Option(help="console.log_verifier_key"),
    ] = None,
    tree_only: Annotated[
        bool,
        typer.Option("--tree-only", help="console.verify_tree_alone"),
    ] = False,
) -> None:
    """Verify an export offline."""
    from hutong.audit import verify  # with the cryptography that other commands do without

    report = verify.verify(folder, vkey=key, tree_only=tree_only)
    for fault in report.faults:
        opening.err.print(f"[red]✗[/] {escape(fault.say(language=language()))}", highlight=False, soft_wrap=True)
    if not report.sound:
        opening.err.print(say("console.faults", count=report.faults_found), highlight=False)
        raise SystemExit(1)
    counts = "console.records_purged_by"
    opening.show(
        "console.log_checkpoint_signature",
        origin=report.origin,
        size=report.size,
        entries=report.entries,
        records=say("console.records_not_verified")
        if tree_only
        else say(counts, records=report.records, purged=report.purged),
    )
    if key is None:
        opening.show("console.key_folder_own")


@app.command("check", says="console.compare_log_as")
def check(data: opening.DataOption = None) -> None:
    """Compare the log as it is kept: columns, subjects, records.

    An export is verified by hutong audit verify.
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
        opening.err.print(say("console.faults", count=faults), highlight=False)
        raise SystemExit(1)
    opening.show("console.entries_compared_no", count=entries)


@purge.command("propose", says="console.propose_purge_what")
def propose(
    before: Annotated[
        datetime,
        typer.Option(
            help="console.let_go_records",
            formats=["%Y-%m-%d"],
            metavar="console.yyyy_mm_dd",
        ),
    ],
    record_class: Annotated[RecordClass, typer.Option("--class", help="console.class_records")] = RecordClass.USAGE,
    officer: asking.OfficerOption = None,
    password: asking.PasswordOption = None,
    code: asking.CodeOption = None,
    data: opening.DataOption = None,
) -> None:
    """Propose a purge.

    What is not past its time (five years for usage) is refused, and the refusal is logged.
    """
    from hutong.console import purge  # of the platform

    with asking.as_officer(officer, password=password, code=code, data=data) as (installation, actor):
        asked = purge.propose(installation, record_class=record_class, before=before.date(), by=actor)
        opening.show("console.proposal_made", id=asked.id)
        opening.show(
            "console.next_another_approves",
            line=f"hutong audit purge approve {asked.id} --officer",
        )


@purge.command("approve", says="console.approve_another_proposal")
def approve(
    number: Annotated[int, typer.Argument(help="console.number_proposal", min=1)],
    yes: Annotated[bool, typer.Option("--yes", help="console.do_not_ask")] = False,
    officer: asking.OfficerOption = None,
    password: asking.PasswordOption = None,
    code: asking.CodeOption = None,
    data: opening.DataOption = None,
) -> None:
    """Confirm another's proposal, purge and print the certificate.

    Leaves, tree and checkpoints stay; proofs given before hold.
    """
    from hutong.console import purge  # of the platform

    with asking.as_officer(officer, password=password, code=code, data=data) as (installation, actor):
        asked = purge.show(installation, number)
        what = say(
            "console.records_before",
            before=f"{asked.before.astimezone(BEIJING):%Y-%m-%d %H:%M}",
            records=Both(text.RECORD_CLASSES[asked.record_class], asked.record_class),
        )
        if not yes:
            question = "console.proposes_purge_they"
            typer.confirm(say(question, by=asked.requested_by, what=what), abort=True)
        done = purge.approve(installation, number=number, by=actor)
        opening.out.print(done.certificate, highlight=False, markup=False, soft_wrap=True)


@purge.command("drop", says="console.drop_proposal_not")
def drop(
    number: Annotated[int, typer.Argument(help="console.number_proposal", min=1)],
    reason: Annotated[str, typer.Option("--reason", help="console.why_dropped")],
    officer: asking.OfficerOption = None,
    password: asking.PasswordOption = None,
    code: asking.CodeOption = None,
    data: opening.DataOption = None,
) -> None:
    """Drop a proposal that is not done; nothing is purged.

    Whoever proposed it may drop it too; what is purged is gone.
    """
    from hutong.console import purge  # of the platform

    with asking.as_officer(officer, password=password, code=code, data=data) as (installation, actor):
        purge.drop(installation, number=number, reason=reason, by=actor)
        opening.show("console.proposal_dropped", id=number)


@hold.command("place", says="console.place_hold_what")
def place(
    reason: Annotated[
        str,
        typer.Option("--reason", help="console.why_complaint_case"),
    ],
    record_class: Annotated[RecordClass | None, typer.Option("--class", help="console.class_records_all")] = None,
    until: Annotated[
        datetime | None,
        typer.Option(
            "--until",
            help="console.end_this_day",
            formats=["%Y-%m-%d"],
            metavar="console.yyyy_mm_dd",
        ),
    ] = None,
    officer: asking.OfficerOption = None,
    password: asking.PasswordOption = None,
    code: asking.CodeOption = None,
    data: opening.DataOption = None,
) -> None:
    """Place a hold: what it covers is not purged before it ends.

    Placing and lifting are entered in the log.
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


@hold.command("lift", says="console.lift_hold")
def lift(
    number: Annotated[int, typer.Argument(help="console.number_hold", min=1)],
    reason: Annotated[str, typer.Option("--reason", help="console.why_case_closed")],
    officer: asking.OfficerOption = None,
    password: asking.PasswordOption = None,
    code: asking.CodeOption = None,
    data: opening.DataOption = None,
) -> None:
    """Lift a hold."""
    from hutong.console import hold  # of the platform

    with asking.as_officer(officer, password=password, code=code, data=data) as (installation, actor):
        hold.lift(installation, number=number, reason=reason, by=actor, console=opening.out)


@hold.command("list", says="console.holds_stand")
def listed(
    ended: Annotated[bool, typer.Option("--all", help="console.those_ended_or")] = False,
    data: opening.DataOption = None,
) -> None:
    """Which holds stand."""
    from hutong.console import hold  # of the platform

    with opening.opened(opening.settings(data=data)) as installation:
        hold.show(installation, ended=ended, console=opening.out)
