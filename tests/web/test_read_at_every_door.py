"""What was read of a file is told in the same words on the page, by `load`, by `try` and by the gateway."""

import html
import io
from dataclasses import replace
from pathlib import Path

import pytest
import telling_files
from acting import NOW
from desks import entered
from django.core.files.uploadedfile import SimpleUploadedFile
from rich.console import Console

from hutong import settings
from hutong.console import load, reading
from hutong.control.units import queries as members
from hutong.core.errors import Problem
from hutong.db.database import Database
from hutong.gateway import problems
from hutong.installation.opening import Installation
from hutong.plane import tables
from hutong.plane.definition import Definition
from hutong.plane.delivery import ledger
from hutong.plane.delivery.manifests import FileRead
from hutong.plane.keys import Keyring
from hutong.terminal import screen

FILES = [(telling_files.text, telling_files.OF_TEXT), (telling_files.workbook, telling_files.OF_WORKBOOKS)]


@pytest.fixture
def plane(supplied, tmp_path):
    """The database of the county, as the doors of the plane have it."""
    opened = Database(supplied.url, role="plane")
    yield opened
    opened.close()


def catalogued(plane: Database, code: str) -> Definition:
    with plane.transaction() as cur:
        return tables.version(cur, code=code).definition


def printed(supplied, folder: Path, file: Path, *, key: str, asked: bool) -> list[str]:
    """Return the lines that the command line prints; `asked` at a terminal, else as `try` and a timer run it."""
    given = replace(settings.read({}), data=folder)
    opened = Installation(settings=given, database_url=supplied.url, clock=lambda: NOW, training=False)
    opened.settings.spool.mkdir(parents=True, exist_ok=True)
    opened.keyring_path.parent.mkdir(parents=True, exist_ok=True)
    if not opened.keyring_path.exists():
        Keyring.create(opened.keyring_path)
    out = io.StringIO()

    def seen(found: FileRead, console: Console) -> None:
        reading.tell(found.what_was_read, found.names, console=console)

    load.deliver(
        opened, resource=supplied.code, file=file, key=key, changes=False, approve=False,
        by=members.actor("editor", now=NOW), console=Console(file=out, width=400), confirm=seen if asked else None,
    )  # fmt: skip
    return [line.strip() for line in out.getvalue().splitlines()]


@pytest.mark.parametrize(("write", "every"), FILES, ids=["text", "workbook"])
def test_what_was_read_is_told_alike_at_every_door(write, every, supplied, plane, tmp_path) -> None:
    definition = catalogued(plane, supplied.code)
    path = write(tmp_path / "人口", [item.name for item in definition.items], at=3)
    wanted = telling_files.told(path, definition, every, "zh")

    sent = SimpleUploadedFile("人口", path.read_bytes())
    editor = entered("editor")
    led = editor.post("/zh/desk/deliveries/", {"code": supplied.code, "key": "page", "file": sent})
    page = html.unescape(editor.get(led["Location"]).content.decode())
    places = [page.find(f"<li>{line}</li>") for line in wanted]
    assert places[0] > 0
    assert places == sorted(places)

    for key, asked in (("load", True), ("try", False)):
        lines = printed(supplied, tmp_path / "installed", path, key=key, asked=asked)
        begins = lines.index(wanted[0])
        assert lines[begins : begins + len(wanted)] == [screen.one_line(line) for line in wanted], key

    with plane.transaction() as cur:
        receipt = ledger.receipt(cur, code=supplied.code, key="load")
    names = {item.code: item.name for item in definition.items}
    for language in ("zh", "en"):
        replied = problems.read(receipt.what_was_read, language=language, names=names)
        assert replied.told == telling_files.told(path, definition, every, language)
    assert replied.report == telling_files.read(path, definition, every)


def test_what_was_read_of_a_refused_file_is_told_alike(supplied, plane, tmp_path) -> None:
    """Its second half is cut away: how far it was read is told with the refusal."""
    definition = catalogued(plane, supplied.code)
    rows = "".join(f"K{number},x,x,x\n" for number in range(3)) + '"K4,x,x,x\n'
    (tmp_path / "a.csv").write_text(",".join(item.name for item in definition.items) + "\n" + rows, encoding="utf-8")
    with pytest.raises(Problem) as refused:
        printed(supplied, tmp_path / "installed", tmp_path / "a.csv", key="load", asked=False)
    sent = SimpleUploadedFile("a.csv", (tmp_path / "a.csv").read_bytes())
    editor = entered("editor")
    led = editor.post("/zh/desk/deliveries/", {"code": supplied.code, "key": "page", "file": sent}, follow=True)
    _, body = problems.rendered(refused.value, language="zh")
    assert "第 5 行" in body.decode()
    assert "第 5 行" in html.unescape(led.content.decode())
