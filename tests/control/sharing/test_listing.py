"""Lists of applications: what somebody may read, the newest first, a page at a time."""

from datetime import timedelta
from itertools import cycle

import pytest
from acting import NOW, UNITS, County, catalogued
from django.db import connection
from django.test.utils import CaptureQueriesContext

from hutong.control.catalog.models import Entry
from hutong.control.sharing import queries
from hutong.control.sharing.models import Application
from hutong.control.units import competence
from hutong.control.units.models import Competence

COUNT = 24


@pytest.fixture
def applications(county: County) -> list[Application]:
    """Applications of three units for resources of two, every third a draft, some entered at the same moment."""
    authority, _, police, civil, social = UNITS
    Competence.objects.create(unit_id=police, department_id=social, from_date=NOW.date())
    catalogued([{"code": "307001/000009", "name": "婚姻登记", "provider_id": civil}])
    resources = cycle(Entry.objects.order_by("pk"))
    first = Application.objects.get(no=county.draft())
    for number, consumer in zip(range(COUNT), cycle((civil, police, authority)), strict=False):
        first.pk, first.no, first.consumer_id, first.entry = None, f"{number:04}", consumer, next(resources)
        first.state = "DRAFT" if number % 5 < 2 else "LODGED"
        first.entered_at = NOW + timedelta(minutes=number // 3)
        first.save(force_insert=True)
    found = Application.objects.select_related("consumer", "entry").order_by("-entered_at", "-id")
    return list(found)


def readable(application: Application, *, unit: str, everywhere: bool) -> bool:
    """Whether the list of a unit's officer has an application, in the words of the rule."""
    if application.consumer_id == unit:
        return True
    parties = {competence.department(application.consumer_id), application.entry.provider_id}
    return application.state != "DRAFT" and (everywhere or unit in parties)


@pytest.mark.parametrize("who", ["authority", "operator", "editor", "consumer", "competent"])
@pytest.mark.parametrize("limit", [1, 4, 50])
def test_pages_have_each_application_one_may_read_once_the_newest_first(county, applications, who, limit):
    actor = county.actor(who)
    expected = [
        each.no
        for each in applications
        if readable(each, unit=actor.unit, everywhere=who in ("authority", "operator"))
    ]
    seen, before = [], None
    while page := queries.visible(actor, after=before, limit=limit):
        assert len(page) <= limit
        seen += [each.no for each in page]
        before = (page[-1].entered_at, page[-1].pk)
    assert seen == expected
    assert 0 < len(expected) < len(applications)


def test_a_list_reads_of_an_application_what_it_shows_and_leaves_the_rest(county, applications):
    found = queries.visible(county.actor("authority"))
    with CaptureQueriesContext(connection) as asked:
        shown = {(each.no, each.mode, each.state, each.consumer.name, each.entry.name) for each in found}
    assert (len(shown), len(asked)) == (len(found), 0)
    assert {"items", "users", "purpose"} < found[0].get_deferred_fields()
    assert {"current_id", "state"} < found[0].entry.get_deferred_fields()
