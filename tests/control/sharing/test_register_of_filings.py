"""The register of filings below the pages: who reads what of it, page by page, and who judged an application's mode."""

from datetime import timedelta

import pytest
from acting import NOW
from django.db import transaction

from hutong.control.catalog.models import Entry
from hutong.control.sharing import checking, filings, rungs
from hutong.control.sharing.filings import FilingFilters
from hutong.control.sharing.models import Application
from hutong.control.sharing.rules import ResourceNotShared


@pytest.fixture
def filed(county):
    numbers = []
    for day in range(3):
        numbers.append(county.draft())
        county.walk(numbers[-1], to="FILED", now=NOW + timedelta(days=day))
    return numbers


def listed(county, by: str, filters: FilingFilters | None = None, **how) -> list[str]:
    actor = county.actor(by)
    return [each.application.no for each in filings.visible(actor, filters or FilingFilters(), **how)]


def test_the_register_is_read_a_page_at_a_time_by_its_numbers(county, filed):
    assert listed(county, "operator") == filed[::-1]
    assert listed(county, "operator", limit=2) == [filed[2], filed[1]]
    assert listed(county, "operator", after=2026000002) == [filed[0]]
    assert listed(county, "operator", oldest=True, after=2026000001, limit=1) == [filed[1]]
    readers = ("operator", "consumer", "approver")
    assert [filings.counted(county.actor(by), FilingFilters()) for by in readers] == [3] * 3


def test_it_is_narrowed_by_days_mode_and_words(county, filed):
    first, second = NOW.date(), (NOW + timedelta(days=1)).date()
    for filters, found in (
        (FilingFilters(first=second), filed[:0:-1]), (FilingFilters(last=first), filed[:1]),
        (FilingFilters(mode="query"), []), (FilingFilters(words="ba2026-000002"), [filed[1]]),
        (FilingFilters(words="民政局 人口"), filed[::-1]), (FilingFilters(words="民政局 别的"), []),
    ):
        assert listed(county, "operator", filters) == found, filters
        assert filings.counted(county.actor("operator"), filters) == len(found)


def test_what_was_not_filed_is_not_in_it(county):
    county.walk(county.draft(), to="PURPOSE_VERIFYING")
    assert listed(county, "operator") == []


def test_each_rung_says_by_whom_and_when_it_was_judged(county):
    no = county.draft()
    county.walk(no, to="CONFIRMED")
    told = [(each.step, each.by_name, each.by_unit_name, each.at) for each in rungs.ladder(no)]
    assert told == [
        ("提出申请", "张伟", "示范县民政局", NOW), ("确认", "王敏", "示范县大数据管理局", NOW),
    ]


def test_what_is_not_shared_is_refused_with_its_basis(county):
    entry = Entry.objects.select_related("current").get(code=county.code)
    checking.check_shared(entry)
    with transaction.atomic():
        assert checking.definition(entry).code == county.code
    county.say(sharing_type=3, sharing_basis="《某法》第一条")
    with pytest.raises(ResourceNotShared, match="《某法》第一条"):
        checking.check_shared(Entry.objects.select_related("current").get(code=county.code))
    assert Application.objects.count() == 0
