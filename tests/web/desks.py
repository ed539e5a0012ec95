"""What tests of the desk share: officers who come in, what they read, and a clock that stands."""

import html
import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from acting import NOW, PASSWORD, County
from django.conf import settings
from django.test import Client
from openpyxl import load_workbook

from hutong.control.units import operations as members


def entered(username: str) -> Client:
    """Return a client in which an officer is logged in."""
    client = Client(HTTP_HOST="localhost")
    assert client.post("/zh/login/", {"username": username, "password": PASSWORD}).status_code == 302
    return client


def words(answer) -> str:  # type: ignore[no-untyped-def]
    """Return what is read in the work part of a page, without its marks."""
    body = answer.content.decode().partition('<div class="work" id="work" tabindex="-1">')[2].partition("<footer>")[0]
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", body)))


def handed_out(username: str, address: str) -> dict[str, list[tuple]]:
    """Return the sheets of the file that the list at an address offers, by name: of each, its rows."""
    client = entered(username)
    offered = re.search(r'href="(\?[^"]*file=[^"]*)"', client.get(address).content.decode())
    assert offered is not None, f"{address} offers no file"
    return sheets(client.get(f"{address.partition('?')[0]}{html.unescape(offered[1])}"))


def sheets(answer) -> dict[str, list[tuple]]:  # type: ignore[no-untyped-def]
    """Return the sheets of a workbook that was handed out, by name: of each, its rows."""
    book = load_workbook(io.BytesIO(b"".join(answer.streaming_content)))
    return {sheet.title: [*sheet.iter_rows(values_only=True)] for sheet in book}


def seen(username: str, path: str) -> str:
    """Return what an officer reads on a page."""
    answer = entered(username).get(path)
    assert answer.status_code == 200, (path, answer.status_code)
    return words(answer)


@contextmanager
def at(moment: datetime) -> Iterator[None]:
    """Let the pages' clock stand at a moment."""
    before = settings.CLOCK
    settings.CLOCK = lambda: moment
    try:
        yield
    finally:
        settings.CLOCK = before


def hire(county: County, username: str, name: str, *, unit: str, roles: tuple[str, ...]) -> str:
    """Give a unit one more officer; returns the username."""
    given = {"password": PASSWORD, "unit": unit, "roles": list(roles), "now": NOW, "by": "init"}
    return members.add_officer(username=username, name=name, **given)
