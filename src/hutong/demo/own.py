"""A newcomer's own file in the demonstration county: published, loaded, applied for and granted in one command."""

import re
import shlex
from collections.abc import Iterator
from itertools import count
from pathlib import Path

from rich.console import Console

from hutong.core import headings
from hutong.core.errors import Invalid, Refused
from hutong.core.labels import Both
from hutong.core.text import MODES
from hutong.demo import fill, founding, resources
from hutong.installation.joining import join_django
from hutong.installation.opening import Installation
from hutong.plane.definition import Definition, Mode
from hutong.plane.delivery import quality, reading
from hutong.terminal.speaking import say, show

PURPOSE = MATTER = "trial"
LEGAL_BASIS = "示范县试用（不据此办理业务）"


class NotTraining(Refused):
    """{data} is not a demonstration county; there, resources are published on the desk."""


class KeyColumnMissing(Invalid):
    """{key} is not a column of {file}; it has {columns}."""


def take(
    installation: Installation,
    *,
    file: Path,
    key: tuple[str, ...],
    name: str | None,
    code: str | None,
    personal: bool,
    console: Console,
) -> None:
    """Publish `file` as a resource of the civil affairs bureau, load it, and open a grant to compare and one to query.

    Without a code it takes the first that is free, without a name the file's. Run again with a file of the same
    columns it goes on with the resource that is there, and opens two grants more. Raises NotTraining,
    KeyColumnMissing, NameTaken and what the operations raise.
    """
    if not installation.training:
        raise NotTraining(data=str(installation.settings.data))
    join_django(installation)
    # Django's models can be imported only once it is set up.
    from hutong.console import load
    from hutong.control.units import queries as members

    columns = reading.titles(file)
    key = tuple(column_of(each, columns, file=file) for each in key)
    definition, there = _place(file, columns=columns, key=key, name=name, code=code, personal=personal)
    reading.open_(file, definition=definition)  # what is wrong with the file as a whole is told before it is published
    fill.publish(
        definition, abstract=f"由文件 {file.name} 建立的试用资源。", provider="civil", now=installation.clock()
    )
    told = "demo.try.resource_there" if there else "demo.try.resource_published"
    show(console, told, code=definition.code, name=definition.name)
    _tell_types(definition, console=console)
    receipt = load.deliver(
        installation,
        resource=definition.code,
        file=file,
        key=None,
        changes=False,
        approve=False,
        by=members.actor("civil.editor", now=installation.clock()),
        console=console,
    )
    if receipt.rejected:
        told = "demo.try.login"
        show(console, told, password=founding.PASSWORD)
    if receipt.state == "waiting":
        by = ["--officer", "civil.editor", "--password", founding.PASSWORD]
        line = shlex.join([fill.program(), "load", definition.code, str(file), "--approve", *by])
        console.print(f"  {line}", soft_wrap=True, highlight=False, markup=False)
        return
    if personal:
        show(console, _PERSONAL)
    _grant(installation, definition, file, console=console)


def column_of(named: str, columns: list[str], *, file: Path) -> str:
    """Return the column that is `named`, written as titles may be written; raises KeyColumnMissing."""
    alike = [column for column in columns if headings.folded(column) == headings.folded(headings.cleaned(named))]
    if named not in columns and len(alike) != 1:
        raise KeyColumnMissing(key=named, file=file.name, columns=", ".join(columns))
    return named if named in columns else alike[0]


def _grant(installation: Installation, definition: Definition, file: Path, *, console: Console) -> None:
    """Open a grant to compare and one to query, and print each with a line that uses it."""
    items = [item.code for item in definition.items]
    found = example(file, definition, items)
    for mode in (Mode.COMPARE, Mode.QUERY):
        grant = fill.apply(
            installation,
            definition,
            mode=mode,
            provider="civil",
            items=items,
            purpose=PURPOSE,
            matter=MATTER,
            legal_basis=LEGAL_BASIS,
        )
        if found is None:
            show(console, "demo.try.grant", grant=grant, mode=Both(MODES[mode], mode))
            continue
        record, value = found
        named = [word for part in record for word in ("--record", part)] if mode is Mode.COMPARE else []
        example_of = "demo.try.grant_example"
        show(console, example_of, grant=grant, mode=Both(MODES[mode], mode))
        stated = ["--purpose", PURPOSE, "--matter", MATTER]
        line = shlex.join([fill.program(), "client", *stated, str(mode), grant, *named, value])
        console.print(f"  {line}", soft_wrap=True, highlight=False, markup=False)


def _tell_types(definition: Definition, *, console: Console) -> None:
    """Print that every column is taken as text, and where another type would come from."""
    names = {item.code: item.name for item in definition.items}
    columns, key = (say("demo.and").join(each) for each in (names.values(), [names[code] for code in definition.key]))
    show(console, _AS_TEXT, columns=columns, key=key)


_AS_TEXT = "demo.try.columns"

_PERSONAL = "demo.try.personal"


def _place(
    file: Path, *, columns: list[str], key: tuple[str, ...], name: str | None, code: str | None, personal: bool
) -> tuple[Definition, bool]:
    """Return what to publish, under the code and name given or the first that are free, and whether it stands there.

    Raises NameTaken where what was given belongs to another resource.
    """
    # Django's models can be imported only once it is set up.
    from hutong.control.catalog import rules
    from hutong.control.catalog.models import Entry

    made_unit = next(made_unit for made_unit in fill.counties.made_units() if made_unit.code == "civil_affairs")
    entries = {entry.code: entry for entry in Entry.objects.select_related("current")}
    names = {entry.name for entry in entries.values()}
    own = next(each for each in _numbered(file.stem) if each not in names)
    for number in count(1):
        tried = code or f"3010001/{number:03}"
        found = entries.get(tried)
        definition = resources.own(
            code=tried,
            name=name or (found.name if found else own),
            provider=made_unit.credit_code,
            columns=columns,
            key=key,
            personal=personal,
        )
        if found is None:
            return definition, False
        ours = found.name == name or (name is None and re.fullmatch(re.escape(file.stem) + r"( \d+)?", found.name))
        if ours and _stands_for(found) == definition:
            return definition, found.state == "PUBLISHED"
        if code:
            raise rules.NameTaken(name=found.name, code=code)
    raise AssertionError("numbers do not end")


def _stands_for(entry) -> Definition | None:  # type: ignore[no-untyped-def]
    """Return the definition an entry was published with, or will be; None where it is neither."""
    # As above.
    from hutong.control.catalog import publishing, queries, rules

    if entry.state == "PUBLISHED":
        said = entry.current
        return rules.definition(said, code=entry.code, provider=entry.provider_id, number=said.number)
    change = queries.under_way(entry.code)
    return publishing.definition(change) if change and change.state in _GOES_ON else None


_GOES_ON = ("DRAFT", "SUBMITTED", "REGISTERED")


def _numbered(name: str) -> Iterator[str]:
    yield name
    yield from (f"{name} {number}" for number in count(2))


def example(file: Path, definition: Definition, items: list[str]) -> tuple[list[str], str] | None:
    """Return key values and a claim, its item by name, of the first row taken that has both; None where none has."""
    names = {item.code: item.code if "=" in item.name else item.name for item in definition.items}
    for block in reading.open_(file, definition=definition).blocks():
        taken = quality.check(block.batch, definition).valid
        for row, valid in zip(block.batch.to_pylist(), taken, strict=True):
            shown = next((code for code in items if code not in definition.key and row[code]), definition.key[0])
            if valid and all(row[code] for code in definition.key):
                return [row[code] for code in definition.key], f"{names[shown]}={row[shown]}"
    return None
