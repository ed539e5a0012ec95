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
from django.urls import URLPattern, URLResolver, get_resolver
from filling import rejected_rows

from hutong.control.catalog import queries as catalogue
from hutong.control.handovers.models import Handover, Transfer
from hutong.control.nodes.models import FrontEndServer, ServerChange, ServerDrift
from hutong.control.notices.models import ContactChange, FaultCase, MaintenanceNotice
from hutong.control.registration.models import Registration
from hutong.control.security.models import Drill, EmergencyPlan
from hutong.control.sharing.models import Application
from hutong.control.signon.models import Binding, IdentityService
from hutong.control.units import operations as members

WIDTHS = (390, 1440)
LANGUAGES = ("zh", "en")
BROKEN = "?after=%FF&before=%FF&state=%FF&q=%FF"
"""What no list and no form can be asked."""


@dataclass(frozen=True)
class Page:
    """Where an address is looked at: by whom, and below which path."""

    reader: str
    path: str


def of_identity_services() -> dict[str, tuple[str, str]]:
    """Return who looks where at bindings and identity services, by the name of the address."""
    binding, service = Binding.objects.latest("id").pk, IdentityService.objects.latest("id").pk
    return {
        "bindings": ("accounts", "signon/"), "binding-new": ("accounts", "signon/new/"),
        "binding": ("accounts", f"signon/of/{binding}/"), "own-bindings": ("editor", "signon/own/"),
        "services": ("accounts", "signon/services/"), "service-new": ("accounts", "signon/services/new/"),
        "service": ("accounts", f"signon/services/{service}/"),
    }  # fmt: skip


EMPTY = {
    "home": Page("", ""), "catalog": Page("", "catalog/?q=nothing"), "evidence": Page("", "evidence/"),
    "login": Page("", "login/"), "account": Page("consumer", "account/"),
    "second_factor": Page("consumer", "account/second-factor/"), "desk": Page("consumer", "desk/"),
    "calendar": Page("consumer", "account/calendar/"),
    "giving": Page("authority", "desk/giving/"), "deputies": Page("authority", "desk/deputies/"),
    "offices": Page("consumer", "desk/offices/"), "applications": Page("consumer", "desk/applications/"),
    "entries": Page("approver", "desk/entries/"), "registrations": Page("operator", "desk/registrations/"),
    "deliveries": Page("editor", "desk/deliveries/"), "grants": Page("consumer", "desk/grants/"),
    "statistics": Page("consumer", "desk/statistics/"), "limits": Page("authority", "desk/limits/"),
    "statistics-uses": Page("consumer", "desk/statistics/uses/"),
    "consultations": Page("consumer", "desk/consultations/"), "messages": Page("authority", "desk/messages/"),
    "messages-week": Page("authority", "desk/messages/week/"), "due": Page("authority", "desk/due/"),
    "deputies-named": Page("authority", "desk/deputies/all/"),
    "rulebook-versions": Page("authority", "desk/rulebook/versions/"),
    "records": Page("consumer", "desk/records/"), "rulebook": Page("authority", "desk/rulebook/"),
    "help": Page("", "help/"), "help-page": Page("", "help/deliver/"), "contact": Page("", "help/contact/"),
    "plans": Page("operator", "desk/security/"), "drills": Page("operator", "desk/security/drills/"),
    "tokens": Page("consumer", "desk/tokens/"),
}  # fmt: skip
"""Name of an address → where it stands in a county in which nothing has happened."""

ALIKE = {
    "entries": "applications", "registrations": "applications", "grants": "applications", "deliveries": "applications",
    "messages": "applications", "messages-week": "applications", "due": "applications",
    "records": "applications", "consultations": "applications", "deputies-named": "applications",
    "statistics-uses": "applications", "tokens": "applications", "drills": "plans",
    "rulebook-versions": "rulebook", "deputies": "giving",
    "limits": "rulebook",
}  # fmt: skip
"""Name of an address → another whose page, where nothing has happened, is made of the same parts.

`make test` looks at the other one alone, `make full` at both.
"""

NO_PAGE = {
    "calendar-feed": "a file", "enrolment-example": "a file",
    "logout": "leads to the first page", "case-attachments": "takes a file and leads back",
    "case-attachment": "a file", "template": "a file", "upload-rejected": "a file",
    "list-of-items": "a file", "delivery-progress": "numbers for the script",
    "signon_begin": "leads to the service", "signon_back": "leads on, or shows a code that is looked at elsewhere",
    "language": "leads back", "change-begin": "is posted, and leads to the change",
}  # fmt: skip
"""Name of an address → why nothing is looked at there."""


TOKENS = {
    "tokens": ("consumer", "tokens/"), "token-new": ("consumer", "tokens/new/"),
    "token": ("consumer", "tokens/token1/"),
}  # fmt: skip
"""Name of an address of tokens → who looks at it, and below which path."""


def of_hand_overs() -> dict[str, tuple[str, str]]:
    """Return the pages of hand-overs, of transfers and of examiners."""
    return {
        "examiners": ("secrecy", "officers/examiners/"), "transfers": ("unit_admin", "officers/transfers/"),
        "transfer-new": ("unit_admin", "officers/transfers/new/"),
        "transfer": ("unit_admin", f"officers/transfers/{Transfer.objects.latest('id').no}/"),
        "offices-to-come": ("authority", "handovers/offices/"),
        "handovers": ("unit_admin", "handovers/"), "handover-new": ("unit_admin", "handovers/new/?officer=consumer"),
        "handover": ("unit_admin", f"handovers/{Handover.objects.latest('id').no}/"),
        "handover-sheet": ("unit_admin", f"handovers/{Handover.objects.latest('id').no}/sheet/"),
    }  # fmt: skip
OF_DAYS = {
    "due": ("competent", "due/"), "due-unit": ("head", "due/unit/"),
    "enrolment": ("operator", "enrolment/"), "purges": ("authority", "retention/"),
    "purge-new": ("authority", "retention/new/"),
    "purge": ("authority", "retention/1/"), "holds": ("authority", "retention/holds/"),
    "hold-new": ("authority", "retention/holds/new/"), "hold": ("authority", "retention/holds/1/"),
    "due-operator": ("authority", "due/operator/"), "calendars": ("operator", "due/calendars/"),
    "calendars-waiting": ("operator", "due/calendars/waiting/"),
}  # fmt: skip
"""Name of an address about days and what is kept → who looks at it in a crowded county, and its path."""


def notices() -> dict[str, tuple[str, str]]:
    """Return by whom and where what units tell is read: of contacts, maintenance and faults."""
    return {
        "contacts": ("unit_admin", "contacts/"), "contact-changes": ("operator", "contacts/changes/"),
        "contact-change-new": ("unit_admin", "contacts/changes/new/"),
        "contact-change": ("unit_admin", f"contacts/changes/{ContactChange.objects.latest('id').no}/"),
        "maintenance": ("operator", "maintenance/"), "maintenance-new": ("unit_admin", "maintenance/new/"),
        "maintenance-notice": ("unit_admin", f"maintenance/{MaintenanceNotice.objects.latest('id').no}/"),
        "faults": ("operator", "faults/"), "fault-new": ("unit_admin", "faults/new/"),
        "fault-found": ("operator", "faults/found/"),
        "fault": ("unit_admin", f"faults/{FaultCase.objects.latest('id').no}/"),
    }  # fmt: skip


def full(county) -> dict[str, Page]:
    """Return every address of a county that is crowded."""
    no = Application.objects.order_by("no")
    waits = Application.objects.filter(state="LODGED").first().no
    lodged, draft = no.first().no, county.draft()
    registered = Registration.objects.order_by("no").last().no
    change = catalogue.under_way("308001/000001").no
    grant = Application.objects.exclude(grant_no=None).exclude(grant_no="").first().grant_no
    plan, drill = EmergencyPlan.objects.get().no, Drill.objects.exclude(state="PLANNED").get().no
    planned = Drill.objects.get(state="PLANNED").no
    read = {
        "login": Page("", "login/"), "home": Page("", ""), "catalog": Page("", "catalog/"),
        "help": Page("consumer", "help/?q=Excel"), "help-page": Page("editor", "help/apply/"),
        "contact": Page("", "help/contact/"),
        "resource": Page("", "catalog/308001/000001/"), "evidence": Page("", "evidence/"),
        "account": Page("consumer", "account/"), "second_factor": Page("consumer", "account/second-factor/"),
        "calendar": Page("consumer", "account/calendar/"),
    }  # fmt: skip
    inside = {
        "desk": ("competent", ""), **OF_DAYS,
        "giving": ("head", "giving/"), "deputies": ("authority", "deputies/"),
        "deputies-named": ("authority", "deputies/all/"), "consultations": ("editor", "consultations/"),
        "rulebook-versions": ("authority", "rulebook/versions/"),
        "entry-history": ("editor", f"entries/history/{county.code}/"),
        "offices": ("authority", "offices/"), "departments": ("authority", "offices/departments/"),
        "case-step": ("consumer", f"cases/sharing.application/{waits}/steps/take_back/"),
        "applications": ("consumer", "applications/"), "terms": ("consumer", "applications/terms/"),
        "filings": ("operator", "applications/filings/"),
        "application-new": ("consumer", f"applications/new/{county.code}/"),
        "application": ("consumer", f"applications/{lodged}/"),
        "application-edit": ("consumer", f"applications/{draft}/edit/"), "entries": ("editor", "entries/"),
        "entry-new": ("editor", "entries/new/"), "entry": ("editor", "entries/308001/000001/"),
        "entry-version": ("editor", "entries/versions/1/308001/000001/"),
        "change": ("editor", f"entries/changes/{change}/"),
        "change-edit": ("editor", f"entries/changes/{change}/edit/"),
        "registrations": ("unit_admin", "registrations/"),
        "registration": ("unit_admin", f"registrations/{registered}/"),
        "registration-new": ("unit_admin", "registrations/new/system/"),
        "registration-edit": ("unit_admin", f"registrations/{registered}/edit/"),
        **notices(), **of_hand_overs(), "deliveries": ("editor", "deliveries/"),
        "rejected": ("editor", f"deliveries/{county.code}/rejected/k/"),
        **servers(),
        "columns": ("editor", f"deliveries/{county.code}/columns/"),
        "delivered": ("editor", f"deliveries/{county.code}/delivered/k/"),
        "messages": ("consumer", "messages/"), "grant-usage": ("consumer", f"grants/usage/{grant}/"),
        "messages-week": ("consumer", "messages/week/"), **of_identity_services(),
        "grants": ("consumer", "grants/"), "records": ("consumer", "records/"), "limits": ("authority", "limits/"),
        "statistics": ("authority", "statistics/"), "statistics-uses": ("authority", "statistics/uses/"),
        "record": ("auditor", "records/entry/1/"), "records_subject": ("auditor", "records/subject/"),
        "records_class": ("auditor", "records/class/administration/"), "rulebook": ("authority", "rulebook/"),
        "rulebook-change": ("authority", "rulebook/change/"), "rulebook-version": ("authority", "rulebook/versions/1/"),
        "officers": ("accounts", "officers/"), "officer-add": ("accounts", "officers/add/"),
        "officer": ("accounts", "officers/of/head/"),
        "plans": ("authority", "security/"), "plan-new": ("authority", "security/plans/new/"),
        "plan": ("authority", f"security/plans/{plan}/"), "plan-edit": ("authority", f"security/plans/{plan}/edit/"),
        "drills": ("authority", "security/drills/"), "drill-new": ("authority", "security/drills/new/"),
        "drill": ("authority", f"security/drills/{drill}/"),
        "drill-record": ("authority", f"security/drills/{planned}/record/"),
    }  # fmt: skip
    return read | {name: Page(who, f"desk/{path}") for name, (who, path) in {**inside, **TOKENS}.items()}


def servers() -> dict[str, tuple[str, str]]:
    """Return the addresses of front-end servers, their changes and drifts, and by whom each is read."""
    handed_in = ServerChange.objects.get(state="SUBMITTED").no
    server = ServerChange.objects.get(no=handed_in).server.no
    return {
        "servers": ("unit_admin", "nodes/"), "server": ("unit_admin", f"nodes/{server}/"),
        "server-new": ("unit_admin", "nodes/new/"),
        "server-edit": ("unit_admin", f"nodes/{FrontEndServer.objects.get(state='DRAFT').no}/edit/"),
        "server-version": ("operator", f"nodes/{server}/versions/1/"),
        "server-changes": ("unit_admin", "nodes/changes/"),
        "server-change": ("unit_admin", f"nodes/changes/{handed_in}/"),
        "server-drifts": ("operator", "nodes/drifts/"),
        "server-drift": ("operator", f"nodes/drifts/{ServerDrift.objects.get().no}/"),
        "server-change-new": ("unit_admin", f"nodes/{server}/change/"),
        "server-change-edit": ("unit_admin", f"nodes/changes/{ServerChange.objects.get(state='DRAFT').no}/edit/"),
        "server-change-execute": ("unit_admin", f"nodes/changes/{handed_in}/execute/"),
    }  # fmt: skip


def names(patterns: list[URLPattern | URLResolver]) -> Iterator[str]:
    for each in patterns:
        if isinstance(each, URLResolver):
            yield from names(each.url_patterns)
        elif each.name:
            yield each.name


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
@pytest.mark.timeout(900)  # some three hundred pages
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
