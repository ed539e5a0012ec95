"""The operator's commands on the evidence log: export, verify, keep longer, let go of what is past its time."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape

from hutong.audit.events import RecordClass
from hutong.console import asking, epochs, opening, witnessing
from hutong.core import beijing, bounds, text
from hutong.core.beijing import BEIJING
from hutong.core.labels import Both
from hutong.terminal.commands import Commands
from hutong.terminal.speaking import language, say

if TYPE_CHECKING:
    from hutong.audit.verify import Report

app = Commands(help="console.audit.help")
purge = Commands(help="console.purge.help")
app.add_typer(purge, name="purge")
hold = Commands(help="console.hold.help")
app.add_typer(hold, name="hold")
app.add_typer(epochs.app, name="epoch")
app.add_typer(witnessing.app, name="witness")

_WORTH_SAYING = timedelta(hours=1)
"""From an entry to its checkpoint usually seconds pass: who verifies is told where it was longer than this."""


@app.command("export", says="console.audit.export.help")
def export(
    folder: Annotated[Path, typer.Argument(help="console.audit.export.folder")],
    epoch: Annotated[
        int | None, typer.Option("--epoch", help="console.audit.export.epoch", min=1, max=bounds.LARGEST)
    ] = None,
    officer: asking.OfficerOption = None,
    password: asking.PasswordOption = None,
    code: asking.CodeOption = None,
    data: opening.DataOption = None,
) -> None:
    """Export the whole log.

    By an officer who audits, of the operator or of the authority; the export is entered in the log.
    """
    from hutong.audit import export  # of the platform

    with asking.as_officer(officer, password=password, code=code, data=data) as (installation, actor):
        first, *later = installation.log_keys.vkeys
        longest = export.STATEMENT_SECONDS
        with opening.database(installation, role="auditor", statement_seconds=longest) as db:
            export.export(
                db,
                folder,
                now=installation.clock(),
                by=actor.officer,
                seats=actor.platform_seats,
                vkey=first,
                later_vkeys=later,
                epoch=epoch,
            )
        line = f"hutong audit verify {folder}"
        opening.show("console.audit.export.done", folder=folder, line=line)


@app.command("verify", says="console.audit.verify.help")
def verify(
    folder: Annotated[Path, typer.Argument(help="console.audit.verify.folder", exists=True, file_okay=False)],
    key: Annotated[
        str | None,
        typer.Option(help="console.audit.verify.key"),
    ] = None,
    tree_only: Annotated[
        bool,
        typer.Option("--tree-only", help="console.audit.verify.tree_only"),
    ] = False,
    after: Annotated[
        list[Path] | None,
        typer.Option("--after", help="console.audit.verify.after", exists=True),
    ] = None,
    witness: Annotated[
        list[str] | None,
        typer.Option("--witness", help="console.audit.verify.witness"),
    ] = None,
) -> None:
    """Verify an export offline, by the clock of this machine."""
    from hutong.audit import verify  # with the cryptography that other commands do without

    report = verify.verify(
        folder, now=datetime.now(UTC), vkey=key, tree_only=tree_only, after=after or (), witnesses=witness or ()
    )
    if report.training and not report.earlier:
        opening.show("console.audit.verify.training")
    for each in (*report.earlier, report) if report.earlier else ():
        if each.training:
            opening.show("console.audit.verify.training_epoch", epoch=each.number)
    _tell_epochs(report)
    _tell_clock(report)
    for fault in report.faults:
        opening.err.print(f"[red]✗[/] {escape(fault.say(language=language()))}", highlight=False, soft_wrap=True)
    if not report.sound:
        opening.err.print(say("console.audit.faults", count=report.faults_found), highlight=False)
        raise SystemExit(1)
    for each in report.earlier:
        facts = {"origin": each.origin, "size": each.size, "entries": each.entries}
        opening.show("console.audit.verify.earlier", **facts, records=_records(each))
    opening.show(
        "console.audit.verify.sound",
        origin=report.origin,
        size=report.size,
        entries=report.entries,
        records=_records(report),
    )
    if report.longest_wait >= _WORTH_SAYING:
        opening.show("console.audit.verify.waited", hours=round(report.longest_wait / timedelta(hours=1)))
    if after:
        opening.show("console.audit.verify.continues", count=len(after))
    for name, size, at in report.witnessed:
        seen = f"{at.astimezone(BEIJING):%Y-%m-%d %H:%M}"
        opening.show("console.audit.verify.witnessed", name=name, size=size, at=seen)
    if key is None:
        opening.show("console.audit.verify.own_key")


def _records(report: "Report") -> str:
    """Say how many records were looked at and how many are purged, or that the tree alone was."""
    if report.records is None:
        return say("console.audit.verify.tree_alone")
    return say("console.audit.verify.records", records=report.records, purged=report.purged)


def _tell_epochs(report: "Report") -> None:
    """Say how each later epoch of the log began and what is lost: no fault, but whoever verifies has to know."""
    for each in report.begun:
        facts = {name: getattr(each, name) for name in ("epoch", "old", "stored", "requested_by", "by", "reason")}
        signed, lost = (
            say("console.audit.verify.unknown") if count is None else count for count in (each.signed, each.lost)
        )
        at = f"{datetime.fromisoformat(each.at).astimezone(BEIJING):%Y-%m-%d %H:%M}"
        opening.show("console.audit.verify.begun", **facts, at=at, signed=signed, lost=lost)
    for where, count in report.lost:
        opening.show("console.audit.verify.lost", where=where, count=count)


def _tell_clock(report: "Report") -> None:
    """Say where the clock was set back, and whether the log shows that it had been ahead: what that covered."""
    for each in report.clock_corrections:
        at = beijing.shown(datetime.fromisoformat(each.at))
        hours, minutes = divmod(round(each.back / timedelta(minutes=1)), 60)
        span = say("console.audit.verify.span", hours=hours, minutes=minutes)
        facts = {"epoch": each.epoch, "entry": each.entry, "at": at, "span": span}
        opening.show("console.audit.verify.clock" if each.covers else "console.audit.verify.clock_unshown", **facts)


@app.command("check", says="console.audit.check.help")
def check(data: opening.DataOption = None) -> None:
    """Compare the log as it is kept: columns, subjects, records.

    An export is verified by hutong audit verify.
    """
    from hutong.audit import inspecting, waiting  # of the platform

    entries = faults = 0
    with (
        opening.opened(opening.settings(data=data)) as installation,
        opening.database(installation, role="auditor") as db,
    ):
        for compared, found in inspecting.inspect(db):
            entries, faults = entries + compared, faults + len(found)
            for fault in found:
                said = escape(fault.say(language=language()))
                opening.err.print(f"[red]✗[/] {said}", highlight=False, soft_wrap=True)
        with db.transaction() as cur:
            ahead = waiting.ahead(cur, now=installation.clock())
    for each in ahead:
        at = beijing.shown(each.at)
        of = ", ".join(filter(None, (each.unit, each.by))) or say("console.audit.check.nobody")
        opening.show("console.audit.check.ahead", entry=each.entry_id, event=each.event, of=of, at=at)
    if faults:
        opening.err.print(say("console.audit.faults", count=faults), highlight=False)
        raise SystemExit(1)
    opening.show("console.audit.check.sound", count=entries)


@purge.command("request", says="console.purge.request.help")
def request(
    before: Annotated[
        datetime,
        typer.Option(
            help="console.purge.request.before",
            formats=["%Y-%m-%d"],
            metavar="console.day_metavar",
        ),
    ],
    record_class: Annotated[
        RecordClass, typer.Option("--class", help="console.purge.request.record_class")
    ] = RecordClass.USAGE,
    officer: asking.OfficerOption = None,
    password: asking.PasswordOption = None,
    code: asking.CodeOption = None,
    data: opening.DataOption = None,
) -> None:
    """Request a purge.

    What is not past its time (five years for usage) is refused, and the refusal is logged.
    """
    from hutong.console import purge  # of the platform

    with asking.as_officer(officer, password=password, code=code, data=data) as (installation, actor):
        asked = purge.request(installation, record_class=record_class, before=before.date(), by=actor)
        opening.show("console.purge.request.done", id=asked.id)
        opening.show(
            "console.purge.request.next",
            line=f"hutong audit purge approve {asked.id} --officer",
        )


@purge.command("approve", says="console.purge.approve.help")
def approve(
    number: Annotated[int, typer.Argument(help="console.purge.number", min=1, max=bounds.LARGEST)],
    yes: Annotated[bool, typer.Option("--yes", help="console.purge.approve.yes")] = False,
    officer: asking.OfficerOption = None,
    password: asking.PasswordOption = None,
    code: asking.CodeOption = None,
    data: opening.DataOption = None,
) -> None:
    """Confirm another's request, purge and print the certificate.

    Leaves, tree and checkpoints stay; proofs given before hold.
    """
    from hutong.console import purge  # of the platform

    with asking.as_officer(officer, password=password, code=code, data=data) as (installation, actor):
        asked = purge.show(installation, number)
        what = say(
            "console.purge.approve.records",
            before=f"{asked.before_at.astimezone(BEIJING):%Y-%m-%d %H:%M}",
            records=Both(text.RECORD_CLASSES[asked.record_class], asked.record_class),
        )
        if not yes:
            question = "console.purge.approve.question"
            asking.said_yes(say(question, by=asked.requested_by, what=what))
        done = purge.approve(installation, number=number, by=actor)
        opening.out.print(done.certificate, highlight=False, markup=False, soft_wrap=True)


@purge.command("drop", says="console.purge.drop.help")
def drop(
    number: Annotated[int, typer.Argument(help="console.purge.number", min=1, max=bounds.LARGEST)],
    reason: Annotated[str, typer.Option("--reason", help="console.purge.drop.reason")],
    officer: asking.OfficerOption = None,
    password: asking.PasswordOption = None,
    code: asking.CodeOption = None,
    data: opening.DataOption = None,
) -> None:
    """Drop a request that is not done; nothing is purged.

    Whoever requested it may drop it too; what is purged is gone.
    """
    from hutong.console import purge  # of the platform

    with asking.as_officer(officer, password=password, code=code, data=data) as (installation, actor):
        purge.drop(installation, number=number, reason=reason, by=actor)
        opening.show("console.purge.drop.done", id=number)


@hold.command("place", says="console.hold.place.help")
def place(
    reason: Annotated[
        str,
        typer.Option("--reason", help="console.hold.place.reason"),
    ],
    record_class: Annotated[RecordClass | None, typer.Option("--class", help="console.hold.place.record_class")] = None,
    until: Annotated[
        datetime | None,
        typer.Option(
            "--until",
            help="console.hold.place.until",
            formats=["%Y-%m-%d"],
            metavar="console.day_metavar",
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


@hold.command("lift", says="console.hold.lift.help")
def lift(
    number: Annotated[int, typer.Argument(help="console.hold.lift.number", min=1, max=bounds.LARGEST)],
    reason: Annotated[str, typer.Option("--reason", help="console.hold.lift.reason")],
    officer: asking.OfficerOption = None,
    password: asking.PasswordOption = None,
    code: asking.CodeOption = None,
    data: opening.DataOption = None,
) -> None:
    """Lift a hold."""
    from hutong.console import hold  # of the platform

    with asking.as_officer(officer, password=password, code=code, data=data) as (installation, actor):
        hold.lift(installation, number=number, reason=reason, by=actor, console=opening.out)


@hold.command("list", says="console.hold.list.help")
def listed(
    ended: Annotated[bool, typer.Option("--all", help="console.hold.list.all")] = False,
    data: opening.DataOption = None,
) -> None:
    """Which holds stand."""
    from hutong.console import hold  # of the platform

    with opening.opened(opening.settings(data=data)) as installation:
        hold.show(installation, ended=ended, console=opening.out)
