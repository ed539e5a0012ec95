"""A unit's own entries come a page at a time, however many there are."""

from acting import CODE, County
from django.db import connection
from django.test.utils import CaptureQueriesContext

from hutong.control.catalog import queries
from hutong.control.catalog.models import Entry


def copies(county: County, *, count: int) -> None:
    """Copy the county's entry under other names."""
    published = Entry.objects.get(code=CODE)
    for number in range(count):
        published.pk, published.code, published.name = None, f"307002/{number:06}", f"目录{number}"
        published.save(force_insert=True)


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
    (entry,) = queries.of_provider(county.police)
    with CaptureQueriesContext(connection) as asked:
        assert (entry.name, entry.code, entry.sharing_type, entry.state) == ("人口基本信息", CODE, 2, "PUBLISHED")
        assert entry.release_date is not None
    assert len(asked) == 0
    assert {"items", "draft", "abstract"} < entry.get_deferred_fields()
