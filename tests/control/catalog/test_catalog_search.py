"""The published catalogue, page by page."""

import pytest
from acting import catalogued, credit_code

from hutong.control.catalog import queries
from hutong.control.catalog.models import Version
from hutong.control.catalog.queries import Search
from hutong.control.units.models import Unit

MANY = 45


@pytest.fixture
def full(county):
    """The county's one entry and MANY more of two other units; two that nobody may find."""
    street = {"code": "street", "name": "所属街道"}
    water = Unit.objects.create(credit_code=credit_code(71), name="示范县水务局", kind="organ")
    rows = [
        {"code": f"308001/{n:06}", "name": f"台账{n:03}", "provider_id": county.civil if n % 3 else water.pk,
         "sharing_type": 1 + n % 2, "items": [street] if n % 5 == 0 else []}
        for n in range(MANY)
    ]  # fmt: skip
    hidden = [
        {"code": "309001/000001", "name": "台账草稿", "provider_id": water.pk, "state": "UNPUBLISHED"},
        {"code": "309001/000002", "name": "台账撤销", "provider_id": water.pk, "state": "WITHDRAWN"},
    ]
    catalogued([*rows, *hidden])
    return county


def walked(wanted: Search | None = None, *, order: str = "name", limit: int = 20) -> list[list[Version]]:
    """Return every page of a search, each from where the one before ended."""
    parts, pages = [part.lstrip("-") for part in queries.ORDERS[order]], []
    after = None
    while rows := queries.search(wanted, order=order, after=after, limit=limit):
        pages.append(rows)
        after = [getattr(rows[-1], part) for part in parts]
    return pages


def names(pages) -> list[str]:
    return [entry.name for page in pages for entry in page]


def test_the_pages_together_are_the_whole_catalogue_once(full):
    pages = walked()
    assert [len(page) for page in pages] == [20, 20, 6]
    assert sorted(names(pages)) == sorted(["人口基本信息", *(f"台账{n:03}" for n in range(MANY))])
    assert queries.found() == 46


@pytest.mark.parametrize(("order", "turned"), [("name", "name_back"), ("newest", "oldest")])
def test_going_back_shows_the_same_pages(full, order, turned):
    assert names(walked(order=turned)) == names(walked(order=order))[::-1]


def test_the_newest_are_those_published_last(full):
    found = [(version.published_at, version.pk) for page in walked(order="newest") for version in page]
    assert found == sorted(found, reverse=True)
    assert names(walked(order="oldest"))[0] == "人口基本信息"


def test_words_and_filters_hold_on_every_page(full):
    asked = Search("台账 3080", full.civil, 1)
    assert names(walked(asked, limit=4)) == [f"台账{n:03}" for n in range(MANY) if n % 3 and n % 2 == 0]
    assert queries.found(asked) == 15


def test_an_entry_published_between_two_pages_shifts_nothing(full):
    first = queries.search()
    catalogued([{"code": "309001/000003", "name": "一", "provider_id": full.civil}])
    assert first[-1].name not in names([queries.search(after=[first[-1].name])])


def test_items_are_found_by_their_names_not_by_the_words_of_the_form(full):
    assert queries.found(Search("所属街道")) == MANY // 5 + 1
    assert queries.found(Search("offered")) == 0
    assert queries.found(Search("100%")) == 0


def test_a_page_past_the_end_is_empty(full):
    assert queries.search(after=["龥"]) == []


def test_no_more_are_counted_than_are_asked_for(full):
    assert [queries.found(most=most) for most in (10, 46, 47)] == [10, 46, 46]


def test_units_with_published_entries_are_counted(full):
    assert [(name, count) for _, name, count in queries.providers()] == [
        ("示范县公安局", 1), ("示范县民政局", 30), ("示范县水务局", 15),
    ]  # fmt: skip
