"""No page shuts out who reads by ear, by keys or in large letters: axe finds nothing on any address, in any state."""

import base64
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest
from acting import NOW, PASSWORD
from axe_playwright_python.sync_playwright import Axe
from browsing import Window
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP
from django.urls import get_resolver
from filling import rejected_rows
from readers import ALIKE, BROKEN, EMPTY, NO_PAGE, full, names

from hutong.control.sharing.models import Application
from hutong.control.units import operations as members

WIDTHS = (390, 1440)
LANGUAGES = ("zh", "en")

@dataclass
class Looked:
    """What axe said of the pages it was shown."""

    open: Callable[..., Window]
    windows: dict[str, Window] = field(default_factory=dict)
    pages: int = 0
    found: list[str] = field(default_factory=list)

    def window(self, reader: str) -> Window:
        """Return the window of a reader, who has logged in."""
        if reader not in self.windows:
            self.windows[reader] = self.open().enter(reader) if reader else self.open()
        return self.windows[reader]

    def at(self, where: str, window: Window, *, widths: tuple[int, ...] = WIDTHS) -> None:
        """Let axe look at what a window shows, at each width: no script of ours makes it another page."""
        for width in widths:
            window.page.set_viewport_size({"width": width, "height": 900})
            told = Axe().run(window.page).response["violations"]
            self.pages += 1
            self.found += [
                f"{where} at {width}: {each['id']} ({each['help']}): {node['html'][:160]}"
                for each in told
                for node in each["nodes"]
            ]

    def refused(self, where: str, window: Window) -> None:
        """Let axe look at the page that refuses: the first form sent with nothing in it, or what cannot be asked."""
        form = window.page.locator("main form[method=post]:has(input:not([type=hidden]), textarea)")
        if form.count():
            form.first.evaluate(EMPTIED)
            with window.page.expect_navigation():
                form.first.evaluate("form => form.submit()")
        else:
            window.page.goto(window.page.url.partition("?")[0] + BROKEN)
        self.at(f"{where}, refused", window)


EMPTIED = """form => form.querySelectorAll('input:not([type=hidden]), textarea').forEach(
    each => each.type === 'checkbox' || each.type === 'radio' ? each.checked = false : each.value = '')"""


def together(looked: Looked, *, language: str) -> None:
    """Look at cases that were ticked to be decided together, and at what became of them."""
    window = looked.window("competent")
    window.go(f"/{language}/desk/")
    for box in window.page.locator("[name=case]").all()[-2:]:  # those that were lodged last, which are alike
        box.check()
    for where in ("together", "together done"):
        window.page.locator(DECIDING).first.click()
        looked.at(f"{where}, {language}", window)


DECIDING = "main form.together button, main form:has([name=case]) button:not([name=none])"
"""What goes on with the ticked cases, at the desk and on the page that lists them."""


def second_factor(looked: Looked, *, language: str) -> None:
    """Look at what an officer sees who sets a second factor, and who comes in with it."""
    window = looked.window("editor")
    page = window.go(f"/{language}/account/second-factor/")
    secret = base64.b32decode(page.locator("dd code").inner_text().replace(" ", ""))
    page.fill("[name=present]", PASSWORD)
    page.fill("[name=code]", TOTP(secret, 6, SHA1(), 30).generate(int(time.time())).decode())
    page.click("[value=put]")
    assert page.locator("pre code").count() == 1
    looked.at(f"recovery codes, {language}", window)
    window.go(f"/{language}/account/second-factor/")
    looked.at(f"second_factor set, {language}", window)
    page.click("header form button")
    window.go(f"/{language}/login/")
    page.fill("[name=username]", "editor")
    page.fill("[name=password]", PASSWORD)
    page.click("main button")
    for state in ("", " refused"):
        assert page.url.split("?")[0].endswith("/login/code/")
        looked.at(f"login_code{state}, {language}", window)
        page.fill("[name=code]", "000000")
        page.click("main button")


def new_password(looked: Looked, *, language: str) -> None:
    """Look at what an officer sees whose password another made, and whose new one is refused."""
    members.set_password(username="approver", password=PASSWORD, now=NOW, by="accounts")
    window = looked.window("")
    page = window.go(f"/{language}/login/")
    page.fill("[name=username]", "approver")
    page.fill("[name=password]", PASSWORD)
    page.click("main button")
    for state in ("", " refused"):
        assert page.url.split("?")[0].endswith("/account/new-password/")
        looked.at(f"new_password{state}, {language}", window)
        page.fill("[name=password]", PASSWORD)
        page.fill("[name=again]", PASSWORD)
        page.click("main button")


def upload(looked: Looked, *, language: str) -> None:
    """Look at what was read of a file that was sent."""
    window = looked.window("editor")
    page = window.go(f"/{language}/desk/deliveries/")
    page.set_input_files("[name=file]", {"name": "a.csv", "mimeType": "text/csv", "buffer": FILE.encode()})
    page.locator("main form:has([name=file]) button").last.click()
    page.locator("[name=confirm]").wait_for()
    looked.at(f"upload, {language}", window)


def grant_step(looked: Looked, *, language: str) -> None:
    """Look at a step about a grant, and at its refusal."""
    no = Application.objects.exclude(grant_no="").first().grant_no
    for username, action in (("operator", "suspend"), ("operator", "revoke"), ("consumer", "relinquish")):
        window = looked.window(username)
        window.go(f"/{language}/desk/grants/{no}/{action}/")
        looked.at(f"grant-step {action}, {language}", window)
        looked.refused(f"grant-step {action}, {language}", window)


FILE = "resident_number,name,address,street\n330523199001011234,张伟,示范路1号,东华门街道\n,,,\n合计,1,,\n"
"""A file of which there is something to tell."""
POSTED = {
    "upload": upload, "together": together, "grant-step": grant_step, "login_code": second_factor,
    "new_password": new_password,
}  # fmt: skip
"""Name of an address that is posted → what looks at it."""


@pytest.fixture
def looked(window) -> Iterator[Looked]:
    """Axe, and the windows it looks into."""
    return Looked(window)


def told(looked: Looked, capsys, state: str) -> None:
    with capsys.disabled():
        print(f" axe, {state}: {looked.pages} pages looked at, {len(looked.found)} findings ", end="")
    assert looked.found == []


@pytest.mark.parametrize(
    ("language", "each"),
    [("zh", 1), *(pytest.param(language, len(WIDTHS), marks=pytest.mark.full) for language in LANGUAGES)],
    ids=["zh, one width in turn", "zh", "en"],
)
def test_axe_finds_nothing_where_nothing_has_happened(county, looked, language, each, capsys):
    assert ALIKE.keys() < EMPTY.keys() and {*ALIKE.values()} < EMPTY.keys() - ALIKE.keys()
    pages = {name: page for name, page in EMPTY.items() if each > 1 or name not in ALIKE}
    for number, (name, page) in enumerate(pages.items()):
        window = looked.window(page.reader)
        window.go(f"/{language}/{page.path}")
        first = number % len(WIDTHS)
        looked.at(f"{name} empty, {language}", window, widths=(WIDTHS * 2)[first : first + each])
    told(looked, capsys, f"empty, {language}")


@pytest.mark.full
@pytest.mark.timeout(1800)  # some four hundred pages
@pytest.mark.parametrize("language", LANGUAGES)
def test_axe_finds_nothing_on_a_crowded_page_and_on_one_that_refuses(county, crowded, looked, language, capsys):
    rejected_rows(county, 3)
    for matter in ("DB-001", "DB-002"):
        county.take(county.draft(matters=[matter]), "lodge", by="consumer")
    members.set_active(username="operator", active=True, now=NOW, by="init")  # who was away in this county, and is back
    pages = full(county)
    assert sorted({*pages, *POSTED, *NO_PAGE}) == sorted(set(names(get_resolver().url_patterns)))
    for name, page in pages.items():
        window = looked.window(page.reader)
        answer = window.page.goto(f"{window.site}/{language}/{page.path}")
        assert answer.status == 200, (name, answer.status)
        looked.at(f"{name} full, {language}", window)
    for name, page in pages.items():
        window = looked.window(page.reader)
        window.go(f"/{language}/{page.path}")
        looked.refused(f"{name}, {language}", window)
    for look in POSTED.values():
        look(looked, language=language)
    told(looked, capsys, f"full and refused, {language}")
