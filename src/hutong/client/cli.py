"""Door for a consumer's operators: `hutong client …`. Options or the environment pin what is trusted."""

import os
import re
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from hutong.client import asking, environment, keys
from hutong.core import beijing
from hutong.core.errors import Missing
from hutong.core.text import MODES
from hutong.terminal import screen
from hutong.terminal.commands import Commands
from hutong.terminal.screen import Screen
from hutong.terminal.speaking import language, say, show

app = Commands(
    help="使用方客户端：签名、比对、查询、订阅、核验 / a consumer's client: sign, compare, query, subscribe, prove\n\n"
    "选项也可写入环境变量 HUTONG_CLIENT_URL、HUTONG_CLIENT_SYSTEM 等。"
    " / What an option says, the environment variables HUTONG_CLIENT_URL, HUTONG_CLIENT_SYSTEM … may say too."
)
out = Screen()
errors = Screen(stderr=True)


class GrantNotListed(Missing):
    """This system has no grant {grant}."""


class ItemNotListed(Missing):
    """Grant {grant} has no item {item}; it has {items}."""


Grant = Annotated[str, typer.Argument(help="授权编号 / number of the grant")]


@app.callback()
def settings(
    url: Annotated[str | None, typer.Option(help="网关地址 / address of the gateway")] = None,
    system: Annotated[str | None, typer.Option(help="系统编号 / number of the system")] = None,
    key: Annotated[Path | None, typer.Option(help="签名密钥文件 / file of its signing key")] = None,
    platform_key: Annotated[
        str | None, typer.Option(help="平台答复公钥（Base64） / the platform's public key (Base64)")
    ] = None,
    log: Annotated[str | None, typer.Option(help="存证日志公钥（vkey） / the log's verifier key")] = None,
    store: Annotated[Path | None, typer.Option(help="状态文件 / file of what was seen")] = None,
    user: Annotated[str | None, typer.Option(help="使用人 / user")] = None,
    device: Annotated[str | None, typer.Option(help="设备 / device")] = None,
    purpose: Annotated[str | None, typer.Option(help="用途 / purpose")] = None,
    matter: Annotated[str | None, typer.Option(help="事项 / matter")] = None,
) -> None:
    """Take what is given as an option for what the environment would say."""
    given = (url, system, key, platform_key, log, store, user, device, purpose, matter)
    for name, value in zip(environment.NAMES, given, strict=True):
        if value is not None:
            os.environ[environment.PREFIX + name] = str(value)


@app.command()
def keygen(path: Annotated[Path, typer.Argument(help="密钥文件 / key file")]) -> None:
    """生成签名密钥，显示公钥以便登记 / make a signing key and show what to register of it"""
    key = keys.generate(path)
    show(
        out,
        "✓ 已生成 {path}（仅所有者可读）。请将公钥交平台登记："
        " / ✓ {path} is made, for its owner alone. Register this key:",
        path=path,
    )
    out.print(key.public, highlight=False)


@app.command()
def compare(
    grant: Grant,
    key: Annotated[
        list[str], typer.Option("--record", help="主键值，按定义顺序 / key values, in the order of the definition")
    ],
    values: Annotated[list[str], typer.Argument(help="信息项=值，信息项写代码或名称 / item=value")],
) -> None:
    """比对：所述各项与平台所存是否一致 / do these values agree?

    例：hutong client compare G-GX20260302-0001 --record 330523200512192451 name=蒋峰鹏
    / Example: hutong client compare G-GX20260302-0001 --record 330523200512192451 name=蒋峰鹏
    """
    with _opened() as hutong:
        claimed, names = _named(hutong, grant, values)
        told = hutong.compare(grant, [(key, dict(claimed))])
    table = Table(say("信息项 / item"), say("结论 / verdict"))
    for item, verdict in told.verdicts[0].items():
        table.add_row(names.get(item, item), say(_VERDICTS[verdict]))
    out.print(table)
    _receipt(told.entry, told.leaf)


@app.command()
def query(
    grant: Grant,
    where: Annotated[list[str], typer.Argument(help="信息项=值，信息项写代码或名称 / item=value")],
    limit: Annotated[int, typer.Option(help="最多返回几条 / most records", min=1)] = 100,
    lines: Annotated[bool, typer.Option("--json", help="每条记录输出一行 JSON / print a JSON line a record")] = False,
) -> None:
    """查询：返回授权的信息项 / query: the items of the grant, of the records that agree

    例：hutong client query G-GX20260302-0002 household=33052300000001 --limit 10
    / Example: hutong client query G-GX20260302-0002 household=33052300000001 --limit 10
    """
    with _opened() as hutong:
        asked, names = _named(hutong, grant, where)
        page = hutong.query(grant, asked, limit=limit)
    if lines:
        for row in page.rows:
            typer.echo(screen.json_line(row))
    else:
        items = list(page.rows[0]) if page.rows else []
        table = Table(show_lines=len(page.rows) > 1)
        for head in [names.get(item, item) for item in items] or [say("（无记录） / (no records)")]:
            table.add_column(head, overflow="fold")  # a value is never shortened
        for row in page.rows:
            table.add_row(*(row[item] or "" for item in items))
        out.print(table)
    beside = errors if lines else out
    if page.cursor:
        show(
            beside,
            "还有更多记录，请缩小条件、加大 --limit 或用 API 翻页"
            " / There are more: ask more closely, raise --limit or use the API",
        )
    _receipt(page.entry, page.leaf, console=beside)


@app.command()
def follow(grant: Grant) -> None:
    """订阅：把变化逐行输出为 JSON，直到最新 / subscribe: print changes as JSON lines, up to the newest"""
    with _opened() as hutong:
        for page in hutong.follow(grant):
            for each in page:
                line = {"op": each.op, "id": each.id, "values": each.values, "change": each.change}
                typer.echo(screen.json_line(line))


@app.command()
def prove(
    leaf: Annotated[str, typer.Argument(help="回执所载的叶子哈希，64 位十六进制 / leaf hash of a receipt")],
    wait: Annotated[
        float, typer.Option(help="尚未入树时最多等待几秒 / seconds to wait for it to be placed", min=0)
    ] = 30,
) -> None:
    """核验：该笔存证已入日志，且日志未被改写 / prove that an entry is in the log, and the log not rewritten

    例：hutong client prove 叶子哈希 --wait 5
    / Example: hutong client prove LEAF --wait 5
    """
    with _opened() as hutong:
        proven = hutong.prove(leaf, wait_seconds=wait)
    head = proven.checkpoint
    show(
        out,
        "✓ 已入树：叶子序号 {index}（自 0 计，不同于存证编号），检查点 {origin} 共 {size} 条"
        " / ✓ In the tree: leaf {index} (from 0; not the entry's number) of {size} under the checkpoint of {origin}",
        index=proven.index,
        origin=head.origin,
        size=head.size,
    )


_VERDICTS = {
    "match": "[green]一致[/] / [green]agrees[/]",
    "mismatch": "[red]不一致[/] / [red]differs[/]",
    "absent": "[yellow]无此记录或未登记[/] / [yellow]no such record, or not registered[/]",
}
_STATES = {
    "active": "有效 / active",
    "revoked": "已撤销 / revoked",
    "expired": "已到期 / expired",
}


@app.command()
def grants() -> None:
    """列出本系统的授权 / list this system's grants"""
    with _opened() as hutong:
        listed = hutong.grants()
    table = Table(show_lines=True)
    widest = max((len(each["no"]) for each in listed), default=0)
    table.add_column(say("编号 / number"), no_wrap=True, min_width=widest)
    table.add_column(say("资源 / resource"), overflow="fold")
    table.add_column(say("方式 / mode"), no_wrap=True, min_width=4)
    table.add_column(say("信息项 / items"), overflow="fold")
    table.add_column(say("有效至 / until"), no_wrap=True, min_width=10)
    table.add_column(say("状态 / state"), no_wrap=True, min_width=4)
    for each in listed:
        names = each.get("names", {})
        items = "\n".join(_both(item, names.get(item)) for item in each["items"])
        resource = " ".join(filter(None, (each["code"], each.get("name"))))
        mode = say("{zh} / {en}", zh=MODES.get(each["mode"], each["mode"]).removeprefix("数据"), en=each["mode"])
        suspended = each["state"] == "active" and each.get("suspended")
        state = say("停止服务中 / suspended" if suspended else _STATES.get(each["state"], each["state"]))
        table.add_row(each["no"], resource, mode, items, _day(each["until_at"]), state)
    out.print(table)


def _both(code: str, name: str | None) -> str:
    return code if name in (None, code) else say("{name}（{code}） / {name} ({code})", name=name, code=code)


def _day(moment: str) -> str:
    return beijing.day(datetime.fromisoformat(moment)).isoformat()


def _named(hutong: asking.Hutong, grant: str, given: list[str]) -> tuple[list[tuple[str, str]], dict[str, str]]:
    """Return items by code with their values, and the names by code where names were given.

    Names are asked for only then: listing one's grants is an entry of its own. Raises GrantNotListed, ItemNotListed.
    """
    pairs = [_pair(each) for each in given]
    if all(re.fullmatch("[A-Za-z][A-Za-z0-9_]*", item) for item, _ in pairs):
        return pairs, {}
    listed = {each["no"]: each["names"] for each in hutong.grants()}
    if grant not in listed:
        raise GrantNotListed(grant=grant)
    names: dict[str, str] = listed[grant]
    codes = {name: code for code, name in names.items()}
    for item, _ in pairs:
        if names and item not in names and item not in codes:
            raise ItemNotListed(grant=grant, item=item, items=", ".join(_both(*each) for each in names.items()))
    return [(codes.get(item, item), value) for item, value in pairs], names


def _opened() -> asking.Hutong:
    return asking.Hutong.from_environment(language=language())


def _pair(text: str) -> tuple[str, str]:
    item, found, value = text.partition("=")
    if not found:
        raise typer.BadParameter(say("{text}：请写作 信息项=值 / {text}: write item=value", text=text))
    return item, value


def _receipt(entry: int, leaf: str, *, console: Screen = out) -> None:
    show(
        console,
        "回执：存证编号 {entry}，叶子哈希 {leaf} / Receipt: entry {entry}, leaf hash {leaf}",
        entry=entry,
        leaf=leaf,
    )
