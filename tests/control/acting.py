"""A fresh database with Django's tables, and a small county that a test can act in."""

import hashlib
import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

import psycopg
import pytest

os.environ["DJANGO_SETTINGS_MODULE"] = "hutong.web.conf"
os.environ.setdefault("HUTONG_WEB_SECRET", "only-for-tests-only-for-tests-only-for-tests")

import django

django.setup()

from django.conf import settings
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.core.management import call_command
from django.db import connection, connections, transaction
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

import hutong
from databases import Kept, fresh_database, shared
from hutong.control.catalog import operations as catalog
from hutong.control.catalog import queries as catalog_read
from hutong.control.catalog.models import Change, Entry, Version
from hutong.control.procedures import queries as procedures
from hutong.control.procedures.models import Clock
from hutong.control.registration import listing
from hutong.control.sharing import operations as sharing
from hutong.control.sharing import terms
from hutong.control.sharing.models import Application
from hutong.control.sharing.verifying import Finding
from hutong.control.units import operations as members
from hutong.control.units import passing_on
from hutong.control.units import queries as units_read
from hutong.core import beijing, identifiers
from hutong.core.lifecycle import Seat
from hutong.core.workdays import Calendar
from hutong.db import rights
from hutong.db.embedded import Server
from hutong.plane.definition import Item, Mode

PBKDF2PasswordHasher.iterations = 1000  # a million of them, six times a test, were half of the tests' time

NOW = datetime(2026, 3, 2, 1, tzinfo=UTC)
PASSWORD = "correct horse 互通"


def credit_code(number: int) -> str:
    """Return a credit code that checks."""
    body = f"{number:08}"
    start = f"11330523{body}{identifiers.organisation_check(body)}"
    return start + identifiers.credit_check(start)


CODE = "307001/000001"
UNITS = [credit_code(number) for number in range(1, 6)]


def point_django_at(url: str, *, role: str) -> None:
    """Let Django's connection lead to another database."""
    given = conninfo_to_dict(url)
    connection.close()
    named = {
        "NAME": given["dbname"],
        "USER": given["user"],
        "PASSWORD": given["password"],
        "HOST": given["host"],
    }
    for place in (settings.DATABASES["default"], connections["default"].settings_dict):
        place.update(named, OPTIONS={"options": f"-c role=hutong_{role}"})


@pytest.fixture(scope="session")
def template(server: Server, template: str) -> str:
    """The name of a database with Django's tables too, made once for each state of their migrations."""

    def fill(url: str) -> None:
        point_django_at(url, role="owner")
        call_command("migrate", verbosity=0, interactive=False)
        connection.close()
        with psycopg.connect(url) as opened, opened.cursor() as cur:
            rights.apply(cur)

    return shared(server, name=f"{template}_{_django_steps()}", template=template, fill=fill)


def _django_steps() -> str:
    """Return what tells this state of Django's migrations from any other."""
    package = Path(hutong.__file__).parent
    files = sorted(package.glob("**/migrations/*.py"))
    told = "".join(f"{file.relative_to(package)}\n{file.read_text(encoding='utf-8')}" for file in files)
    return hashlib.sha256(f"{django.__version__}\n{told}".encode()).hexdigest()[:16]


@pytest.fixture(scope="session")
def peopled(server: Server, template: str, kept: Kept) -> str:
    """The name of a database with the small county in it, made once a process: that takes half a second."""

    def fill(url: str) -> None:
        point_django_at(url, role="control")
        people(url)
        connection.close()

    return kept(server, "peopled", template=template, fill=fill)


@pytest.fixture
def database_url(request: pytest.FixtureRequest, server: Server) -> Iterator[str]:
    """The address of a fresh database with the whole schema, and the county in it where the test asks for one.

    Where the test asks for pages that are served, it stands in the place they look at.
    """
    template = request.getfixturevalue("peopled" if "county" in request.fixturenames else "template")
    place = request.getfixturevalue("place") if "served" in request.fixturenames else None
    with fresh_database(server, template=template, name=place) as url:
        yield url


@pytest.fixture
def django_db(database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Django's connection on a fresh, migrated database, in the role the web has."""
    settings.SPOOL = tmp_path_factory.getbasetemp()
    settings.ALLOWED_HOSTS = ["testserver", "localhost", "127.0.0.1"]  # as test clients call us
    point_django_at(database_url, role="control")
    yield database_url
    connection.close()


@dataclass(frozen=True)
class County:
    """The actors of a small county and what they share."""

    url: str
    code: str
    civil: str
    police: str
    systems: tuple[str, ...]
    calendar: Calendar

    def actor(self, name: str, *, now: datetime = NOW):
        return units_read.actor(name, now=now)

    def seat(self, office: str) -> Seat:
        """Return where the officers of an office sit."""
        return Seat(office, UNITS[("authority", "operator").index(office)])

    def at(self, office: str) -> tuple[str, str]:
        """Return where an office is, as `turn` tells it."""
        return (office, self.seat(office).unit)

    def draft(self, **changes) -> str:
        """Draft an application of the civil affairs bureau."""
        given = {
            "code": self.code, "mode": Mode.COMPARE, "items": ["name"], "purpose": "核验低保申请人身份",
            "legal_basis": "《社会救助暂行办法》第十一条", "matters": ["DB-001"], "system": "civil-app",
            "users": ["zhang"], "devices": ["pc-1"], "from_at": NOW, "until_at": NOW.replace(year=2027),
            "actor": changes.get("actor") or self.actor("consumer"), "now": NOW,
            "twice": True,
        }  # fmt: skip
        return sharing.draft(**{**given, **changes})

    def draft_without_need(self) -> str:
        """Return a draft for a query that says no more why comparing does not do: the form would not take it so."""
        no = self.draft(mode=Mode.QUERY, items=["address"], need=["value_not_at_hand"])
        Application.objects.filter(no=no).update(need=[])
        return no

    def take(self, no: str, action: str, *, by: str, now: datetime = NOW, **grounds) -> str:
        """Take one step; what ends a verification says that a basis was found where it files."""
        if action in ("file", "refuse"):
            grounds.setdefault("finding", Finding("查阅了办理事项清单。", action == "file", "见清单。"))
        return sharing.take(
            no,
            action,
            actor=self.actor(by, now=now),
            now=now,
            calendar=grounds.pop("calendar", self.calendar),
            **grounds,
        )

    def supply(self) -> None:
        """Put data on the platform, as the plane's loading would."""
        with psycopg.connect(self.url, options="-c role=hutong_owner") as opened:
            opened.execute("update plane.resource set version = 1 where code = %s", [self.code])
            opened.execute(
                "update plane.store set rows = 20000, loaded_at = %s where code = %s", [NOW, self.code]
            )

    def walk(self, no: str, *, to: str, now: datetime = NOW) -> None:
        """Take an application along the straight way up to a state; data are supplied where nobody has before."""
        state = Application.objects.get(no=no).state
        while state != to:
            action, by = WALK.get(state, ("lodge", "consumer"))  # what was returned is lodged again
            if action == "report_supply":
                self.supply()
            state = self.take(no, action, by=by, now=now)

    def begin_change(self, *, by: str = "editor", now: datetime = NOW) -> str:
        """Begin a change of the county's resource and return its number."""
        return catalog.begin(self.code, actor=self.actor(by), now=now, calendar=self.calendar)

    def take_change(self, no: str, action: str, *, by: str, now: datetime = NOW, **grounds) -> str:
        """Take one step of a change."""
        calendar = grounds.pop("calendar", self.calendar)
        return catalog.take(no, action, actor=self.actor(by), now=now, calendar=calendar, **grounds)

    def bring_change(self, no: str, *, to: str) -> None:
        """Take a change along the straight way up to a state."""
        while (state := catalog_read.change(no).state) != to:
            action, by = COMPILING.get(state, ("submit", "editor"))  # what was returned is submitted again
            self.take_change(no, action, by=by)

    def withdraw(self, *, by: str = "authority", reason: str = "依据已废止", now: datetime = NOW, **hand) -> str:
        """Withdraw the county's resource from the catalogue, or give a hand to that."""
        given = {"actor": self.actor(by), "now": now, "calendar": self.calendar, "reason": reason}
        return catalog.take_of_entry(self.code, "withdraw", **given, **hand)

    def say(self, **columns) -> None:
        """Let what is published of the resource say something else than was published: no door can do that."""
        said = sql.SQL(", ").join(sql.SQL("{} = %s").format(sql.Identifier(column)) for column in columns)
        which = " where id = (select current_id from catalog_entry where code = %s)"
        with psycopg.connect(self.url, options="-c role=hutong_owner") as opened:
            statement = sql.SQL("update catalog_version set ") + said + sql.SQL(which)
            opened.execute(statement, [*columns.values(), self.code])

    def due(self, no: str) -> Clock | None:
        """Return the deadline an application has now."""
        return procedures.deadlines("sharing.application", [no]).get(no)

    def turn(self, no: str) -> tuple[str, str] | None:
        """Return whose turn an application is: role and unit."""
        found = [row for row in procedures.turns("sharing.application", no) if row.leads]
        return (found[0].role, found[0].unit) if found else None


WALK = {
    "DRAFT": ("lodge", "consumer"),
    "LODGED": ("endorse", "competent"),
    "DEPARTMENT_ENDORSED": ("accept", "authority"),
    "COMPLIANCE_CHECK": ("pass_on", "authority"),
    "PROVIDER_REPLY": ("agree", "approver"),
    "PROVIDER_AGREED": ("confirm", "authority"),
    "CONFIRMED": ("begin_supply", "editor"),
    "PROVIDER_SUPPLYING": ("report_supply", "editor"),
    "SUPPLIED": ("verify", "operator"),
    "PURPOSE_VERIFYING": ("file", "operator"),
}
"""State → the step of the straight way from it, and who takes it."""
COMPILING = {
    "DRAFT": ("submit", "editor"),
    "SUBMITTED": ("register", "approver"),
    "REGISTERED": ("publish", "authority"),
}
"""State of a change of the catalogue → the step of the straight way from it, and who takes it."""


@pytest.fixture
def county(django_db: str) -> County:
    """Five units with officers, one published resource, one registered system."""
    return county_at(django_db)


def county_at(url: str) -> County:
    """Return the small county in Django's database, which stands at `url`."""
    _, _, police, civil, _ = UNITS
    return County(url, CODE, civil, police, ("civil-app",), Calendar.official())


def already(what: str, prepare: Callable[[County], object]) -> object:
    """Return the fixture `peopled` for a module whose tests all begin in a county where `prepare` has been: once."""

    @pytest.fixture(scope="module")
    def peopled(server: Server, peopled: str, kept: Kept) -> str:
        def fill(url: str) -> None:
            point_django_at(url, role="control")
            prepare(county_at(url))
            connection.close()

        return kept(server, what, template=peopled, fill=fill)

    return peopled


def people(url: str) -> None:
    """Make the county in Django's database, which stands at `url`."""
    names = ("大数据管理局", "信息中心", "公安局", "民政局", "社会事业局")
    authority, operator, police, civil, social = UNITS
    for code, name in zip(UNITS, names, strict=True):
        members.register(credit_code=code, name=f"示范县{name}", now=NOW, by="init", kind="organ")
    for role, unit in (("authority", authority), ("operator", operator)):
        passing_on.give(role=role, region="", unit=unit, reason="首次确定", now=NOW, by="init")
    from hutong.control.units.models import Competence

    Competence.objects.create(unit_id=civil, department_id=social, from_date=beijing.day(NOW))
    for username, officer, unit, roles in (
        ("authority", "王敏", authority, ["authority"]),
        ("operator", "李强", operator, ["operator"]),
        ("editor", "赵磊", police, ["provider_editor"]),
        ("approver", "钱芳", police, ["provider_approver"]),
        ("consumer", "张伟", civil, ["consumer"]),
        ("competent", "孙丽", social, ["competent"]),
    ):
        members.add_officer(
            username=username, password=PASSWORD, name=officer, unit=unit, roles=roles, now=NOW, by="init"
        )
    editor = units_read.actor("editor", now=NOW)
    items = [
        Item("resident_number", "公民身份号码", required=True, sensitive=True),
        Item("name", "姓名", required=True, sensitive=True),
        Item("address", "住址", offered=Mode.QUERY, sensitive=True),
        Item("street", "所属街道", offered=Mode.SUBSCRIBE, condition=True),
    ]
    change = catalog.draft(
        code=CODE, name="人口基本信息", abstract="本县户籍人口的基本登记信息，用于核验身份。", items=items,
        key=["resident_number"], actor=editor, now=NOW,
    )  # fmt: skip
    for action, who in COMPILING.values():
        catalog.take(change, action, actor=units_read.actor(who, now=NOW), now=NOW, calendar=Calendar.official())
    told = {"unit": civil, "now": NOW, "by": "init"}
    protected = {"public_key": bytes(32), "mlps_level": 2, "mlps_until": date(2027, 12, 31)}
    with transaction.atomic():
        listing.enrol("system", code="civil-app", name="社会救助系统", **told, **protected)
        listing.enrol("user", code="zhang", name="张伟", **told)
        listing.enrol("device", code="pc-1", name="一号窗口电脑", **told)
    relief = {"name_en": "Verifying who receives relief"}
    terms.register("purpose", code="social-assistance", name="核验社会救助对象", **relief, now=NOW, by="init")
    said = "核验低保申请人身份"
    terms.register("purpose", code=said, name=said, now=NOW, by="init")
    terms.register("matter", code="DB-002", name="临时救助", now=NOW, by="init")


def catalogued(rows: Iterable[dict]) -> list[Entry]:
    """Write entries down as they are once published, withdrawn, or, UNPUBLISHED, with their first change as a draft.

    A row has `code`, `name`, `provider_id`, and what else it says other than the rest.
    """
    usual = {"state": "PUBLISHED", "abstract": "", "format": 3, "method": 1, "update_cycle": 4, "sharing_type": 1}
    whole = [{**usual, **row} for row in rows]
    made = Entry.objects.bulk_create(
        Entry(code=row["code"], name=row["name"], provider_id=row["provider_id"], state="UNPUBLISHED", entered_at=NOW)
        for row in whole
    )
    facts = [{name: row[name] for name in row.keys() - {"code", "provider_id", "state"}} for row in whole]
    changes = Change.objects.bulk_create(
        Change(
            no=f"BG-{entry.code}", entry=entry, provider_id=entry.provider_id, kind="new", entered_at=NOW,
            state="DRAFT" if row["state"] == "UNPUBLISHED" else "PUBLISHED", **said,
        )
        for entry, row, said in zip(made, whole, facts, strict=True)
    )  # fmt: skip
    there = [place for place, row in enumerate(whole) if row["state"] != "UNPUBLISHED"]
    versions = Version.objects.bulk_create(
        Version(
            entry=made[place], number=1, change=changes[place], digest="0" * 64, published_at=NOW,
            published_by="authority", published_by_name="王敏", release_date=beijing.day(NOW), **facts[place],
        )
        for place in there
    )  # fmt: skip
    for place, version in zip(there, versions, strict=True):
        made[place].current, made[place].state = version, whole[place]["state"]
    Entry.objects.bulk_update(made, ["current", "state"])
    return made


def entries(url: str, event: str) -> int:
    """Return how many entries of an event the log has."""
    with psycopg.connect(url, options="-c role=hutong_owner") as opened:
        row = opened.execute("select count(*) from audit.entry where event = %s", [event]).fetchone()
    assert row
    return row[0]


@pytest.fixture
def log_down(monkeypatch: pytest.MonkeyPatch):
    """Take from the web's role the right to write entries, until given back."""

    def down(url: str) -> None:
        with psycopg.connect(url, options="-c role=hutong_owner") as opened:
            opened.execute("revoke execute on function audit.append from hutong_control")

    return down
