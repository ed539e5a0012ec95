"""Who fills in or filled in as a deputy is listed, narrowed and counted, of all units."""

from datetime import date, timedelta

import pytest
from acting import NOW, County

from hutong.control.units import deputies, deputyships
from hutong.control.units.deputyships import DeputyFilters


@pytest.fixture
def named(county: County) -> list[int]:
    """The numbers of three deputies in the order they were named; the first has ended."""
    wanted = (("consumer", "provider_approver"), ("consumer", "provider_editor"), ("operator", "provider_approver"))
    numbers = [
        deputies.name(
            role=role, unit=county.police, username=username, until_date=date(2026, 6, 30), reason=f"空缺 {role}",
            actor=county.actor("authority"), now=NOW,
        )
        for username, role in wanted
    ]  # fmt: skip
    deputies.end(numbers[0], actor=county.actor("authority"), now=NOW + timedelta(days=1))
    return numbers


def listed(wanted: DeputyFilters | None = None, **part) -> list[int]:
    return [each.id for each in deputyships.listed(wanted, **part)]


def test_the_last_named_stands_first_and_the_next_page_follows(named):
    first, second, third = named
    assert listed() == [third, second, first]
    assert listed(limit=2) == [third, second]
    assert listed(after=second, limit=2) == [first]
    assert listed(after=first, oldest=True) == [second, third]


def test_they_are_narrowed_by_words_role_and_whether_they_fill_in_now(named):
    first, second, third = named
    assert listed(DeputyFilters(now=True)) == [third, second]
    assert listed(DeputyFilters(now=False)) == [first]
    assert listed(DeputyFilters(role="provider_approver")) == [third, first]
    assert listed(DeputyFilters(words="公安局 provider_editor")) == [second]
    assert listed(DeputyFilters(words="信息中心")) == [third]
    assert listed(DeputyFilters(words="无此单位")) == []


def test_they_are_counted_up_to_a_bound(named):
    assert deputyships.counted(DeputyFilters()) == 3
    assert deputyships.counted(DeputyFilters(now=True)) == 2
    assert deputyships.counted(DeputyFilters(), most=2) == 2
