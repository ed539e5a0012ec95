"""The published catalogue, page by page."""

import pytest
from acting import catalogued, credit_code

from hutong.control.catalog import queries
from hutong.control.orgs.models import Organisation

MANY = 45


@pytest.fixture
def full(county):
    """The county's one entry and MANY more of two other units; two that nobody may find."""
    street = {"code": "street", "name": "所属街道"}
    water = Organisation.objects.create(credit_code=credit_code(71), name="示范县水务局", kind="organ")
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


def forwards(**asked) -> list[queries.FoundEntries]:
    pages = [queries.search(**asked)]
    while pages[-1].after:
        pages.append(queries.search(**asked, after=pages[-1].after))
    return pages


def names(pages) -> list[str]:
    return [entry.name for page in pages for entry in page.entries]


def test_the_pages_together_are_the_whole_catalogue_once(full):
    pages = forwards()
    assert [len(page.entries) for page in pages] == [20, 20, 6]
    assert sorted(names(pages)) == sorted(["人口基本信息", *(f"台账{n:03}" for n in range(MANY))])
    assert [(page.total, page.skipped) for page in pages] == [(46, 0), (46, 20), (46, 40)]


def test_going_back_shows_the_same_pages(full):
    pages = forwards()
    back = [pages[-1]]
    while back[-1].before:
        back.append(queries.search(before=back[-1].before))
    assert names(back[::-1]) == names(pages)
    assert [page.before == "" for page in back] == [False, False, True]


def test_words_and_filters_hold_on_every_page(full):
    asked = {"words": "台账 3080", "provider": full.civil, "sharing_type": 1, "limit": 4}
    pages = forwards(**asked)
    assert names(pages) == [f"台账{n:03}" for n in range(MANY) if n % 3 and n % 2 == 0]
    assert {page.total for page in pages} == {15}


def test_an_entry_published_between_two_pages_shifts_nothing(full):
    first = queries.search()
    catalogued([{"code": "309001/000003", "name": "一", "provider_id": full.civil}])
    assert first.entries[-1].name not in names([queries.search(after=first.after)])
    assert queries.search(after=first.after).skipped == 21


def test_items_are_found_by_their_names_not_by_the_words_of_the_form(full):
    assert queries.search("所属街道").total == MANY // 5 + 1
    assert queries.search("offered").total == 0
    assert queries.search("100%").total == 0


def test_a_page_past_the_end_is_empty_and_leads_back(full):
    beyond = queries.search(after="龥")
    assert (beyond.entries, beyond.total, beyond.skipped) == ([], 46, 46)


def test_units_with_published_entries_are_counted(full):
    assert [(name, count) for _, name, count in queries.providers()] == [
        ("示范县公安局", 1), ("示范县民政局", 30), ("示范县水务局", 15),
    ]  # fmt: skip
