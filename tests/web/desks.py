"""What tests of the desk share: officers who come in, what they read, and a clock that stands."""

import html
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from acting import NOW, PASSWORD, County
from django.conf import settings
from django.test import Client

from hutong.control.orgs import operations as orgs


def entered(username: str) -> Client:
    """Return a client in which an officer is logged in."""
    client = Client(HTTP_HOST="localhost")
    assert client.post("/zh/login/", {"username": username, "password": PASSWORD}).status_code == 302
    return client


def words(answer) -> str:  # type: ignore[no-untyped-def]
    """Return what is read in the work part of a page, without its marks."""
    body = answer.content.decode().partition('<div class="work">')[2].partition("<footer>")[0]
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", body)))


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


def hire(county: County, username: str, name: str, *, org: str, roles: tuple[str, ...]) -> str:
    """Give a unit one more officer; returns the username."""
    given = {"password": PASSWORD, "org": org, "roles": list(roles), "now": NOW, "by": "init"}
    return orgs.add_officer(username=username, name=name, **given)
