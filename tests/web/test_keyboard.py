"""Two applications by keyboard alone: one from draft to filed and its grant to its end, one to its taking back."""

import re
from dataclasses import dataclass

import pytest
from acting import PASSWORD
from browsing import Window

from hutong.control.sharing.models import Application

FARTHEST = 250
"""So many times the tabulator is pressed before something counts as out of reach."""

STEPS = (
    ("competent", "endorse"),
    ("authority", "accept"),
    ("authority", "pass_on"),
    ("approver", "agree"),
    ("authority", "confirm"),
    ("editor", "begin_supply"),
    ("editor", "report_supply"),
    ("operator", "verify"),
    ("operator", "file"),
    ("operator", "close"),
)
"""Who takes which step of an application that is filed and closed (W3)."""

ROWS = "resident_number,name,address,street\n330523199001011234,张伟,示范路1号,东华门街道\n"

FOCUSED = """what => {
    const at = document.activeElement, seen = at.getBoundingClientRect(), style = getComputedStyle(at);
    const is = {
        link: () => at.tagName === 'A' && at.getAttribute('href').includes(what.address),
        field: () => at.name === what.name && (!what.value || at.value === what.value || at.type === 'radio'),
        menu: () => at.tagName === 'SUMMARY' && at.closest('.side'),
        button: () => at.tagName === 'BUTTON' && at.closest('main') && !at.closest('form').elements.action,
        step: () => ['SUMMARY', 'BUTTON'].includes(at.tagName) &&
            at.closest('form')?.querySelector('[name=action]')?.value === what.action ||
            at.tagName === 'A' && at.pathname.endsWith(`/${what.action}/`),
        sent: () => at.tagName === 'BUTTON' && at.closest('main form.fields'),
    };
    if (!is[what.kind]()) return 'other';
    if (style.outlineStyle === 'none' || !parseFloat(style.outlineWidth)) return 'unmarked';
    return seen.bottom > 0 && seen.top < innerHeight && seen.width ? 'here' : 'out of sight';
}"""
"""Whether what has the focus is what is looked for, and whether a person sees that it has it."""


@dataclass(frozen=True)
class Keys:
    """One officer's window, whose mouse is lost."""

    window: Window

    def reach(self, kind: str, **what: str) -> None:
        """Press the tabulator until something has the focus, and see that it is marked and in sight."""
        page, sought = self.window.page, {"kind": kind, **what}
        for _ in range(FARTHEST):
            page.keyboard.press("Tab")
            told = page.evaluate(FOCUSED, sought)
            if told != "other":
                assert told == "here", (page.url, sought, told)
                return
        raise AssertionError(f"{sought} is out of reach on {page.url}")

    def press(self, key: str) -> None:
        """Press a key that leads to another page, and wait for the page."""
        with self.window.page.expect_navigation():
            self.window.page.keyboard.press(key)

    def follow(self, address: str) -> None:
        """Go to a link and follow it."""
        self.reach("link", address=address)
        self.press("Enter")

    def choose_room(self, address: str) -> None:
        """Go to a line of the menu, which is folded on a narrow screen, and follow it."""
        if self.window.page.locator(".side summary").is_visible():
            self.reach("menu")
            self.window.page.keyboard.press("Enter")
        self.follow(address)

    def write(self, **fields: str) -> None:
        """Go to fields in their order and write into them."""
        for name, text in fields.items():
            self.reach("field", name=name)
            self.window.page.keyboard.press("Control+A")
            self.window.page.keyboard.insert_text(text)

    def tick(self, name: str, value: str) -> None:
        """Go to a box and tick it."""
        self.reach("field", name=name, value=value)
        self.window.page.keyboard.press("Space")

    def choose(self, name: str, words: str) -> None:
        """Go to a choice, a list or a row of buttons, and go down to one of its options."""
        page = self.window.page
        self.reach("field", name=name)
        for _ in range(20):
            at = "document.activeElement"
            chosen = f"{at}.type === 'radio' ? {at}.value : {at}.selectedOptions[0].text"
            if words in page.evaluate(chosen) and page.evaluate(f"{at}.checked ?? true"):
                return
            page.keyboard.press("Space" if words == page.evaluate(f"{at}.value") else "ArrowDown")
        raise AssertionError(f"no {words} among {name}")

    def enter(self, username: str, language: str) -> "Keys":
        """Log in."""
        page = self.window.go(f"/{language}/login/")
        page.wait_for_function("document.activeElement.name === 'username'")
        page.keyboard.type(username)
        page.keyboard.press("Tab")
        page.keyboard.insert_text(PASSWORD)
        self.press("Enter")
        assert page.url == f"{self.window.site}/{language}/desk/"
        return self

    def take(self, action: str, **fields: str) -> None:
        """Go to a step, open it where it asks for something or says what follows, fill it in and take it."""
        page = self.window.page
        self.reach("step", action=action)
        if page.evaluate("document.activeElement.tagName") == "A":  # a grave one is asked on a page of its own
            self.press("Enter")
            if page.locator("[name=sure]").count():
                self.tick("sure", "")
            if page.locator("[name=looked_at]").count():  # what the verification of the purpose found (SX-08-f)
                self.write(looked_at="查阅了办理事项清单。")
                self.reach("field", name="basis_found")
                page.keyboard.press("ArrowDown")
            self.write(**fields)
            self.reach("sent")
        elif page.evaluate("document.activeElement.tagName") == "SUMMARY":
            page.keyboard.press("Enter")
            self.write(**fields)
            self.reach("step", action=action)
        self.press("Enter")


@pytest.fixture(
    params=[
        ("zh", 390),
        *(pytest.param(each, marks=pytest.mark.full) for each in (("zh", 1440), ("en", 390), ("en", 1440))),
    ],
    ids=lambda param: f"{param[0]}-{param[1]}",
)  # fmt: skip
def keys(request, county, window):
    """The windows of a county's officers in one language and at one width, each logged in by its keys."""
    language, width = request.param
    opened = {}

    def of(username: str) -> Keys:
        if username not in opened:
            opened[username] = Keys(window(width=width)).enter(username, language)
        return opened[username]

    return of


def draft(consumer: Keys) -> str:
    """Look a resource up, apply for it, lodge the application and return its number."""
    consumer.follow("/catalog/")
    consumer.write(q="人口")
    consumer.press("Enter")
    consumer.follow("/catalog/307001/000001/")
    consumer.follow("/applications/new/")
    consumer.write(
        purpose="social-assistance", legal_basis="《社会救助暂行办法》第十一条", matters="DB-001，DB-002"
    )
    consumer.choose("mode", "compare")
    consumer.tick("items", "name")
    consumer.reach("button")
    consumer.press("Enter")
    consumer.take("lodge")
    return re.search(r"/applications/(GX[\d-]+)/", consumer.window.page.url)[1]


def deliver(editor: Keys) -> None:
    """Hand in a file."""
    page = editor.window.page
    # Chromium shows no dialog of its own once it is told so, in a message that a key must not overtake.
    page.on("filechooser", lambda _: None)
    editor.choose_room("/desk/deliveries/")
    editor.reach("field", name="file")
    with page.expect_file_chooser() as asked:
        page.keyboard.press("Enter")
    asked.value.set_files({"name": "人口.csv", "mimeType": "text/csv", "buffer": ROWS.encode("gb18030")})
    editor.write(key="2026-03-02")
    editor.press("Enter")
    editor.reach("button", name="confirm")
    editor.press("Enter")


def state(no: str) -> str:
    return Application.objects.get(no=no).state


@pytest.mark.full
def test_an_application_is_lived_from_draft_to_closed_and_its_grant_to_its_end(keys):
    no = draft(keys("consumer"))
    for who, action in STEPS:
        officer = keys(who)
        if action == "report_supply":
            deliver(officer)
        if action == "close":
            officer.window.page.reload()
        else:
            officer.follow("/desk/")
            officer.follow(f"/applications/{no}/")
        officer.take(action)
    assert state(no) == "CLOSED"
    operator = keys("operator")
    operator.choose_room("/desk/grants/")
    operator.take("revoke", reason="低保核验已改由省级平台办理。")
    consumer = keys("consumer")
    consumer.choose_room("/desk/grants/")
    consumer.window.keep(f"keyboard-grant-{consumer.window.page.viewport_size['width']}")
    assert consumer.window.page.locator("article .badge.bad").count() == 1
    assert "低保核验已改由省级平台办理。" in consumer.window.page.inner_text("article")


@pytest.mark.full
def test_an_application_is_refused_disputed_and_taken_back(keys):
    consumer = keys("consumer")
    no = draft(consumer)
    competent = keys("competent")
    competent.follow("/desk/")
    competent.follow(f"/applications/{no}/")
    competent.take("refuse", reason="所述事项不在本单位职责范围内。", basis="《管理办法》第八条")
    assert state(no) == "REFUSED"
    consumer.choose_room("/desk/applications/")
    consumer.follow(f"/applications/{no}/")
    consumer.take("negotiate", reason="该事项由本单位办理，见权责清单。")
    assert state(no) == "NEGOTIATING"
    consumer.take("take_back")
    assert state(no) == "TAKEN_BACK"
