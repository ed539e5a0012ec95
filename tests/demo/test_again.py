"""The demonstration county starts again whatever was done in it, and nothing that was done is undone."""

from dataclasses import replace

import psycopg
import pytest
from acting import NOW

from hutong import settings
from hutong.control.catalog import operations as catalog
from hutong.control.catalog import queries as entries
from hutong.control.units import operations as members
from hutong.control.units import queries
from hutong.control.units.models import GivenPassword
from hutong.core.workdays import Calendar
from hutong.demo import fill, founding
from hutong.installation import opening
from hutong.installation.opening import Installation


@pytest.fixture
def installation(django_db, tmp_path, monkeypatch) -> Installation:
    for name in ("HUTONG_DATABASE_URL", "HUTONG_WEB_SECRET"):
        monkeypatch.setenv(name, "")  # as they were, at the end
    given = replace(settings.read({}), data=tmp_path)
    opening.prepare_folder(given)
    return Installation(settings=given, database_url=django_db, clock=lambda: NOW, training=True)


def test_what_was_stopped_taken_and_withdrawn_stays_so_and_the_county_starts_again(installation):
    first = fill.fill(installation, rows=60)
    acted = entered(installation.database_url)
    assert acted[:2] == [("audit.training_clock_begun", "hutong"), ("units.platform_begun", founding.ENROLS)]
    assert {version.method for version in entries.search()} == {1, 2, 3}, "one entry of each form is listed"
    assert {by for _, by in acted} - {None, "hutong"} <= {username for username, *_ in founding.OFFICERS}
    given = GivenPassword.objects.count()
    assert given == 0, "the demonstration says its passwords in public, and nobody has to change one"
    authority = queries.actor("authority", now=NOW)
    people = next(code for code in _codes() if "人口" in entries.entry(code).name)
    catalog.take_of_entry(
        people, "withdraw", actor=authority, now=NOW, calendar=Calendar.official(), reason="不再登记"
    )
    members.set_active(username="police.editor", active=False, now=NOW, by="operator")
    members.take_role(username="office.reviewer", role="competent", reason="调岗", now=NOW, by="operator")

    again = fill.fill(installation, rows=60)

    assert again.grants == first.grants
    assert entries.entry(people).state == "WITHDRAWN"
    assert not queries.account("police.editor", now=NOW).active
    assert queries.account("office.reviewer", now=NOW).roles == frozenset()
    assert (again.folder / "client.env").exists()


def entered(url: str) -> list[tuple[str, str | None]]:
    """Return every entry's event and who acted."""
    with psycopg.connect(url, options="-c role=hutong_owner") as opened:
        return opened.execute("select event, record::jsonb ->> 'by' from audit.entry order by id").fetchall()


def _codes() -> list[str]:
    from hutong.control.catalog.models import Entry  # Django is set up by now

    return list(Entry.objects.values_list("code", flat=True))
