"""Door for a consumer's operators: `hutong client …`. Options or the environment pin what is trusted."""

import os
import re
from collections.abc import Collection, Mapping
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from hutong.client import asking, environment, keys, proving, watching, witnessing
from hutong.client.bookmarks import Bookmarks
from hutong.client.watching import Watch
from hutong.client.wire import OpenConnection
from hutong.core import beijing, bounds, text
from hutong.core.errors import Missing, Problem
from hutong.core.labels import Both
from hutong.core.signed_note import Checkpoint
from hutong.core.text import MODES
from hutong.terminal import screen
from hutong.terminal.commands import Commands
from hutong.terminal.screen import Screen
from hutong.terminal.speaking import coded, language, say, show

app = Commands(help="client.help")
out = Screen()
errors = Screen(stderr=True)


class GrantNotListed(Missing):
    """This system has no grant {grant}."""


class ItemNotListed(Missing):
    """Grant {grant} has no item {item}; it has {items}."""


WitnessName = Annotated[str, typer.Argument(help="client.witness.name")]
WitnessKeyFile = Annotated[Path, typer.Argument(help="client.witness.key", exists=True, dir_okay=False)]
Grant = Annotated[str, typer.Argument(help="client.grant")]


DAY_SECONDS = 24 * 3600


def _no_longer_than_a_day(seconds: float) -> float:
    """Refuse what nobody waits for, and what is no number; raises BadParameter."""
    if not seconds <= DAY_SECONDS:
        raise typer.BadParameter(f"'{seconds}'")
    return seconds


@app.callback()
def settings(
    url: Annotated[str | None, typer.Option(help="client.url")] = None,
    system: Annotated[str | None, typer.Option(help="client.system")] = None,
    key: Annotated[Path | None, typer.Option(help="client.key")] = None,
    platform_key: Annotated[str | None, typer.Option(help="client.platform_key")] = None,
    log: Annotated[str | None, typer.Option(help="client.log_key")] = None,
    bookmarks: Annotated[Path | None, typer.Option(help="client.bookmarks")] = None,
    user: Annotated[str | None, typer.Option(help="client.user")] = None,
    device: Annotated[str | None, typer.Option(help="client.device")] = None,
    purpose: Annotated[str | None, typer.Option(help="client.purpose")] = None,
    matter: Annotated[str | None, typer.Option(help="client.matter")] = None,
) -> None:
    """Take what is given as an option for what the environment would say."""
    given = (url, system, key, platform_key, log, bookmarks, user, device, purpose, matter)
    for name, value in zip(environment.NAMES, given, strict=True):
        if value is not None:
            os.environ[environment.PREFIX + name] = str(value)


@app.command(says="client.keygen.help")
def keygen(path: Annotated[Path, typer.Argument(help="client.keygen.file")]) -> None:
    """Make a signing key and show what to register of it."""
    key = keys.generate(path)
    show(
        out,
        "client.keygen.done",
        path=path,
    )
    out.print(key.public, highlight=False)


@app.command(says="client.compare.help")
def compare(
    grant: Grant,
    key: Annotated[list[str], typer.Option("--record", help="client.compare.record")],
    values: Annotated[list[str], typer.Argument(help="client.item_value")],
) -> None:
    """Do these values agree.

    Example: hutong client compare G-GX20260302-0001 --record 330523200512192451 name=蒋峰鹏
    """
    with _opened() as hutong:
        claimed = _by_code(hutong, grant, values)
        told = hutong.compare(grant, [(key, dict(claimed))])
        names = _names(hutong, grant, told.verdicts[0])
    table = Table(say("client.compare.head.item"), say("client.compare.head.verdict"))
    for item, verdict in told.verdicts[0].items():
        table.add_row(_both(item, names.get(item)), say(_VERDICTS[verdict]))
    out.print(table)
    _receipt(told.entry, told.leaf)


@app.command(says="client.query.help")
def query(
    grant: Grant,
    where: Annotated[list[str], typer.Argument(help="client.item_value")],
    limit: Annotated[int, typer.Option(help="client.query.limit", min=1, max=bounds.LARGEST)] = 100,
    lines: Annotated[bool, typer.Option("--json", help="client.query.json")] = False,
) -> None:
    """Query: the items of the grant, of the records that agree.

    Example: hutong client query G-GX20260302-0002 household=33052300000001 --limit 10
    """
    with _opened() as hutong:
        asked = _by_code(hutong, grant, where)
        page = hutong.query(grant, asked, limit=limit)
        items = list(page.rows[0]) if page.rows else []
        names = {} if lines else _names(hutong, grant, items)
    if lines:
        for row in page.rows:
            typer.echo(screen.json_line(row))
    else:
        table = Table(show_lines=len(page.rows) > 1)
        for head in [_both(item, names.get(item)) for item in items] or [say("client.query.none")]:
            table.add_column(head, overflow="fold")  # a value is never shortened
        for row in page.rows:
            table.add_row(*(row[item] or "" for item in items))
        out.print(table)
    beside = errors if lines else out
    if page.cursor:
        show(
            beside,
            "client.query.more",
        )
    _receipt(page.entry, page.leaf, console=beside)


@app.command(says="client.subscribe.help")
def follow(grant: Grant) -> None:
    """Subscribe: print changes as JSON lines, up to the newest."""
    with _opened() as hutong:
        for page in hutong.follow(grant):
            for each in page:
                line = {"op": each.op, "id": each.id, "values": each.values, "change": each.change}
                typer.echo(screen.json_line(line))


@app.command(says="client.prove.help")
def prove(
    leaf: Annotated[str, typer.Argument(help="client.prove.leaf")],
    wait: Annotated[float, typer.Option(help="client.prove.wait", min=0, callback=_no_longer_than_a_day)] = 30,
) -> None:
    """Prove that an entry is in the log, and the log not rewritten.

    Example: hutong client prove LEAF --wait 5
    """
    with _opened() as hutong:
        proven = hutong.prove(leaf, wait_seconds=wait)
    head = proven.checkpoint
    show(
        out,
        "client.prove.done",
        index=proven.index,
        origin=head.origin,
        size=head.size,
    )


@app.command(says="client.watch.help")
def watch(
    every: Annotated[float, typer.Option(help="client.watch.every", min=0.1, callback=_no_longer_than_a_day)] = 10,
    once: Annotated[bool, typer.Option("--once", help="client.watch.once")] = False,
) -> None:
    """Watch the log for good: every checkpoint continues the one before, or both are kept and it ends.

    Example: hutong client watch --every 30
    """
    given = environment.read_watch(os.environ)
    line = OpenConnection(given.url, language=language())
    watched = Watch(line, verifier=proving.verifier(given.log), bookmarks=Bookmarks(given.bookmarks))
    _look(watched, line, every=every, once=once)


@app.command("witness-key", says="client.witness_key.help")
def witness_key(name: WitnessName, key: WitnessKeyFile) -> None:
    """Show the verifier key of a witness, which the authority registers.

    Example: hutong client witness-key witness.county.example witness.key
    """
    out.print(str(witnessing.signer(name, key).public), highlight=False, markup=False, soft_wrap=True)


@app.command(says="client.witness.help")
def witness(
    name: WitnessName,
    key: WitnessKeyFile,
    every: Annotated[float, typer.Option(help="client.watch.every", min=0.1, callback=_no_longer_than_a_day)] = 10,
    once: Annotated[bool, typer.Option("--once", help="client.watch.once")] = False,
) -> None:
    """Watch the log for good, and cosign each checkpoint that continues the one before.

    Example: hutong client witness witness.county.example witness.key
    """
    given, signer = environment.read_watch(os.environ), witnessing.signer(name, key)
    line = OpenConnection(given.url, language=language())
    watched = Watch(line, verifier=proving.verifier(given.log), bookmarks=Bookmarks(given.bookmarks))
    _look(witnessing.Cosigner(line, watch=watched, signer=signer, now=given.clock), line, every=every, once=once)


def _look(watched: watching.Looking, line: OpenConnection, *, every: float, once: bool) -> None:
    try:
        if once:
            _seen(watched.look())
        else:
            watching.follow(watched, seen=_seen, failed=_passing, every_seconds=every)
    except KeyboardInterrupt:
        return
    finally:
        line.close()


def _seen(head: Checkpoint) -> None:
    show(out, "client.watch.seen", origin=head.origin, size=head.size, at=head.at or "")


def _passing(problem: Problem) -> None:
    told = coded(text.say(problem, language=language()).message, problem)
    errors.print(say("client.watch.passing", what=told), highlight=False, markup=False, soft_wrap=True)


_VERDICTS = {
    "match": "client.verdict.match",
    "mismatch": "client.verdict.mismatch",
    "absent": "client.verdict.absent",
}
_STATES = {
    "active": "client.state.active",
    "revoked": "client.state.revoked",
    "relinquished": "client.state.relinquished",
    "expired": "client.state.expired",
}


@app.command(says="client.grants.help")
def grants() -> None:
    """List this system's grants."""
    with _opened() as hutong:
        listed = hutong.grants()
    table = Table(show_lines=True)
    widest = max((len(each["no"]) for each in listed), default=0)
    table.add_column(say("client.grants.head.number"), no_wrap=True, min_width=widest)
    table.add_column(say("client.grants.head.resource"), overflow="fold")
    table.add_column(say("client.grants.head.mode"), no_wrap=True, min_width=4)
    table.add_column(say("client.grants.head.items"), overflow="fold")
    table.add_column(say("client.grants.head.until"), no_wrap=True, min_width=10)
    table.add_column(say("client.grants.head.state"), no_wrap=True, min_width=4)
    for each in listed:
        names = each.get("names", {})
        items = "\n".join(_both(item, names.get(item)) for item in each["items"])
        resource = " ".join(filter(None, (each["resource"], each.get("name"))))
        mode = Both(MODES.get(each["mode"], each["mode"]).removeprefix("数据"), each["mode"])[language()]
        suspended = each["state"] == "active" and each.get("suspended")
        state = say("client.state.suspended") if suspended else _told(_STATES, each["state"])
        table.add_row(each["no"], resource, mode, items, _day(each["until_at"]), state)
    out.print(table)


def _told(words: Mapping[str, str], code: str) -> str:
    return say(words[code]) if code in words else code


def _both(code: str, name: str | None) -> str:
    return code if name in (None, code) else say("client.named", name=name, code=code)


def _day(moment: str) -> str:
    return beijing.day(datetime.fromisoformat(moment)).isoformat()


def _by_code(hutong: asking.Hutong, grant: str, given: list[str]) -> list[tuple[str, str]]:
    """Return items by code with their values, by code or name as given; raises GrantNotListed, ItemNotListed."""
    pairs = [_pair(each) for each in given]
    if all(re.fullmatch("[A-Za-z][A-Za-z0-9_]*", item) for item, _ in pairs):
        return pairs
    names = hutong.names(grant)
    if names is not None and not all(item in {*names, *names.values()} for item, _ in pairs):
        names = hutong.names(grant, items=[item for item, _ in pairs])  # what was kept may be of an older version
    if names is None:
        raise GrantNotListed(grant=grant)
    codes = {name: code for code, name in names.items()}
    for item, _ in pairs:
        if names and item not in names and item not in codes:
            raise ItemNotListed(grant=grant, item=item, items=", ".join(_both(*each) for each in names.items()))
    return [(codes.get(item, item), value) for item, value in pairs]


def _names(hutong: asking.Hutong, grant: str, items: Collection[str]) -> Mapping[str, str]:
    """Return what items are called. Where that cannot be had the table has their codes: what was asked is answered."""
    try:
        return hutong.names(grant, items=items) or {}
    except Problem:
        return {}


def _opened() -> asking.Hutong:
    return asking.Hutong.from_environment(language=language())


def _pair(text: str) -> tuple[str, str]:
    item, found, value = text.partition("=")
    if not found:
        raise typer.BadParameter(say("client.value_unreadable", text=text))
    return item, value


def _receipt(entry: int, leaf: str, *, console: Screen = out) -> None:
    show(
        console,
        "client.receipt",
        entry=entry,
        leaf=leaf,
    )
