"""Door for a consumer's operators: `hutong client …`. Options or the environment pin what is trusted."""

import json
import os
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from hutong.client import asking, environment, keys

app = typer.Typer(help="使用方客户端：签名、比对、查询、订阅、核验 / consumer's client", no_args_is_help=True)
out = Console()

Grant = Annotated[str, typer.Argument(help="授权编号 / grant")]


@app.callback()
def settings(
    url: Annotated[str | None, typer.Option(help="网关地址")] = None,
    system: Annotated[str | None, typer.Option(help="系统编号")] = None,
    key: Annotated[Path | None, typer.Option(help="签名密钥文件")] = None,
    platform_key: Annotated[str | None, typer.Option(help="平台答复公钥（Base64）")] = None,
    log: Annotated[str | None, typer.Option(help="存证日志公钥（vkey）")] = None,
    store: Annotated[Path | None, typer.Option(help="状态文件")] = None,
    user: Annotated[str | None, typer.Option(help="使用人")] = None,
    device: Annotated[str | None, typer.Option(help="设备")] = None,
    purpose: Annotated[str | None, typer.Option(help="用途")] = None,
    matter: Annotated[str | None, typer.Option(help="事项")] = None,
) -> None:
    """选项也可写入环境变量 HUTONG_CLIENT_URL、HUTONG_CLIENT_SYSTEM 等。"""
    given = (url, system, key, platform_key, log, store, user, device, purpose, matter)
    for name, value in zip(environment.NAMES, given, strict=True):
        if value is not None:
            os.environ[environment.PREFIX + name] = str(value)


@app.command()
def keygen(path: Annotated[Path, typer.Argument(help="密钥文件 / key file")]) -> None:
    """生成签名密钥，显示公钥以便登记 / make a key."""
    key = keys.generate(path)
    out.print(f"✓ 已生成 {path}（仅所有者可读）。请将公钥交平台登记 / register this public key:", highlight=False)
    out.print(key.public, highlight=False)


@app.command()
def compare(
    grant: Grant,
    key: Annotated[list[str], typer.Option("--record", help="主键值，按定义顺序 / key values in order")],
    values: Annotated[list[str], typer.Argument(help="信息项=值 / item=value")],
) -> None:
    """比对：所述各项与平台所存是否一致 / do these values agree?"""
    claimed = dict(_pair(each) for each in values)
    with _opened() as hutong:
        told = hutong.compare(grant, [(key, claimed)])
    table = Table("信息项", "结论")
    shown = {"match": "[green]一致[/]", "mismatch": "[red]不一致[/]", "absent": "[yellow]无此记录或未登记[/]"}
    for item, verdict in told.verdicts[0].items():
        table.add_row(item, shown[verdict])
    out.print(table)
    _receipt(told.entry, told.leaf)


@app.command()
def query(
    grant: Grant,
    where: Annotated[list[str], typer.Argument(help="信息项=值 / item=value")],
    limit: int = 100,
) -> None:
    """查询：返回授权的信息项 / query."""
    with _opened() as hutong:
        page = hutong.query(grant, [_pair(each) for each in where], limit=limit)
    names = list(page.rows[0]) if page.rows else ["（无记录 / no records）"]
    table = Table(*names)
    for row in page.rows:
        table.add_row(*(row[name] or "" for name in names))
    out.print(table)
    if page.cursor:
        out.print("还有更多记录，请缩小条件或用 API 翻页 / there are more records", highlight=False)
    _receipt(page.entry, page.leaf)


@app.command()
def follow(grant: Grant) -> None:
    """订阅：把变化逐行输出为 JSON，直到最新 / print changes as JSON lines up to now."""
    with _opened() as hutong:
        for page in hutong.follow(grant):
            for each in page:
                line = {"op": each.op, "id": each.id, "values": each.values, "change": each.change}
                typer.echo(json.dumps(line, ensure_ascii=False))


@app.command()
def prove(leaf: Annotated[str, typer.Argument(help="叶子哈希 / leaf hash")], wait: float = 30) -> None:
    """核验：该记录已入存证日志，且日志未被改写 / prove that an entry is in the log."""
    with _opened() as hutong:
        proven = hutong.prove(leaf, wait_seconds=wait)
    head = proven.checkpoint
    out.print(f"✓ 已入树：第 {proven.index} 条，检查点 {head.origin} 共 {head.size} 条", highlight=False)


@app.command()
def grants() -> None:
    """列出本系统的授权 / list this system's grants."""
    with _opened() as hutong:
        listed = hutong.grants()
    table = Table("编号", "资源", "方式", "信息项", "有效至", "状态")
    for each in listed:
        items = "、".join(each["items"])
        table.add_row(each["no"], each["code"], each["mode"], items, each["until_at"], each["state"])
    out.print(table)


def _opened() -> asking.Hutong:
    return asking.Hutong.from_environment()


def _pair(text: str) -> tuple[str, str]:
    item, found, value = text.partition("=")
    if not found:
        raise typer.BadParameter(f"{text}: 请写作 信息项=值 / write item=value")
    return item, value


def _receipt(entry: int, leaf: str) -> None:
    out.print(f"回执 / receipt: {entry} {leaf}", highlight=False)
