"""A unit's own entries come a page at a time, however many there are."""

from acting import CODE, County

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
