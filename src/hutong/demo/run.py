"""A living county for newcomers: fill it, open its doors, say what to try."""

import shutil
import signal
import sys
import threading
import time
from collections.abc import Callable, Collection, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import replace
from datetime import datetime

import httpx
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

from hutong.console import opening as console_opening
from hutong.control.units import rules as roles
from hutong.core.errors import Conflicting, Invalid, Unavailable
from hutong.core.network import Network
from hutong.demo import fill, founding, living, smoke, witness
from hutong.host import doors
from hutong.host.supervise import Doors
from hutong.installation import opening
from hutong.installation.opening import Installation
from hutong.plane.definition import Mode
from hutong.settings import Settings
from hutong.terminal.speaking import language, say


class PastBrokenOff(Conflicting):
    """The county in {data} was broken off half prepared, and its database is not ours to empty."""


class DoorsDidNotOpen(Unavailable):
    """{doors} did not answer within {seconds} seconds."""


class NetworkLeftOut(Invalid):
    """The demonstration county speaks HTTP, under this machine's own names, to whoever asks; {names} is left out."""


START = datetime.fromisoformat("2026-03-02T09:00:00+08:00")
"""A Monday inside the years whose official calendar is known."""


def run(settings: Settings, *, smoke_only: bool, rows: int, console: Console) -> int:
    """Open the demonstration county; with `smoke_only` walk the main job, verify the evidence and return.

    A county that is not there yet gets a past, played while its pages are open already; for the walk none is needed.
    Returns the exit status: 0, or 1 where a step of the walk failed.
    """
    if left_out := [name for name, value in settings.network.environ().items() if value]:
        console_opening.warn(NetworkLeftOut(names=", ".join(left_out)))
    settings = replace(settings, now=settings.now or START, network=Network())  # its own client asks by HTTP
    with ExitStack() as stack:
        stack.enter_context(doors.only(settings))
        doors.wait_for_ports(settings.host, [settings.port, settings.gateway_port])  # told before the county is filled
        if (state := fill.kept(settings.data)) and state["past"] == fill.PLAYING:
            _begin_anew(settings, console)
            state = None
        opened = stack.enter_context(opening.opened(settings, training=True))
        if state is None and not smoke_only:
            _live(opened, rows=rows, console=console)
            return 0
        start = time.perf_counter()
        console.print(say("demo.progress.preparing"))
        filled = fill.fill(opened, rows=rows)
        _tell_ready(start, console)
        running = doors.open_all(opened)
        try:
            wait_until_open(opened, running)
            if smoke_only:
                return _smoke(opened, filled, console)
            tell(opened, filled, console)
            _warn(opened, running)
            with witness.at_work(opened, console):
                running.wait()
            return 0
        finally:
            running.stop()


def _live(opened: Installation, *, rows: int, console: Console) -> None:
    """Open the pages, let the county live through its past meanwhile, then open the other doors and wait.

    The gateway and the worker live by the present: they would act before the past is over.
    """
    start = time.perf_counter()
    console.print(say("demo.progress.preparing"))
    running = doors.open_all(opened, at_once=["web"])
    before = signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    try:
        told = threading.Thread(target=_tell_page, args=(opened, console, start), daemon=True)
        told.start()
        with progress(console) as step:

            def on(share: float, what: str) -> None:
                running.tend()
                step(share, what)

            filled = living.fill_county(opened, rows=rows, tell=on)
        _tell_ready(start, console)
        running.start(["gateway", "worker"])
        wait_until_open(opened, running)
        tell(opened, filled, console)
        _warn(opened, running)
        with witness.at_work(opened, console):
            running.wait()
    finally:
        running.stop()
        signal.signal(signal.SIGTERM, before)


def _warn(opened: Installation, running: doors.Doors) -> None:
    for problem in doors.all_wanting(opened, running):
        console_opening.warn(problem)


def _tell_ready(start: float, console: Console) -> None:
    took = f"{time.perf_counter() - start:.1f}"
    console.print(say("demo.progress.ready", took=took))


def _tell_page(opened: Installation, console: Console, start: float) -> None:
    """Say when the pages are open, while the county is still filled."""
    at = f"http://{opened.settings.host}:{opened.settings.port}/"
    with suppress(DoorsDidNotOpen):
        wait_until_open(opened, None, names=("web",))
        took = f"{time.perf_counter() - start:.1f}"
        told = "demo.progress.pages_open"
        console.print(say(told, at=at, took=took), soft_wrap=True, highlight=False)


@contextmanager
def progress(console: Console) -> Iterator[Callable[[float, str], None]]:
    """Show how far something is: a bar on a terminal, elsewhere a line each tenth."""
    if console.is_terminal:
        columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeElapsedColumn())
        with Progress(*columns, console=console, transient=True) as bar:
            task = bar.add_task("", total=1.0)
            yield lambda share, what: bar.update(task, completed=share, description=what)
        return
    shown = [0]

    def line(share: float, what: str) -> None:
        if int(share * 10) > shown[0]:
            shown[0] = int(share * 10)
            console.print(f"{shown[0] * 10} % {what}", highlight=False)

    yield line


def _begin_anew(settings: Settings, console: Console) -> None:
    """Remove a county that was broken off in its past: a log is not continued in the middle of a day.

    Raises PastBrokenOff where its database is somebody else's.
    """
    if settings.database_url is not None:
        raise PastBrokenOff(data=settings.data)
    console.print(say("demo.progress.broken_off"))
    for name in ("postgres", "demo", "keys", "spool"):
        shutil.rmtree(settings.data / name, ignore_errors=True)
    for name in ("training.json", "identity.json"):
        (settings.data / name).unlink(missing_ok=True)


def _smoke(opened: Installation, filled: fill.Filled, console: Console) -> int:
    try:
        smoke.walk(opened, filled, console=console)
    except smoke.StepFailed as failed:
        console.print(f"[bold red]✗[/] {failed}", highlight=False)
        return 1
    console.print(say("demo.smoke.done"))
    return 0


def wait_until_open(
    opened: Installation, running: Doors | None, *, names: Collection[str] = ("gateway", "web"),
    patience_seconds: float = 60,
) -> None:  # fmt: skip
    """Wait until web and gateway answer, or those of `names`, and tend their doors; raises DoorsDidNotOpen."""
    settings = opened.settings
    waiting = {
        "gateway": f"http://{settings.host}:{settings.gateway_port}/health",
        "web": f"http://{settings.host}:{settings.port}/zh/",
    }
    waiting = {name: address for name, address in waiting.items() if name in names}
    until = time.monotonic() + patience_seconds
    while waiting:
        for name, address in list(waiting.items()):
            try:
                if httpx.get(address, timeout=5).status_code == 200:
                    del waiting[name]
            except httpx.HTTPError:
                if running is not None:
                    running.tend()
        if waiting and time.monotonic() > until:
            raise DoorsDidNotOpen(doors=", ".join(waiting), seconds=patience_seconds)
        if waiting:
            time.sleep(0.2)


def tell(opened: Installation, filled: fill.Filled, console: Console) -> None:
    """Print the addresses, what to try and the log's verifier key."""
    settings = opened.settings
    person = filled.people.slice(0, 1).to_pylist()[0]
    above = (
        "",
        say("demo.ready.pages", at=f"http://{settings.host}:{settings.port}/"),
        say(
            "demo.ready.gateway",
            at=f"http://{settings.host}:{settings.gateway_port}/openapi.json",
        ),
        say("demo.ready.log_key", key=opened.log_verifier),
        say(_CLOCK, now=f"{opened.clock().astimezone(START.tzinfo):%Y-%m-%d %H:%M}"),
        say(_LOGINS, password=founding.PASSWORD),
    )
    below = (
        "",
        say("demo.ready.try"),
        f"  set -a; . {filled.folder}/client.env; set +a",
        f"  {fill.program()} client compare {filled.grants[Mode.COMPARE]} "
        f"--record {person['resident_number']} name={person['name']}",
        f"  {fill.program()} client query {filled.grants[Mode.QUERY]} household={person['household']}",
        f"  {fill.program()} client prove " + say("demo.ready.leaf"),
        f"  {fill.program()} client grants",
        "",
        say("demo.ready.stop"),
    )
    for line in above:
        console.print(line, soft_wrap=True, highlight=False)
    console.print(logins())
    if (state := fill.kept(settings.data)) and state["past"] == fill.PLAYED:
        console.print(say(_OTHERS), soft_wrap=True, highlight=False)
    for line in below:
        console.print(line, soft_wrap=True, highlight=False)


_CLOCK = "demo.ready.clock"
_LOGINS = "demo.ready.logins"


_OTHERS = "demo.ready.other_logins"


def logins() -> Table:
    """Return who can log in, with unit and roles, in the order an application for the residents' register meets them.

    Those who have no part in it come last.
    """
    on_the_way = [who.format(provider="police") for _, who in fill.STEPS.values()]
    units = {made_unit.code: made_unit.name for made_unit in fill.counties.made_units()}
    met = sorted(founding.OFFICERS, key=lambda officer: _place(officer[0], on_the_way))
    heads = map(say, ("demo.ready.head.login", "demo.ready.head.name", "demo.ready.head.unit", "demo.ready.head.roles"))
    table = Table(*heads, box=None, pad_edge=False)
    for username, name, made_unit, theirs in met:
        table.add_row(
            f"  {username}",
            name,
            units[made_unit],
            say("demo.and").join(roles.ROLES[role][language()] for role in theirs),
        )
    return table


def _place(username: str, on_the_way: list[str]) -> int:
    return on_the_way.index(username) if username in on_the_way else len(on_the_way)
