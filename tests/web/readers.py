"""Who looks at each address of portal and desk, and where: in an empty county and in a crowded one."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.urls import URLPattern, URLResolver

from hutong.control.catalog import queries as catalogue
from hutong.control.handovers.models import Handover, Transfer
from hutong.control.nodes.models import FrontEndServer, ServerChange, ServerDrift
from hutong.control.notices.models import ContactChange, FaultCase, MaintenanceNotice
from hutong.control.registration.models import Registration, Renewal
from hutong.control.security.models import Drill, EmergencyPlan
from hutong.control.sharing.models import Application
from hutong.control.signon.models import Binding, IdentityService


@dataclass(frozen=True)
class Page:
    """Where an address is looked at: by whom, and below which path."""

    reader: str
    path: str


BROKEN = "?after=%FF&before=%FF&state=%FF&q=%FF"
"""What no list and no form can be asked."""
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
    "releases": "leads to the newest", "release-body": "a file", "registration-form": "a file",
    "registration-number": "is posted; the page of the registration leads there",
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
        "release": Page("", "releases/rules_of_use/2/?with=1"),
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
        **registrations(registered), **notices(), **of_hand_overs(), "deliveries": ("editor", "deliveries/"),
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


def registrations(registered: str) -> dict[str, tuple[str, str]]:
    """Return by whom and where registrations are read, and what is renewed and accepted of them."""
    system, renewal = Registration.objects.get(code="civil-app").no, Renewal.objects.latest("id").no
    return {
        "registrations": ("unit_admin", "registrations/"),
        "registration": ("unit_admin", f"registrations/{registered}/"),
        "registration-new": ("unit_admin", "registrations/new/system/"),
        "registration-edit": ("unit_admin", f"registrations/{registered}/edit/"),
        "registration-table": ("unit_admin", "registrations/table/"),
        "renewal-new": ("unit_admin", f"registrations/{system}/renew/"),
        "renewal": ("unit_admin", f"registrations/renewals/{renewal}/"),
        "rules-accept": ("consumer", "registrations/rules/accept/"),
        "rules-release": ("authority", "registrations/rules/release/"),
    }  # fmt: skip


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


def of_identity_services() -> dict[str, tuple[str, str]]:
    """Return who looks where at bindings and identity services, by the name of the address."""
    binding, service = Binding.objects.latest("id").pk, IdentityService.objects.latest("id").pk
    return {
        "bindings": ("accounts", "signon/"), "binding-new": ("accounts", "signon/new/"),
        "binding": ("accounts", f"signon/of/{binding}/"), "own-bindings": ("editor", "signon/own/"),
        "services": ("accounts", "signon/services/"), "service-new": ("accounts", "signon/services/new/"),
        "service": ("accounts", f"signon/services/{service}/"),
    }  # fmt: skip


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


def names(patterns: list[URLPattern | URLResolver]) -> Iterator[str]:
    """Yield the name of every address."""
    for each in patterns:
        if isinstance(each, URLResolver):
            yield from names(each.url_patterns)
        elif each.name:
            yield each.name
