"""The pages of a small county served as `hutong serve` does, and windows of a real browser on them."""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import pytest
from acting import NOW, PASSWORD, County
from django.conf import settings

from databases import a_name
from hutong.core.signed_note import LogSigner
from hutong.db.embedded import Server
from hutong.plane.keys import Keyring
from ports import free_port

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Locator, Page

SIGNER = LogSigner.from_seed("hutong.test/log", bytes(range(32)))
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
QUIET = (
    "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update",
    "--no-first-run",
)  # fmt: skip
PICTURES = os.environ.get("HUTONG_TEST_PICTURES")
"""Folder for screenshots, where someone wants to look."""


@contextmanager
def opened(
    url: str, folder: Path, *, workers: int = 1, named: Mapping[str, str] | None = None
) -> Iterator[int]:
    """Open the door of the pages on a database and the data folder `folder`, and yield its port.

    Its clock stands in March 2026; `workers` processes make the pages. What is `named` is in its environment.
    """
    named = named or {}
    scheme = "https" if "HUTONG_TLS_CERTIFICATE" in named else "http"
    (folder / "keys").mkdir()
    (folder / "spool").mkdir()
    Keyring.create(folder / "keys" / "keyring.json")
    port = free_port()
    environ = {
        **os.environ,
        "HUTONG_DATABASE_URL": url,
        "HUTONG_DATA": str(folder),
        "HUTONG_PORT": str(port),
        "HUTONG_WEB_WORKERS": str(workers),
        "HUTONG_LOG_VKEY": SIGNER.verifier,
        "HUTONG_CLOCK_SHIFT": str((NOW + timedelta(hours=1) - datetime.now(UTC)).total_seconds()),
        "HUTONG_WEB_ROLE": "control",
        "DJANGO_SETTINGS_MODULE": "served_conf",
        "PYTHONPATH": os.pathsep.join(filter(None, [str(Path(__file__).parent), os.environ.get("PYTHONPATH")])),
        **named,
    }
    listening = "from hutong import settings; from hutong.host import doors; doors.listen_for_people(settings.read())"
    environ.pop("DJANGO_ALLOW_ASYNC_UNSAFE", None)  # of the browser's process alone
    process = subprocess.Popen([sys.executable, "-c", listening], env=environ)
    try:
        for _ in range(600):
            try:
                httpx.get(f"{scheme}://127.0.0.1:{port}/zh/login/", verify=False)
                break
            except httpx.TransportError:
                assert process.poll() is None, "the pages stopped"
                time.sleep(0.1)
        yield port
    finally:
        process.terminate()
        process.wait()


@pytest.fixture(scope="session")
def place() -> str:
    """The name of the database the pages look at: one county after another stands there, each fresh."""
    return a_name()


@pytest.fixture(scope="session")
def pages(server: Server, place: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the pages that the tests of a process share."""
    with opened(server.url(place), tmp_path_factory.mktemp("pages")) as port:
        yield f"http://127.0.0.1:{port}"


@pytest.fixture
def served(county: County, pages: str) -> str:
    """The address of the pages of a small county."""
    return pages


_CUT = """() => {
  const right = each => each.getBoundingClientRect().right
  const seen = each => each.checkVisibility() && each.getBoundingClientRect().width > 2
  const held = [...document.querySelectorAll("main :is(.badge, input, select, textarea, button)")].filter(seen)
  const wide = innerWidth < 1000 ? [] : [...document.querySelectorAll("main .scroll")].filter(seen)
  return [
    ...held.filter(each => right(each) > right(each.closest("td, th, li, dd, fieldset, main")) + 1),
    ...wide.filter(each => each.scrollWidth > each.clientWidth + 1),
  ].map(each => `${each.className} ${each.name || each.innerText.slice(0, 40)} ${each.scrollWidth - each.clientWidth}`)
}"""


def follow(target: "Locator") -> None:
    """Click what leads to another page, and wait until that is there whole: a click alone waits until it begins."""
    with target.page.expect_navigation():
        target.click()


def take(page: "Page", step: str) -> None:
    """Take a step on the page of a case, unfolding it where something was done there just before."""
    grave = page.get_by_role("link", name=f"{step}…", exact=True)
    if grave.count():
        follow(grave)
        if page.locator("[name=looked_at]").count():  # what the verification of the purpose found (SX-08-f)
            page.fill("[name=looked_at]", "查阅了办理事项清单。")
            page.select_option("[name=basis_found]", "found")
        else:
            page.check("[name=sure]")
    folded = page.locator("summary", has_text=f"{step}…")
    if folded.count() and not folded.locator("..").get_attribute("open"):
        folded.click()
    follow(page.get_by_role("button", name=step, exact=True))


@dataclass
class Window:
    """One officer's browser window; what went wrong in it is kept."""

    site: str
    page: "Page"
    faults: list[str] = field(default_factory=list)

    def go(self, path: str) -> "Page":
        """Open a page of the site."""
        self.page.goto(self.site + path)
        return self.page

    def enter(self, username: str, *, language: str = "zh") -> "Window":
        """Log in with the form, as a person does."""
        self.go(f"/{language}/login/")
        self.page.fill("[name=username]", username)
        self.page.fill("[name=password]", PASSWORD)
        follow(self.page.locator("main button").first)
        assert self.page.url == f"{self.site}/{language}/desk/"
        return self

    def overflow(self) -> int:
        """Return how many pixels the page is wider than the window."""
        return self.page.evaluate("document.documentElement.scrollWidth - innerWidth")

    def cut(self) -> list[str]:
        """Return what reaches beyond the cell, field or page that holds it; on a wide screen no table is wider, too."""
        return self.page.evaluate(_CUT)

    def keep(self, name: str) -> None:
        """Keep a picture, where someone wants to look."""
        if PICTURES:
            self.page.screenshot(path=f"{PICTURES}/{name}.png", full_page=True)


@pytest.fixture(scope="module")
def browser() -> Iterator["Browser"]:
    """A chromium for the tests of a module; skips where there is none.

    Playwright keeps an event loop running in this thread, in which Django would refuse to ask its tables anything.
    """
    if CHROMIUM is None:
        pytest.skip("there is no chromium on this machine")
    from playwright.sync_api import sync_playwright

    with pytest.MonkeyPatch.context() as patched, sync_playwright() as tool:
        patched.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        opened = tool.chromium.launch(executable_path=CHROMIUM, args=[*QUIET])
        yield opened
        opened.close()


Open = Callable[..., Window]


@pytest.fixture
def window(served: str, browser: "Browser") -> Iterator[Open]:
    """Opens windows, each of another person; in none of them anything may go wrong or leave the site."""
    opened: list[Window] = []

    def one(*, width: int = 1440) -> Window:
        page = browser.new_context(viewport={"width": width, "height": 900}, locale="zh-CN").new_page()
        made = Window(served, page)
        page.on("request", lambda asked: asked.url.startswith(served) or made.faults.append(f"asked {asked.url}"))
        page.on("pageerror", lambda error: made.faults.append(f"error {error}"))
        page.on("response", lambda told: told.status >= 500 and made.faults.append(f"{told.status} {told.url}"))
        page.on("console", lambda said: _expected(said.text) or made.faults.append(f"console {said.text}"))
        opened.append(made)
        return made

    yield one
    for made in opened:
        made.page.context.close()
    faults = [fault for made in opened for fault in made.faults]
    assert not faults, faults


def _expected(text: str) -> bool:
    """Whether the console only repeats that the page itself is a refusal."""
    return text.startswith("Failed to load resource: the server responded with a status of 4")


@pytest.fixture(autouse=True)
def _key_of_the_log(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "LOG_VKEY", SIGNER.verifier)
    monkeypatch.setattr(settings, "LOG_NAME", SIGNER.name)
