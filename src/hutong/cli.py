"""The command line. A command imports what is of the platform, which the base install lacks, when it is called."""

import os
import signal
import sys
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape

from hutong.console import (
    asking,
    audit,
    backups,
    calendars,
    failures,
    instances,
    keys,
    lists,
    loads,
    opening,
    people,
    restores,
    services,
)
from hutong.core import clauses, text, versions
from hutong.core.errors import Problem
from hutong.db import postmaster
from hutong.settings import LOG_NAME, platform
from hutong.terminal import commands, screen
from hutong.terminal.commands import Commands, UsageWrong
from hutong.terminal.speaking import coded, language, say, show

if TYPE_CHECKING:
    from hutong.control.units.rules import Actor
    from hutong.installation.opening import Installation

MOST_ROWS = 5_000_000
"""Rows of the demonstration county's register: they are made in memory."""

app = Commands(help="cli.title", epilog="cli.other_language", platform=platform())
app.add_typer(audit.app, name="audit")
app.add_typer(calendars.app, name="calendar")
app.add_typer(people.app, name="officer")
app.add_typer(keys.app, name="key")
app.add_typer(instances.app, name="instance")
app.add_typer(backups.app, name="backup")
app.add_typer(restores.app, name="drill")

PortOption = Annotated[int | None, typer.Option("--port", help="cli.port", min=1, max=65535)]
GatewayPortOption = Annotated[
    int | None,
    typer.Option("--gateway-port", help="cli.gateway_port", min=1, max=65535),
]


def _tell_version(asked: bool) -> None:
    """Print which version this is, and with which PostgreSQL programs it can run a database of its own."""
    if not asked:
        return
    opening.show("cli.version.said", version=versions.own())
    if found := postmaster.programs():
        opening.show("cli.version.postgres", versions=", ".join(f"PostgreSQL {number}" for number in sorted(found)))
    raise typer.Exit


@app.callback()
def _any(
    version: Annotated[bool, typer.Option("--version", is_eager=True, callback=_tell_version, help="cli.version.help")]
    = False,
) -> None:
    """Take what goes before every command."""


def main() -> None:
    """Run the command line; an expected failure is told in the reader's language, never as a stack trace."""
    # Asked to end, a command leaves as from an error: what it opened is closed. Doors have their own way.
    signal.signal(signal.SIGTERM, lambda number, _: sys.exit(128 + number))
    os.umask(os.umask(0o077) | 0o022)  # what is made here others never write to, however the shell was set
    own = {each.name or each.callback.__name__ for each in app.registered_commands if each.callback}
    if not own.union(each.name for each in app.registered_groups).intersection(sys.argv[1:2]):
        # a consumer's client, which the other commands can do without
        from hutong.client.cli import app as client

        app.add_typer(client, name="client")
    try:
        status = commands.run(app, environ=os.environ)
    except typer.Abort:
        opening.err.print(say("cli.aborted"), highlight=False, markup=False)
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


_INTERRUPTED = "cli.interrupted"


def tell(problem: Problem) -> None:
    """Print what is wrong, the clause that asks for it, and what to do."""
    said = text.say(problem, language=language())
    opening.err.print(f"[bold red]✗[/] {escape(coded(said.message, problem))}", highlight=False, soft_wrap=True)
    if clause := problem.clause or problem.facts.get("clause"):
        cited = clauses.cited(clause, language=language()) or say("cli.refusal.clause")
        basis = say("cli.refusal.basis", cited=cited, clause=clause)
        opening.err.print(escape(basis), highlight=False, soft_wrap=True)
    if problem.members:
        from hutong.plane.delivery.reading import report  # of the platform

        if (read := report.of_problem(problem)) is not None:
            for line in (say("what_was_read.title"), *(f"  {line}" for line in report.told(read, language()))):
                opening.err.print(escape(screen.one_line(line)), highlight=False, soft_wrap=True)
    if said.advice:
        opening.err.print(f"  → {escape(said.advice)}", highlight=False, soft_wrap=True)


@app.command(says="cli.init.help")
def init(
    data: opening.DataOption = None,
    print_sql: Annotated[bool, typer.Option("--print-sql", help="cli.init.print_sql")] = False,
) -> None:
    """Make a platform of one's own.

    For a foreign database, print what its administrator carries out first: roles, logins, rights.
    """
    settings = opening.settings(data=data)
    if print_sql:
        from hutong.installation import administrator  # of the platform

        typer.echo(administrator.script(settings), nl=False)
        return
    with opening.opened(settings, new=True) as installation:
        opening.show("cli.init.done", data=settings.data)
        _tell_outside(installation)
        if installation.settings.log_name == LOG_NAME:
            opening.show(
                "cli.init.log_name",
                name=LOG_NAME,
            )
        opening.show("cli.init.log_key", key=installation.log_verifier)
        opening.show("cli.init.next")


def _tell_outside(installation: "Installation") -> None:
    """Say where the database is, where it could not lie in the data folder: who copies that copies no database."""
    from hutong.installation import clusters  # of the platform

    if (cluster := clusters.outside(installation.server, data=installation.settings.data)) is not None:
        opening.show("cli.database_outside", cluster=cluster)


@app.command(says="cli.upgrade.help")
def upgrade(
    dry_run: Annotated[bool, typer.Option("--dry-run", help="cli.upgrade.dry_run")] = False,
    officer: asking.OfficerOption = None,
    password: asking.PasswordOption = None,
    code: asking.CodeOption = None,
    data: opening.DataOption = None,
) -> None:
    """Bring the platform to this version of the software: doors of the version before go on answering meanwhile."""
    from hutong.console import upgrade  # of the platform

    def who(installation: "Installation") -> "Actor":
        # The tables may be those of the version before, which tell of no password that was given out: where they do,
        # `upgrade` refuses it itself, for what is to be done differs.
        return asking.officer(installation, officer, password=password, code=code, given_out=True)

    upgrade.run(opening.settings(data=data), dry_run=dry_run, who=who if officer else None)


@app.command(says="cli.up.help")
def up(data: opening.DataOption = None, port: PortOption = None, gateway_port: GatewayPortOption = None) -> None:
    """Open every door and look after them."""
    # Of the platform.
    from hutong.host import doors
    from hutong.installation import address, finding
    from hutong.installation.joining import catch_up

    settings = opening.settings(data=data, port=port, gateway_port=gateway_port)
    finding.check(settings)  # before the folder is made: `hutong init` makes a platform, and nothing else does
    with ExitStack() as stack:
        stack.enter_context(doors.only(settings))
        doors.wait_for_ports(settings.host, [settings.port, settings.gateway_port])  # told before anything is made
        installation = stack.enter_context(opening.opened(settings, keeps=True))
        catch_up(installation)
        running = doors.open_all(installation)
        try:
            _tell_outside(installation)
            opening.show("cli.up.pages", at=f"{address.at(settings, port=settings.port)}/")
            opening.show("cli.up.gateway", at=f"{address.at(settings, port=settings.gateway_port)}/openapi.json")
            for problem in doors.all_wanting(installation, running):
                opening.warn(problem)
            opening.show("cli.up.stop")
            running.wait()
        finally:
            running.stop()


@app.command(says="status.help")
def status(
    data: opening.DataOption = None,
    as_json: Annotated[bool, typer.Option("--json", help="status.json")] = False,
) -> None:
    """What lies where, and who runs."""
    from hutong.console import status  # of the platform

    status.show(opening.settings(data=data), as_json=as_json, console=opening.out)


@app.command(says="cli.serve.help")
def serve() -> None:
    """The pages alone."""
    from hutong.host import doors  # of the platform

    doors.serve(doors.inherited("web"))


@app.command(says="cli.gateway.help")
def gateway() -> None:
    """The gateway alone."""
    from hutong.host import doors  # of the platform

    doors.gateway(doors.inherited("gateway"))


@app.command(says="cli.work.help")
def work() -> None:
    """The worker alone."""
    from hutong.host import doors  # of the platform

    doors.work(doors.inherited("worker"))


@app.command(says="cli.archive.help")
def archive() -> None:
    """What brings backups to the second place, alone."""
    from hutong.host import archiver, doors  # of the platform

    archiver.archive(doors.inherited(doors.ARCHIVER))


@app.command(says="cli.runs.help")
def runs(data: opening.DataOption = None) -> None:
    """What the worker did of late, and what failed."""
    from hutong.console import runs  # of the platform

    with opening.opened(opening.settings(data=data)) as installation:
        runs.show(installation, console=opening.out)


@app.command(says="cli.enrol.help")
def enrol(
    file: Annotated[Path | None, typer.Argument(help="cli.enrol.file", exists=True, dir_okay=False)] = None,
    check: Annotated[bool, typer.Option("--check", help="cli.enrol.check")] = False,
    example: Annotated[bool, typer.Option("--example", help="cli.enrol.example")] = False,
    officer: asking.OfficerOption = None,
    password: asking.PasswordOption = None,
    code: asking.CodeOption = None,
    data: opening.DataOption = None,
) -> None:
    """Enrol units, officers, systems, users and devices.

    It can be run again: what is registered stays, what changed is changed, nothing is registered twice. A new
    account's password is shown once. By an operator or a system administrator; where the platform has no officer
    yet, by the system administrator whom the file lists (--officer), of whom no password is asked: the file founds
    units, offices and the three administrators, who give all other roles.
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


_EXAMPLE = "cli.enrol.no_file"


def _tell_place(place: str, problem: Problem) -> None:
    opening.err.print(place, highlight=False, markup=False, soft_wrap=True)
    tell(problem)


@app.command(says="cli.demo.help")
def demo(
    smoke: Annotated[
        bool,
        typer.Option("--smoke", help="cli.demo.smoke"),
    ] = False,
    rows: Annotated[int, typer.Option("--rows", min=100, max=MOST_ROWS, help="cli.demo.rows")] = 20_000,
    data: opening.DataOption = None,
    port: PortOption = None,
    gateway_port: GatewayPortOption = None,
) -> None:
    """A living county to try things in."""
    from hutong.demo import run  # of the platform

    settings = opening.settings(data=data, port=port, gateway_port=gateway_port)
    raise SystemExit(run.run(settings, smoke_only=smoke, rows=rows, console=opening.out))


@app.command("try", says="cli.try.help")
def try_(
    file: Annotated[Path, typer.Argument(help="cli.try.file", exists=True, dir_okay=False)],
    key: Annotated[
        list[str],
        typer.Option("--key", help="cli.try.key"),
    ],
    name: Annotated[str | None, typer.Option(help="cli.try.name")] = None,
    code: Annotated[str | None, typer.Option(help="cli.try.code")] = None,
    personal: Annotated[
        bool,
        typer.Option(
            "--personal/--not-personal",
            help="cli.try.personal",
        ),
    ] = True,
    data: opening.DataOption = None,
) -> None:
    """Try a file of your own in the demo: publish, load, apply, open."""
    from hutong.demo import own  # of the platform

    with opening.opened(opening.settings(data=data)) as installation:
        own.take(installation, file=file, key=tuple(key), name=name, code=code, personal=personal, console=opening.out)


app.command("load", says="cli.load.help")(loads.load)
app.command("restore", says="console.restore.help")(restores.restore)
app.command("service", says="cli.service.help")(services.service)
for name, (listed, told) in lists.COMMANDS.items():
    app.command(name, says=told)(listed)


if __name__ == "__main__":
    main()
