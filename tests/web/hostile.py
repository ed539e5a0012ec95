"""What a hostile hand types, the forms it is typed into, and a county in which there is something of everything."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser

import faulting
import filling
import fronting
import maintaining
import pytest
from acting import NOW, PASSWORD, County
from desks import entered, hire
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client
from django.urls import resolve
from registering import applied

from hutong.control.units import deputies

SOUND: Mapping[str, str] = {
    "reason": "情况变化", "words": "请核实", "basis": "SX-08-f", "verified": "已整改", "name": "新名称",
    "code": "new-1", "department": "综合科", "until_date": "2026-12-31",
    "value": "50", "purpose": "social-assistance", "legal_basis": "办法第八条", "matters": "DB-002", "users": "zhang",
    "devices": "pc-1", "system": "civil-app", "from_at": "2026-03-02", "until_at": "2027-03-02", "quota": "100",
    "guesses": "5", "username": "newcomer", "mlps_no": "33052399001-00001", "mlps_until": "2027-12-31",
    "address": "10.0.0.8",
    "public_key": "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=", "key": "2026-03-02", "from_date": "2026-03-05",
    "abstract": "基本情况。", "identifier": "330523200512192451", "present": PASSWORD, "password": "another good horse",
    "again": "another good horse", "item-1-code": "number", "item-1-name": "登记字号", "yearly_records": "100",
}  # fmt: skip
"""Field → what may well stand there, where nothing stands in it yet."""


@dataclass
class Form:
    """A form as a page has it: where it is sent, and what stands in it."""

    page: str
    action: str
    values: dict[str, list[str]] = field(default_factory=dict)
    files: list[str] = field(default_factory=list)

    @property
    def known_by(self) -> tuple[str, ...]:
        """What tells this form from another: the address it goes to, its fields, and the step it asks for."""
        found = resolve(self.action.partition("?")[0])
        steps = [*self.values.get("action", ()), *self.values.get("act", ())]
        return (found.url_name or "", found.kwargs.get("kind", ""), *sorted(self.values), *self.files, *steps)

    def sent(self, client: Client, changes: Mapping[str, str]) -> HttpResponse:
        """Send it with some fields changed, and the others as they stand or as they are sound."""
        given: dict[str, object] = {name: value or SOUND.get(name, "") for name, value in self.values.items()}
        given |= {name: SimpleUploadedFile("名.csv", b"resident_number,name\n1,2\n", "text/csv") for name in self.files}
        return client.post(self.action, {**given, **changes})


class _Forms(HTMLParser):
    """Collects the forms of a page and where it leads."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.page, self.forms, self.links, self.text = page, [], set(), ""
        self._form: Form | None = None
        self._choice = self._text = ""
        self._chosen = False

    def handle_starttag(self, tag: str, attrs) -> None:
        told = {name: value or "" for name, value in attrs}
        if tag == "a":
            self.links.add(told.get("href", ""))
        if tag == "form" and told.get("method", "").lower() == "post":
            self._form = Form(self.page, told.get("action") or self.page)
            self.forms.append(self._form)
        name = told.get("name", "")
        if self._form is None or "disabled" in told:
            return
        if tag == "select":
            self._choice, self._chosen = name, False
            self._form.values.setdefault(name, [])
        elif tag == "option" and self._choice and told.get("value") and (
            "selected" in told or not self._chosen
        ):
            self._form.values[self._choice] = [told["value"]]
            self._chosen = True
        elif tag == "textarea":
            self._text = name
            self._form.values.setdefault(name, [])
        elif tag == "input" and told.get("type") == "file":
            self._form.files.append(name)
        elif tag in ("input", "button") and name and name != "csrfmiddlewaretoken":
            held = self._form.values.setdefault(name, [])
            one = told.get("type") in ("checkbox", "radio", "submit", None)
            if not (one and held and "checked" not in told) and (told.get("value") or not one):
                held[:] = [told.get("value", "")] if told.get("value") else []

    def handle_data(self, data: str) -> None:
        if self._text and self._form is not None and data.strip():
            self._form.values[self._text] = [data]

    def handle_endtag(self, tag: str) -> None:
        self._form = None if tag == "form" else self._form
        self._choice = "" if tag == "select" else self._choice
        self._text = "" if tag == "textarea" else self._text


OFFICERS = (
    "authority", "operator", "editor", "approver", "consumer", "competent", "head", "accounts", "auditor",
    "unit_admin",
    "security",
)  # fmt: skip
SOME_OFFICERS = [
    each if each in ("consumer", "editor", "unit_admin") else pytest.param(each, marks=pytest.mark.full)
    for each in OFFICERS
]
"""All of them for `make full`, and for every day who applies, who delivers and who registers."""


def everything(county: County) -> None:
    """Put something of everything into a county: cases that wait for each, lists with rows, every office."""
    unit = county.actor("competent").unit
    hire(county, "head", "何平", unit=unit, roles=("unit_head",))
    for name, role in (("accounts", "system_admin"), ("auditor", "auditor"), ("security", "security_admin")):
        hire(county, name, "吴芳", unit=county.actor("operator").unit, roles=(role,))
    filling.registrations(county, 5)
    for kind in ("system", "device"):
        applied(county, kind, code=f"{kind}-9")
    server = fronting.registered(county)
    fronting.change(county, server)
    fronting.submitted(county, server)
    fronting.drifted(county, code="QZJ-03")
    filling.rejected_rows(county, 3)
    filling.limits(county, 2)
    for state in ("DRAFT", "LODGED", "DEPARTMENT_ENDORSED", "COMPLIANCE_CHECK", "PROVIDER_REPLY", "PROVIDER_SUPPLYING"):
        county.walk(county.draft(), to=state)
    county.walk(county.draft(), to="FILED")
    county.begin_change()
    for begun in (False, True):
        work = maintaining.told(county)
        if begun:
            maintaining.take(county, work, "begin", now=NOW, happened_at=NOW)
    faulting.found(county)
    faulting.take(county, faulting.reported(county), "recover", now=NOW)
    filling.versions(county, 3)
    deputies.name(
        role="competent", unit=unit, username="approver", until_date=NOW.date().replace(month=4), reason="人员调动",
        actor=county.actor("authority"), now=NOW,
    )  # fmt: skip


def crawled(client: Client, *, most: int = 150) -> Iterator[tuple[str, int, _Forms]]:
    """Open the pages that lead on from the desk, as many as `most`: address, status, and what stands there."""
    waiting, seen = ["/zh/desk/", "/zh/catalog/", "/zh/account/"], set()
    while waiting and len(seen) < most:
        path = waiting.pop(0)
        if path in seen or not path.startswith("/zh/") or "logout" in path:
            continue
        seen.add(path)
        answer = client.get(path)
        read = _Forms(path)
        if not answer.streaming and "html" in answer.headers.get("Content-Type", ""):
            read.text = answer.content.decode()
            read.feed(read.text)
        yield path, answer.status_code, read
        for link in sorted(read.links):
            whole = link if link.startswith("/") else path.partition("?")[0] + link if link.startswith("?") else ""
            if whole:
                waiting.append(whole.partition("#")[0])


def forms(officer: str) -> dict[tuple[str, ...], Form]:
    """Return the forms an officer is shown, each kind once."""
    found: dict[tuple[str, ...], Form] = {}
    for _, _, page in crawled(entered(officer)):
        for form in page.forms:
            if "logout" not in form.action and "login" not in form.action:
                found.setdefault(form.known_by, form)
    return found
