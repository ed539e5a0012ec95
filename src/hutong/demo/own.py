"""A newcomer's own file in the demonstration county: published, loaded, applied for and granted in one command."""

import shlex
from pathlib import Path

import pyarrow as pa
from rich.console import Console

from hutong import delivering
from hutong.core.errors import Invalid, Refused
from hutong.demo import fill, resources
from hutong.installation import Installation, join_django
from hutong.plane import reading
from hutong.plane.definition import Mode


class NotTraining(Refused):
    """{data} is not a demonstration county; there, resources are published on the desk."""


class KeyColumnMissing(Invalid):
    """{key} is not a column of {file}; it has {columns}."""


def take(
    installation: Installation, *, file: Path, key: tuple[str, ...], name: str, code: str, console: Console
) -> None:
    """Publish `file` as a resource of the civil affairs bureau, load it, and open a grant to compare and one to query.

    Run again with the same file it delivers nothing new and opens two grants more. Raises NotTraining,
    KeyColumnMissing and what the operations raise.
    """
    if not installation.training:
        raise NotTraining(data=str(installation.settings.data))
    join_django(installation)
    columns = reading.header(file)
    for each in key:
        if each not in columns:
            raise KeyColumnMissing(key=each, file=file.name, columns=", ".join(columns))
    agency = next(agency for agency in fill.counties.agencies() if agency.code == "civil_affairs")
    definition = resources.own(code=code, name=name, provider=agency.credit_code, columns=columns, key=key)
    fill.publish(
        definition, abstract=f"由文件 {file.name} 建立的试用资源。", provider="civil", now=installation.clock()
    )
    console.print(f"已发布资源 {code} {name}", highlight=False, markup=False)
    delivering.deliver(installation, resource=code, file=file, key=None, changes=False, confirm=False, console=console)
    items = [item.code for item in definition.items]
    for mode in (Mode.COMPARE, Mode.QUERY):
        grant = fill.apply(installation, definition, mode=mode, provider="civil", items=items)
        record, value = _example(file, definition, items)
        named = [word for part in record for word in ("--record", part)] if mode is Mode.COMPARE else []
        console.print(f"授权 {grant}（{_MODES[mode]}），例如：", highlight=False)
        line = shlex.join([fill.program(), "client", str(mode), grant, *named, value])
        console.print(f"  {line}", soft_wrap=True, highlight=False, markup=False)


_MODES = {Mode.COMPARE: "比对", Mode.QUERY: "查询"}


def _example(file: Path, definition, items: list[str]) -> tuple[list[str], str]:  # type: ignore[no-untyped-def]
    first: pa.RecordBatch = next(iter(reading.blocks(file, definition=definition))).batch
    row = first.slice(0, 1).to_pylist()[0]
    shown = next((code for code in items if code not in definition.key and row[code]), definition.key[0])
    return [row[code] for code in definition.key], f"{shown}={row[shown]}"
