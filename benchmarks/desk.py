"""The officer's desk as the page over HTTP, in a county with very many cases."""

import http.client
import os
import re
import statistics
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http.cookies import SimpleCookie
from urllib.parse import urlencode

import psycopg

from benchmarks import machine
from benchmarks import place as places
from benchmarks.memory import resident
from benchmarks.place import Place
from hutong.core.signed_note import LogSigner
from hutong.db import rights

MOST_SECONDS = 0.150
"""95 of 100 pages come within this time."""
AT_ONCE = (1, 4)
WARM = 5
DEEP = 100
"""How many pages are turned to come deep into a list."""
NOW = datetime(2026, 3, 2, 1, tzinfo=UTC)
PASSWORD = "correct horse 互通"
_SERVED = "from hutong import settings; from hutong.host import doors; doors.listen_for_people(settings.read())"
_MORE = re.compile(r'href="\?((?:[^"]*&amp;)?(?:after|before)=[^"]+)"')


@dataclass(frozen=True, slots=True)
class Page:
    """A page that is asked for: whose, in words, and its address."""

    officer: str
    what: str
    address: str


PAGES = (
    Page("authority", "first page", "/zh/desk/"),
    Page("authority", "late only", "/zh/desk/?late=1"),
    Page("authority", "one procedure", "/zh/desk/?procedure=visits.rectification"),
    Page("authority", "a procedure with little", "/zh/desk/?procedure=visits.inspection&late=1"),
    Page("authority", "mine", "/zh/desk/?whose=mine"),
    Page("authority", "nobody's", "/zh/desk/?whose=nobody"),
    Page("authority", "applications", "/zh/desk/applications/"),
    Page("operator", "first page", "/zh/desk/"),
    Page("operator", "mine, one procedure", "/zh/desk/?whose=mine&procedure=visits.inspection"),
    Page("editor", "first page", "/zh/desk/"),
    Page("editor", "applications", "/zh/desk/applications/"),
    Page("editor", "catalogue", "/zh/desk/entries/"),
    Page("several", "first page", "/zh/desk/"),
    Page("several", "one procedure", "/zh/desk/?procedure=catalog.change"),
    Page("small", "first page", "/zh/desk/"),
    Page("small", "applications", "/zh/desk/applications/"),
)
"""What is asked for at the beginning of its list; the first pages and the lists are asked for deep down, too."""


@dataclass(frozen=True, slots=True)
class Times:
    """How long one page took, asked for again and again by so many at once."""

    page: Page
    at_once: int
    seconds: list[float]
    made: float
    """Seconds of processor a page took of the pages' processes."""
    asked: float
    """Seconds of processor it took of PostgreSQL."""

    def at(self, percent: int) -> float:
        """Return the time within which so many in a hundred came."""
        return statistics.quantiles(self.seconds, n=100, method="inclusive")[percent - 1]

    def shown(self) -> list[str]:
        """Return it as cells of a table; times in milliseconds."""
        figures = [f"{self.at(percent) * 1000:.0f}" for percent in (50, 95, 99)]
        word = "ok" if self.at(95) < MOST_SECONDS else "ABOVE"
        costs = [f"{cost * 1000:.0f}" for cost in (self.made, self.asked)]
        return [self.page.officer, self.page.what, str(self.at_once), *figures, *costs, str(len(self.seconds)), word]


class PageFailed(RuntimeError):
    """A page that is to be measured was refused or failed."""


class Browser:
    """An officer's browser: one connection that is kept, and the cookies."""

    def __init__(self, port: int) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
        self._cookies: dict[str, str] = {}

    def get(self, address: str) -> str:
        """Return a page; raises PageFailed."""
        return self._ask("GET", address, expected=200)

    def enter(self, officer: str, *, password: str) -> "Browser":
        """Log in with the form."""
        found = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', self.get("/zh/login/"))
        assert found, "the form to log in has no token"
        typed = {"csrfmiddlewaretoken": found[1], "username": officer, "password": password}
        self._ask("POST", "/zh/login/", expected=302, body=urlencode(typed))
        return self

    def like(self, port: int) -> "Browser":
        """Return another connection of the same officer."""
        made = Browser(port)
        made._cookies = dict(self._cookies)
        return made

    def _ask(self, method: str, address: str, *, expected: int, body: str | None = None) -> str:
        given = {"Cookie": "; ".join(f"{name}={value}" for name, value in self._cookies.items())}
        if body is not None:
            given["Content-Type"] = "application/x-www-form-urlencoded"
        self._connection.request(method, address, body=body, headers=given)
        answer = self._connection.getresponse()
        page = answer.read().decode()
        if answer.status != expected:
            raise PageFailed(f"{method} {address}: {answer.status}")
        for line in answer.headers.get_all("Set-Cookie") or ():
            self._cookies.update({name: each.value for name, each in SimpleCookie(line).items()})
        return page


def fill(place: Place, *, cases: int) -> tuple[int, list[str]]:
    """Make the county with so many cases; return how many of a sample differ from the mechanism, and what there is."""
    import django  # its settings are read from what stands in the environment by now

    os.environ |= {**_environ(place), "HUTONG_WEB_ROLE": "owner"}
    django.setup()
    from django.core.management import call_command  # once Django is set up, as the next

    from benchmarks import cases as made

    call_command("migrate", run_syncdb=True, verbosity=0, interactive=False)
    with psycopg.connect(place.url) as connection, connection.cursor() as cur:
        rights.apply(cur)
    made.people(password=PASSWORD)
    made.copy(made.patterns(cases))
    places.settle(place)
    return made.differing(), list(made.counted())


def measure(place: Place, *, seconds: float) -> Iterator[Times]:
    """Yield how long each page takes, alone and four at once, for so many seconds each."""
    with opened(place) as (port, pid):
        browsers = {name: Browser(port).enter(name, password=PASSWORD) for name in {page.officer for page in PAGES}}
        # Each measurement connects anew: the server closes a connection that is idle for a while.
        for page in _asked(browsers, port):
            for at_once in AT_ONCE:
                before = _used(place, pid)
                taken = _ask(browsers[page.officer], page, port, at_once=at_once, seconds=seconds)
                pages = len(taken) + at_once * WARM
                made, asked = ((now - then) / pages for now, then in zip(_used(place, pid), before, strict=True))
                yield Times(page, at_once, taken, made, asked)
        memory = [resident(each) / 2**20 for each in machine.family(pid)]
        print(f"  memory of the pages' processes: {', '.join(f'{each:.0f} MiB' for each in memory)}", flush=True)


@contextmanager
def opened(place: Place) -> Iterator[tuple[int, int]]:
    """Open the door of the pages as `hutong serve` does, and yield its port and process id."""
    port = places.free_port()
    command, environ = [sys.executable, "-c", _SERVED], _environ(place) | {"HUTONG_PORT": str(port)}
    with places.running(command, environ=environ, probe=f"http://127.0.0.1:{port}/zh/login/") as pid:
        yield port, pid


def _used(place: Place, pid: int) -> tuple[float, float]:
    """Return the processor seconds that the pages' processes and PostgreSQL have used so far."""
    assert place.server.pid is not None, "the server runs while it is measured"
    return machine.seconds(pid), machine.seconds(place.server.pid)


def _asked(browsers: dict[str, Browser], port: int) -> Iterator[Page]:
    for page in PAGES:
        yield page
        if "?" in page.address:
            continue
        deep, turned, browser = page.address, 1, browsers[page.officer].like(port)
        while turned <= DEEP:
            more = _MORE.search(browser.get(deep))
            if more is None:
                break
            deep = f"{page.address}?{more[1].replace('&amp;', '&')}"
            turned += 1
        if deep != page.address:
            yield Page(page.officer, f"{page.what}, page {turned}", deep)


def _ask(browser: Browser, page: Page, port: int, *, at_once: int, seconds: float) -> list[float]:
    def again(one: Browser) -> list[float]:
        for _ in range(WARM):
            one.get(page.address)
        taken, until = [], time.perf_counter() + seconds
        while time.perf_counter() < until or len(taken) < 2:
            began = time.perf_counter()
            one.get(page.address)
            taken.append(time.perf_counter() - began)
        return taken

    with ThreadPoolExecutor(at_once) as threads:
        ran = threads.map(again, [browser.like(port) for _ in range(at_once)])
        return [each for taken in ran for each in taken]


def _environ(place: Place) -> dict[str, str]:
    folder = place.folder / "data"
    for each in ("keys", "spool"):
        (folder / each).mkdir(parents=True, exist_ok=True)
    keyring = folder / "keys" / "keyring.json"
    keyring.write_bytes((place.folder / "keyring.json").read_bytes())
    return {
        "DJANGO_SETTINGS_MODULE": "benchmarks.visits.settings",
        "HUTONG_DATABASE_URL": place.url,
        "HUTONG_DATA": str(folder),
        "HUTONG_LOG_VKEY": LogSigner.from_seed("bench.example/log", bytes(range(32))).verifier,
        "HUTONG_CLOCK_SHIFT": str((NOW - datetime.now(UTC) + timedelta(hours=1)).total_seconds()),
        "HUTONG_WEB_ROLE": "control",
        "HUTONG_WEB_SECRET": "only-for-benchmarks-only-for-benchmarks-only",
    }
