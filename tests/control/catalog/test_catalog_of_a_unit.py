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
    seen, after = [], None
    while page := queries.visible(county.actor("editor"), after=after, limit=5):
        assert len(page) <= 5
        seen += [entry.name for entry in page]
        after = page[-1].pk, page[-1].name
    assert seen == list(Entry.objects.order_by("name").values_list("name", flat=True))
    assert len(seen) == 12


def test_another_units_entries_are_not_among_them(county):
    copies(county, count=3)
    assert queries.visible(county.actor("consumer")) == []
    assert queries.counted(county.actor("consumer")) == 0


def test_authority_and_operator_see_those_of_all_units_and_of_one_where_they_ask_for_it(county):
    copies(county, count=3)
    catalogued([{"code": "307003/000001", "name": "民政目录", "provider_id": county.civil}])
    for reader in ("authority", "operator"):
        actor = county.actor(reader)
        assert queries.counted(actor) == len(queries.visible(actor)) == 5
        filters = queries.EntryFilters(provider=county.civil)
        assert [each.name for each in queries.visible(actor, filters)] == ["民政目录"]
    assert queries.counted(county.actor("editor"), queries.EntryFilters(provider=county.civil)) == 0


def test_by_code_each_entry_stands_once_too(county):
    copies(county, count=11)
    seen, after = [], ""
    while page := queries.visible(county.actor("authority"), after=after, limit=5):
        seen += [entry.code for entry in page]
        after = page[-1].code
    assert seen == sorted(Entry.objects.values_list("code", flat=True))


def test_a_list_reads_of_an_entry_what_it_shows_and_leaves_the_rest(county):
    change = county.begin_change()
    (entry,) = queries.visible(county.actor("editor"))
    with CaptureQueriesContext(connection) as asked:
        assert (entry.name, entry.code, entry.state) == ("人口基本信息", CODE, "PUBLISHED")
        assert (entry.current.sharing_type, entry.current.release_date) == (2, beijing.day(NOW))
        assert [(each.no, each.state) for each in entry.under_way] == [(change, "DRAFT")]
    assert len(asked) == 0
    assert {"items", "abstract"} < entry.current.get_deferred_fields() & entry.under_way[0].get_deferred_fields()
