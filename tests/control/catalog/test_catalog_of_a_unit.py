"""A unit's own entries come a page at a time, however many there are."""

from acting import CODE, NOW, County, catalogued
from django.db import connection
from django.test.utils import CaptureQueriesContext

from hutong.control.catalog import queries
from hutong.control.catalog.models import Entry
from hutong.core import beijing


def copies(county: County, *, count: int) -> None:
    """Publish entries of the county's unit under other names."""
    catalogued(
        {"code": f"307002/{number:06}", "name": f"目录{number}", "provider_id": county.police}
        for number in range(count)
    )


def test_pages_of_a_units_entries_have_each_entry_once_by_name(county):
    copies(county, count=11)
    seen, after = [], ""
    while page := queries.of_provider(county.police, after=after, limit=5):
        assert len(page) <= 5
        seen += [entry.name for entry in page]
        after = page[-1].name
    assert seen == list(Entry.objects.order_by("name").values_list("name", flat=True))
    assert len(seen) == 12


def test_another_units_entries_are_not_among_them(county):
    copies(county, count=3)
    assert queries.of_provider(county.civil) == []


def test_a_list_reads_of_an_entry_what_it_shows_and_leaves_the_rest(county):
    change = county.begin_change()
    (entry,) = queries.of_provider(county.police)
    with CaptureQueriesContext(connection) as asked:
        assert (entry.name, entry.code, entry.state) == ("人口基本信息", CODE, "PUBLISHED")
        assert (entry.current.sharing_type, entry.current.release_date) == (2, beijing.day(NOW))
        assert [(each.no, each.state) for each in entry.under_way] == [(change, "DRAFT")]
    assert len(asked) == 0
    assert {"items", "abstract"} < entry.current.get_deferred_fields() & entry.under_way[0].get_deferred_fields()
