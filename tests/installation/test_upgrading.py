"""A county that an earlier version made is upgraded: its log verifies, its cases go on, it answers and shows its lists.

What an earlier version made is in `tests/fixtures/county-VERSION/`, by `make fixture` at its close.
"""

import hashlib
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

import psycopg
import pyarrow as pa
import pytest
from acting import point_django_at
from django.test import Client, override_settings
from django.urls import LocalePrefixPattern, get_resolver
from pyarrow import parquet

from earlier_counties import COUNTIES, put_back, state
from hutong import settings
from hutong.audit import export, tree, verify
from hutong.console import upgrade
from hutong.control.procedures.models import Turn
from hutong.control.sharing import operations
from hutong.control.sharing.models import Application
from hutong.control.units import queries as units
from hutong.core import normalise, versions
from hutong.core.lifecycle import Seat
from hutong.core.workdays import Calendar
from hutong.db.database import Database
from hutong.demo import county as counties
from hutong.demo import founding, questions, resources, ways
from hutong.demo.fill import kept
from hutong.installation import opening, schema
from hutong.installation.opening import Installation
from hutong.plane import tables
from hutong.plane.delivery import ledger, loading
from hutong.plane.keys import Keyring

pytestmark = pytest.mark.newest_server
"""A dump of a newer PostgreSQL is not put back into an older one."""
LOOKS = ("authority", "operator", "auditor", "approvals.clerk", "police.editor")
"""Officers whose lists are read."""


@dataclass(frozen=True, slots=True)
class Upgraded:
    """A county of an earlier version, after its upgrade."""

    version: str
    """The version that made it."""
    installation: Installation
    state: dict[str, Any]
    """What its fixture says of it."""


@pytest.fixture(scope="module", params=COUNTIES, ids=lambda folder: folder.name)
def county(request, server, tmp_path_factory) -> Iterator[Upgraded]:
    """A county of an earlier version, its database put back on this server, and upgraded."""
    _, version = request.param.name.split("-", 1)
    data = tmp_path_factory.mktemp(request.param.name) / "data"
    with pytest.MonkeyPatch.context() as patched, put_back(server, request.param, data) as url:
        for name in ("HUTONG_DATABASE_URL", "HUTONG_WEB_SECRET", "HUTONG_STATEMENT_SECONDS"):
            patched.setenv(name, "")  # as they were, at the end
        point_django_at(url, role="control")
        given = replace(settings.read({}), data=data, database_url=url)
        upgrade.run(given, dry_run=False, who=None)
        with opening.opened(given) as installation:
            yield Upgraded(version, installation, state(request.param))


def test_there_is_a_county_of_a_version_to_upgrade():
    assert COUNTIES, "make fixture"
    assert sum(each.stat().st_size for county in COUNTIES[-1:] for each in county.rglob("*")) < 2_000_000


def test_it_is_of_this_version_and_whole(county):
    found = schema.look(county.installation.database_url)
    assert (found.version, found.whole) == (versions.own(), True)
    with psycopg.connect(county.installation.database_url, options="-c role=hutong_owner") as connection:
        entered = connection.execute("select count(*) from audit.entry where event = 'platform.upgraded'").fetchone()
    assert entered[0] >= (county.version != versions.own()), "an upgrade is entered"


def test_its_log_goes_on_and_verifies_without_a_fault(county, tmp_path):
    installation = county.installation
    with closing(Database(installation.database_url, role="logkeeper", size=1)) as keeper:
        while tree.integrate(
            keeper, now=installation.clock(), signer=installation.log_keys, heads=installation.log_heads
        ):
            pass
    vkey, *later = installation.log_keys.vkeys
    with closing(Database(installation.database_url, role="auditor", size=1)) as auditor:
        now, seats = installation.clock(), {Seat("auditor", "")}
        export.export(auditor, tmp_path / "log", now=now, by="auditor", seats=seats, vkey=vkey, later_vkeys=later)
    report = verify.verify(tmp_path / "log", now=datetime.now(UTC), vkey=county.state["log_key"])
    assert [fault.say(language="en") for fault in report.faults] == []
    sizes = [each.size for each in (*report.earlier, report)]
    assert len(sizes) == county.state.get("epochs", 1)
    assert sum(sizes) >= county.state["entries"] > 100


def test_an_open_case_takes_its_next_step(county):
    states = Counter(Application.objects.values_list("state", flat=True))
    assert len(states) >= 4 and sum(states.values()) > 20
    waiting = Application.objects.filter(state__in=["LODGED", "COMPLIANCE_CHECK"]).order_by("no").first()
    now, action = county.installation.clock(), ways.STRAIGHT[waiting.state]
    actor = units.actor(ways.SEATS[waiting.state], now=now)
    after = operations.take(waiting.no, action, actor=actor, now=now, calendar=Calendar.official())
    assert after == Application.objects.get(no=waiting.no).state != waiting.state


def test_every_kind_of_case_that_waited_waits(county):
    waiting = set(Turn.objects.values_list("lifecycle", flat=True))
    assert {*county.state.get("waiting", ["sharing.application"])} <= waiting


def comparison(county: Upgraded) -> questions.Question:
    """Return a question of the county's system about one person."""
    (person,) = counties.make_residents(county.state["rows"]).slice(0, 1).to_pylist()
    data = county.installation.settings.data
    system = questions.SigningSystem(
        founding.SYSTEM, questions.key_of(data / "demo", founding.SYSTEM), founding.USER, founding.DEVICE,
        founding.PURPOSE, founding.MATTER,
    )  # fmt: skip
    claims = [{"key": [person["resident_number"]], "values": {"name": person["name"]}}]
    grant = kept(data)["grants"]["compare"]
    return questions.Question(system, "POST", "/v1/compare", {"grant": grant, "claims": claims})


def test_a_comparison_is_answered_and_whoever_meets_a_table_that_is_being_changed_is_told_to_ask_again(county):
    installation = county.installation
    with questions.gateway(installation) as gateway:
        asked = [comparison(county)]
        assert questions.ask(gateway, asked, now=installation.clock()) == [200]
        with psycopg.connect(installation.database_url, options="-c role=hutong_owner") as changing:
            changing.execute("lock table plane.access_grant in access exclusive mode")
            assert questions.ask(gateway, asked, now=installation.clock()) == [503]
        assert questions.ask(gateway, asked, now=installation.clock()) == [200]


@pytest.mark.clause("D-26")
def test_what_was_sealed_in_an_older_normal_form_goes_on_and_comes_to_the_newest_with_a_snapshot(county, tmp_path):
    installation, defined = county.installation, resources.residents(provider="police")
    code = defined.code
    people = counties.make_residents(county.state["rows"]).select([item.code for item in defined.items])

    def deliver(table, **more):
        path = tmp_path / "people.parquet"
        parquet.write_table(table, path)
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        said = ledger.Manifest(code=code, rows=table.num_rows, sha256=digest, format="parquet", **more)
        with closing(Database(installation.database_url, role="plane", size=1)) as plane:
            return loading.load(
                plane, source=path, manifest=said, keyring=Keyring.load(installation.keyring_path), by="police",
                now=installation.clock(), approved_by="police",
            )  # fmt: skip

    def form():
        with closing(Database(installation.database_url, role="plane", size=1)) as plane, plane.transaction() as cur:
            return tables.version(cur, code=code).normaliser_version

    made_with = form()
    assert made_with in normalise.VERSIONS
    again = people.slice(0, 1).append_column("_op", pa.array(["u"]))
    assert deliver(again, key="changes", kind="changes").state == "loaded"
    assert form() == made_with
    done = deliver(people, key="whole", kind="snapshot")
    assert (done.state, done.updated, form()) == ("loaded", 0, normalise.VERSION)
    with questions.gateway(installation) as gateway:
        assert questions.ask(gateway, [comparison(county)], now=installation.clock()) == [200]


def test_the_first_page_of_every_list_is_shown(county):
    installation, told = county.installation, Counter()
    with override_settings(
        CLOCK=installation.clock, KEYRING=installation.keyring_path, SPOOL=installation.settings.spool,
        ALLOWED_HOSTS=["localhost"],
    ):  # fmt: skip
        for officer in LOOKS:
            client = Client(HTTP_HOST="localhost")
            assert client.post("/zh/login/", {"username": officer, "password": founding.PASSWORD}).status_code == 302
            for page in lists():
                told[client.get(page).status_code] += 1
    assert set(told) <= {200, 302, 403, 404, 405}, told
    assert told[200] > 10 * len(LOOKS)


def lists() -> list[str]:
    """Return the addresses of the desk that need nothing but themselves."""
    found = [each for each in addresses(get_resolver().url_patterns) if each.startswith("desk/") and "<" not in each]
    return [f"/zh/{each}" for each in found]


def addresses(patterns: Any, before: str = "") -> Iterator[str]:
    """Yield every address, its language apart."""
    for each in patterns:
        own = before if isinstance(each.pattern, LocalePrefixPattern) else f"{before}{each.pattern}"
        if hasattr(each, "url_patterns"):
            yield from addresses(each.url_patterns, own)
        else:
            yield own
