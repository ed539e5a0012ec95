"""A living county for newcomers: fill it, open its doors, say what to try."""

import time
from contextlib import ExitStack
from dataclasses import replace
from datetime import datetime

import httpx
from rich.console import Console
from rich.table import Table

from hutong.control.orgs import rules as roles
from hutong.core.errors import Unavailable
from hutong.demo import fill, smoke
from hutong.host import doors
from hutong.host.supervise import Doors
from hutong.installation import opening
from hutong.installation.opening import Installation
from hutong.plane.definition import Mode
from hutong.settings import Settings
from hutong.terminal.speaking import say


class DoorsDidNotOpen(Unavailable):
    """{doors} did not answer within {seconds} seconds."""


START = datetime.fromisoformat("2026-03-02T09:00:00+08:00")
"""A Monday inside the years whose official calendar is known."""


def run(settings: Settings, *, smoke_only: bool, rows: int, console: Console) -> int:
    """Open the demonstration county; with `smoke_only` walk the main job, verify the evidence and return.

    Returns the exit status: 0, or 1 where a step of the walk failed.
    """
    settings = replace(settings, now=settings.now or START)
    with ExitStack() as held:
        held.enter_context(doors.only(settings))
        doors.wait_for_ports(settings.host, [settings.port, settings.gateway_port])  # told before the county is filled
        opened = held.enter_context(opening.opened(settings, training=True))
        start = time.perf_counter()
        console.print(say("正在准备示范县…… / Preparing the county …"))
        filled = fill.fill(opened, rows=rows)
        took = f"{time.perf_counter() - start:.1f}"
        console.print(say("示范县已就绪（{took} 秒） / The county is ready ({took} s)", took=took))
        running = doors.open_all(opened)
        try:
            wait_until_open(opened, running)
            if smoke_only:
                return _smoke(opened, filled, console)
            tell(opened, filled, console)
            running.wait()
            return 0
        finally:
            running.stop()


def _smoke(opened: Installation, filled: fill.Filled, console: Console) -> int:
    try:
        smoke.walk(opened, filled, console=console)
    except smoke.StepFailed as failed:
        console.print(f"[bold red]✗[/] {failed}", highlight=False)
        return 1
    console.print(say("[green]✓[/] 主流程走通，存证核验无误 / [green]✓[/] The main job is walked, the evidence holds"))
    return 0


def wait_until_open(opened: Installation, running: Doors, *, patience_seconds: float = 60) -> None:
    """Wait until web and gateway answer; raises DoorsDidNotOpen."""
    settings = opened.settings
    waiting = {
        "gateway": f"http://{settings.host}:{settings.gateway_port}/health",
        "web": f"http://{settings.host}:{settings.port}/zh/",
    }
    until = time.monotonic() + patience_seconds
    while waiting:
        for name, address in list(waiting.items()):
            try:
                if httpx.get(address, timeout=5).status_code == 200:
                    del waiting[name]
            except httpx.HTTPError:
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
        say("[bold]网页[/]    {at} / [bold]Pages[/]    {at}", at=f"http://{settings.host}:{settings.port}/"),
        say(
            "[bold]网关[/]    {at} / [bold]Gateway[/]  {at}",
            at=f"http://{settings.host}:{settings.gateway_port}/openapi.json",
        ),
        say(
            "[bold]存证日志验证公钥[/]  {key} / [bold]The log's verifier key[/]  {key}", key=opened.log_signer.verifier
        ),
        say(_CLOCK, now=f"{opened.clock().astimezone(START.tzinfo):%Y-%m-%d %H:%M}"),
        say(_LOGINS, password=fill.PASSWORD),
    )
    below = (
        "",
        say("试一试（另开一个终端）： / Try, in another terminal:"),
        f"  set -a; . {filled.folder}/client.env; set +a",
        f"  {fill.program()} client compare {filled.grants[Mode.COMPARE]} "
        f"--record {person['resident_number']} name={person['name']}",
        f"  {fill.program()} client query {filled.grants[Mode.QUERY]} household={person['household']}",
        f"  {fill.program()} client prove " + say("回执中的叶子哈希 / LEAF-OF-THE-RECEIPT"),
        f"  {fill.program()} client grants",
        "",
        say(
            "按 Ctrl-C 停止；再次启动沿用已有数据。 / Press Ctrl-C to stop; the next start goes on with the same data."
        ),
    )
    for line in above:
        console.print(line, soft_wrap=True, highlight=False)
    console.print(logins())
    for line in below:
        console.print(line, soft_wrap=True, highlight=False)


_CLOCK = (
    "[bold]训练时钟[/]  {now}（演示环境，日期不是今天）"
    " / [bold]Training clock[/]  {now} (a demonstration: not today's date)"
)
_LOGINS = (
    "[bold]可登录[/]  口令均为 {password}；依一份申请经过的先后："
    " / [bold]Who can log in[/]  with the password {password}, in the order an application meets them:"
)


def logins() -> Table:
    """Return who can log in, with unit and roles, in the order an application for the residents' register meets them.

    Those who have no part in it come last.
    """
    on_the_way = [who.format(provider="police") for _, who in fill.STEPS.values()]
    units = {agency.code: agency.name for agency in fill.counties.agencies()}
    met = sorted(fill.OFFICERS, key=lambda officer: _place(officer[0], on_the_way))
    heads = map(say, ("  登录名 /   login", "姓名 / name", "单位 / unit", "角色 / roles"))
    table = Table(*heads, box=None, pad_edge=False)
    for username, name, agency, held in met:
        table.add_row(
            f"  {username}",
            name,
            units[agency],
            say("、 / , ").join(say("{name} / {role}", name=roles.ROLES[role], role=role) for role in held),
        )
    return table


def _place(username: str, on_the_way: list[str]) -> int:
    return on_the_way.index(username) if username in on_the_way else len(on_the_way)
