"""A living county for newcomers: fill it, open its doors, say what to try."""

import time
from dataclasses import replace
from datetime import datetime

import httpx
from rich.console import Console

from hutong import doors, installation
from hutong.core.errors import Unavailable
from hutong.demo import fill, smoke
from hutong.installation import Installation
from hutong.plane.definition import Mode
from hutong.settings import Settings
from hutong.supervise import Doors


class DoorsDidNotOpen(Unavailable):
    """{doors} did not answer within {seconds} seconds."""


START = datetime.fromisoformat("2026-03-02T09:00:00+08:00")
"""A Monday inside the years whose official calendar is known."""


def run(settings: Settings, *, smoke_only: bool, rows: int, console: Console) -> int:
    """Open the demonstration county; with `smoke_only` walk the main job, verify the evidence and return.

    Returns the exit status: 0, or 1 where a step of the walk failed.
    """
    settings = replace(settings, now=settings.now or START)
    with doors.only(settings), installation.opened(settings, training=True) as opened:
        start = time.perf_counter()
        console.print("正在填充示范县……")
        filled = fill.fill(opened, rows=rows)
        console.print(f"示范县已就绪（{time.perf_counter() - start:.1f} 秒）")
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
    console.print("[green]✓[/] 主流程走通，存证核验无误")
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
    lines = (
        "",
        f"[bold]网页[/]    http://{settings.host}:{settings.port}/",
        f"[bold]网关[/]    http://{settings.host}:{settings.gateway_port}/openapi.json",
        f"[bold]存证日志验证公钥[/]  {opened.log_signer.verifier}",
        f"[bold]训练时钟[/]  {opened.clock().astimezone(START.tzinfo):%Y-%m-%d %H:%M}（演示环境，日期不是今天）",
        f"[bold]可登录[/]  {'、'.join(officer[0] for officer in fill.OFFICERS)}；口令均为 {fill.PASSWORD}",
        "",
        "试一试（另开一个终端）：",
        f"  set -a; . {filled.folder}/client.env; set +a",
        f"  {fill.program()} client compare {filled.grants[Mode.COMPARE]} "
        f"--record {person['resident_number']} name={person['name']}",
        f"  {fill.program()} client grants",
        "",
        "按 Ctrl-C 停止；再次启动沿用已有数据。",
    )
    for line in lines:
        console.print(line, soft_wrap=True, highlight=False)
