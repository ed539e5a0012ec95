"""A county whose pages are full: applications in many states, and words without a place to break."""

from datetime import date, timedelta

import faulting
import filling
import fronting
import handing
import maintaining
import pytest
import securing
import services
import telling
from acting import NOW, catalogued
from desks import hire
from registering import administrator, applied, department, renewed
from releasing import FIRST, SECOND, released

from hutong.audit.events import RecordClass
from hutong.control.catalog import operations as catalog
from hutong.control.catalog import queries as catalogue
from hutong.control.catalog.models import Change
from hutong.control.procedures import handling
from hutong.control.registration import rules_of_use
from hutong.control.registration.models import RulesAccepted
from hutong.control.retention import operations as retention
from hutong.control.rulebook import operations as rulebook
from hutong.control.sharing.models import Application
from hutong.control.sharing.procedure import APPLICATIONS
from hutong.control.signon.models import Binding, IdentityService
from hutong.control.units import meanwhile
from hutong.control.units import operations as members
from hutong.control.units.models import Officer
from hutong.control.units.rules import Days
from hutong.core import beijing
from hutong.plane.keys import Keyring

LONG = "A" * 150
ENDLESS = "核验低保申请人身份" * 12


@pytest.fixture
def crowded(county):
    """The county with applications in several states, and words without a place to break: its pages, by who opens them.

    The operator is away, whom the pages of officers have to say.
    """
    applications(county)
    entries(county)
    officers(county)
    handled(county, county.draft())
    administrator(county)
    signed_on = identity_services(county)
    told = of_the_unit(county)
    keeping(county)
    papers = security(county)
    county.walk(county.draft(), to="SUPPLIED")
    at_servers = servers(county)
    members.set_active(username="operator", active=False, now=NOW, by="init")
    given = {"from_date": beijing.day(NOW) + timedelta(days=1), "reason": LONG, "now": NOW}
    rulebook.change({"sharing.provider_days": 3}, actor=county.actor("authority"), **given)
    filling.held(county, 2, named=LONG)
    rules_accepted(county)
    every = desk(county, nos=Application.objects.values_list("no", flat=True))
    every["editor"], every["accounts"] = (*every["editor"], "signon/own/"), (*every["accounts"], *signed_on)
    every |= {"authority": (*every["authority"], *papers), "unit_admin": (*told, *at_servers)}
    return {**every, "secrecy": ("officers/examiners/",)}


def applications(county) -> None:
    """Let applications be filed, refused and lodged."""
    filed = county.draft()
    county.walk(filed, to="LODGED")
    Application.objects.filter(no=filed).update(purpose=ENDLESS)  # longer than any that is registered
    county.walk(filed, to="FILED")
    no = county.draft(legal_basis=LONG, matters=[LONG, "DB-001"])
    county.take(no, "lodge", by="consumer")
    Application.objects.filter(no=no).update(purpose=LONG)
    county.take(no, "refuse", by="competent", reason=LONG, basis=ENDLESS)
    county.take(county.draft(), "lodge", by="consumer")


def entries(county) -> None:
    """Give the catalogue an entry with long words, and a change of it."""
    items = [{"code": "c" * 39, "name": "D" * 60, "rules": [{"rule": "pattern", "argument": LONG}]}]
    wide = {"name": "B" * 120, "provider_id": county.police, "sharing_basis": LONG, "abstract": ENDLESS}
    catalogued([{"code": "308001/000001", "sharing_type": 3, "items": items, "key": ["c" * 39], **wide}])
    change = catalog.begin("308001/000001", actor=county.actor("editor"), now=NOW, calendar=county.calendar)
    changed = {"items": [{**items[0], "name": "E" * 60, "length": 18}], "abstract": LONG}
    Change.objects.filter(no=change).update(**changed)


def officers(county) -> None:
    """Give the unit a head, and the platform its auditor and administrators."""
    unit = county.actor("competent").unit
    hire(county, "head", "何平", unit=unit, roles=("unit_head", "competent"))
    hire(county, "auditor", "陈静", unit=unit, roles=("auditor",))
    hire(county, "secrecy", LONG[:100], unit=unit, roles=("security_admin",))
    hire(county, "accounts", ENDLESS[:100], unit=unit, roles=("system_admin",))
    members.give_role(username="head", role="consumer", days=Days(NOW.date(), NOW.date()), now=NOW, by="init")
    members.take_role(username="head", role="consumer", reason=LONG, now=NOW, by="init")


def of_the_unit(county) -> tuple[str, ...]:
    """Let the bureau tell of its contact, its maintenance and a fault, hand over and register; return the pages."""
    telling.officer(county, "first", ENDLESS[:100])
    telling.officer(county, "second", LONG[:100])
    telling.named(county)
    notice = telling.told(county, "second", effective_date=telling.IN_TIME, reason=LONG)
    handover = handing.handed(county, to="first", effective_date=handing.LATER, reason=LONG)
    transfer = handing.asked(county, officer="second", reason=LONG)
    long = {"content": LONG, "affected": ENDLESS, "reason": LONG}
    work = maintaining.told(county, changes=maintaining.told(county, **long), **long)
    fault = faulting.reported(county, symptom=LONG, situation=ENDLESS, measures=LONG)
    department(county.civil, LONG)
    registered = applied(county, "system", name=LONG, department=LONG, address=LONG, purpose=ENDLESS)
    renewal = renewed(county, mlps_no=LONG[:100])
    pages = ("registrations/", f"registrations/{registered}/", "registrations/new/system/", "registrations/table/")
    pages += (f"registrations/renewals/{renewal}/",)
    pages += ("contacts/", "contacts/changes/", f"contacts/changes/{notice}/", "contacts/changes/new/")
    pages += ("handovers/", f"handovers/{handover}/", f"handovers/{handover}/sheet/", "handovers/new/?officer=second")
    pages += ("officers/transfers/", "officers/transfers/new/", f"officers/transfers/{transfer}/")
    pages += ("maintenance/", f"maintenance/{work}/", "maintenance/new/")
    return (*pages, "faults/", f"faults/{fault}/", "faults/new/")


def rules_accepted(county) -> None:
    """Release rules of use, and others after them, which everybody has accepted."""
    for said in (FIRST, SECOND):
        released(county, said)
    newest = rules_of_use.current()
    for each in Officer.objects.values_list("user__username", flat=True):
        accepted = {"version": newest.version, "digest": newest.digest, "accepted_at": NOW}
        RulesAccepted.objects.create(officer=each, **accepted)


def security(county) -> tuple[str, ...]:
    """Let a plan be in force and drills be filed and planned; return the pages, and those of what is kept."""
    plan = securing.in_force(county, title=LONG, owner=ENDLESS[:100], summary=LONG)
    told = {"steps": [{"name": LONG, "seconds": 95.25, "ok": False, "told": ENDLESS}], "checkpoint_root": LONG}
    drill = securing.filed(county, machine=LONG, **told)
    securing.planned(county)
    papers = ("retention/", "retention/1/", "retention/new/", "retention/holds/", "retention/holds/1/")
    return (*papers, "security/", "security/drills/", f"security/plans/{plan}/", f"security/drills/{drill}/")


def identity_services(county) -> tuple[str, ...]:
    """Give the county an identity service and a binding with long words, and return their pages."""
    keyring = Keyring({"0" * 16: bytes(32)}, current="0" * 16)
    services.in_force(county, keyring, name=ENDLESS[:100], acr="a" * 200)
    services.bound(county, subject="7" * 255)
    pages = ("signon/", "signon/new/", f"signon/of/{Binding.objects.latest('id').pk}/", "signon/services/")
    return (*pages, "signon/services/new/", f"signon/services/{IdentityService.objects.latest('id').pk}/")


def servers(county) -> tuple[str, ...]:
    """Give the bureau front-end servers with words without a place to break, and return their pages."""
    server = fronting.registered(county, name=LONG, network=ENDLESS, database_name=LONG, contact=LONG)
    drift = fronting.drifted(county, code="QZJ-03", name=ENDLESS)
    unsent = fronting.drafted(county, code="QZJ-02")
    waits = fronting.submitted(county, server, reason=LONG, network=LONG)
    draft = fronting.change(county, server, reason=ENDLESS, password_changes=True)
    pages = ("nodes/", "nodes/new/", f"nodes/{server}/", f"nodes/{server}/versions/1/", f"nodes/{unsent}/edit/")
    pages += (f"nodes/{server}/change/", "nodes/changes/", f"nodes/changes/{waits}/", f"nodes/changes/{draft}/edit/")
    pages += (f"nodes/changes/{waits}/execute/", "nodes/drifts/", f"nodes/drifts/{drift}/")
    return pages


def keeping(county) -> None:
    """Let a purge be asked for and a hold be placed, with reasons without a place to break."""
    given = {"actor": county.actor("operator"), "now": NOW, "meant_for": meanwhile.shown(None, now=NOW)}
    retention.request(RecordClass.USAGE, date(2020, 1, 1), **given)
    retention.place(RecordClass.SECURITY, reason=LONG, until=None, **given)


def handled(county, no: str) -> None:
    """Let an application be lodged, taken, consulted on and urged, with words without a place to break."""
    competent, consumer = county.actor("competent"), county.actor("consumer")
    county.take(no, "lodge", by="consumer")
    handling.take_over(APPLICATIONS, no, actor=competent, now=NOW)
    handling.consult(APPLICATIONS, no, unit=county.police, actor=competent, now=NOW, words=LONG)
    handling.urge(APPLICATIONS, no, actor=consumer, now=NOW, words=ENDLESS)


def desk(county, *, nos) -> dict[str, tuple[str, ...]]:
    """Return the pages of portal and desk, by who opens them."""
    public = ("", "catalog/", "catalog/?q=nothing", f"catalog/{county.code}/", "catalog/308001/000001/", "evidence/")
    account = "../account/", "../account/second-factor/", "../account/calendar/"
    applications = [f"applications/{no}/" for no in nos]
    shared = ("", *account, "applications/", *applications, "grants/", "records/", "statistics/", "statistics/uses/")
    shared = (*shared, "messages/", "messages/week/", "due/", "due/?whose=unit", "tokens/", "tokens/new/")
    change = catalogue.under_way("308001/000001").no
    kept = f"entries/changes/{change}/edit/", f"entries/changes/{change}/", f"entries/{county.code}/"
    wide = "entries/308001/000001/", "entries/versions/1/308001/000001/"
    lists = "deliveries/", "consultations/", f"entries/history/{county.code}/"
    provider = ("entries/", "entries/new/", *kept, *wide, *lists)
    entry = f"applications/new/{county.code}/"
    rules = "rulebook/", "rulebook/change/", "rulebook/versions/", "rulebook/versions/1/"
    offices = "deputies/", "deputies/all/", "offices/", "offices/departments/", "handovers/offices/"
    by_role = {
        "consumer": (*shared, entry, "tokens/token1/"), "editor": (*shared, *provider),
        "authority": (*shared, *offices, *rules),
        "competent": shared, "head": ("", "giving/", "due/", "due/unit/"),
        "auditor": ("records/class/administration/", "records/class/security/", "records/subject/", "records/entry/1/"),
        "accounts": ("officers/", "officers/add/", "officers/of/head/"),
    }  # fmt: skip
    return {"": (*public, "login/", "nowhere/"), **by_role}
