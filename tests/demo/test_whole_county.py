"""The whole county as `hutong demo` makes it: how much of everything there is, and that every rule is kept."""

from collections import Counter
from dataclasses import replace
from datetime import timedelta

import psycopg
import pytest
from acting import NOW
from lived import AT_THE_END, faults, idle, log_of, replayed

from hutong import settings
from hutong.control.catalog.models import Entry
from hutong.control.procedures.models import Turn
from hutong.control.sharing.lifecycle import APPLICATION
from hutong.control.sharing.models import Application
from hutong.control.units.models import Unit
from hutong.core import beijing
from hutong.demo import description, living, past
from hutong.demo.columns import Rows
from hutong.demo.county import firms, make_residents
from hutong.installation import opening
from hutong.installation.opening import Installation

LAST = beijing.day(NOW)
SIZE = past.Size(LAST - timedelta(days=living.DAYS), LAST)
ROWS = 3000


@pytest.fixture
def installation(django_db, tmp_path, monkeypatch) -> Installation:
    for name in ("HUTONG_DATABASE_URL", "HUTONG_WEB_SECRET"):
        monkeypatch.setenv(name, "")  # as they were, at the end
    given = replace(settings.read({}), data=tmp_path)
    opening.prepare_folder(given)
    return Installation(settings=given, database_url=django_db, clock=lambda: NOW, training=True)


@pytest.mark.full
@pytest.mark.timeout(1800)
def test_three_months_of_twelve_units_are_lived_through_by_several_lanes_and_hold_to_every_rule(installation, tmp_path):
    living.fill_county(installation, rows=ROWS, tell=lambda share, what: None)

    assert Unit.objects.count() == 12
    listed = list(Entry.objects.filter(state="PUBLISHED").select_related("current"))
    assert len(listed) >= 30
    assert all(5 <= len(each.columns) <= 20 for each in description.resources())
    states = Counter(Application.objects.values_list("state", flat=True))
    assert sum(states.values()) >= 300 and states.keys() == {*APPLICATION.states}
    assert Turn.objects.filter(late_at__lt=NOW).count() >= 10
    replayed(SIZE.applications + AT_THE_END)
    assert idle() == []
    shared_by_resources()
    in_the_plane(installation.database_url)
    in_the_log(installation)
    assert faults(installation, tmp_path / "export") == []


def shared_by_resources() -> None:
    """See that what resources say of persons and enterprises is of those that the registers have."""
    people = make_residents(ROWS)
    rows = Rows(people=people, firms=firms(ROWS))
    for each in description.resources():
        table = rows.table(each)
        for column in each.columns:
            if column.source in ("resident_number", "address") and each.of in ("person", "couple"):
                assert set(table[column.item.code].to_pylist()) <= set(people[column.source].to_pylist())


def in_the_plane(url: str) -> None:
    with psycopg.connect(url, options="-c role=hutong_owner") as opened:
        ((delivered,),) = opened.execute("select count(*) from plane.delivery where state = 'loaded'")
        ((rejected,),) = opened.execute("select count(*) from plane.rejected_row")
        grants = dict(opened.execute("select state, count(*) from plane.access_grant group by 1").fetchall())
        ((suspended,),) = opened.execute("select count(*) from plane.suspension where lifted_at is null")
        ((lifted,),) = opened.execute("select count(*) from plane.suspension where lifted_at is not null")
    assert delivered >= 100 and rejected >= 20
    assert grants["active"] >= 50 and grants["expired"] >= 20 and grants["revoked"] >= 2
    assert suspended >= 2 and lifted >= 2


def in_the_log(installation: Installation) -> None:
    placed, signed = log_of(installation.database_url)
    assert placed[0][1] == "audit.training_clock_begun"
    moments = [at for at, _ in placed]
    assert moments == sorted(moments) and signed == sorted(signed)
    assert set(SIZE.days) <= {beijing.day(at) for at in signed}, "a day without a checkpoint"
    uses = [at for at, event in placed if event in USES]
    assert len(uses) >= 20_000
    assert {f"{each.astimezone(beijing.BEIJING):%Y-%m}" for each in uses} >= {"2025-12", "2026-01", "2026-02"}


USES = {"plane.compared", "plane.queried", "plane.snapshot_read", "plane.changes_followed", "plane.refused"}
