"""Where a row stands in a list: every value comes back from an address, and no page begins where another did."""

import html
import re
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone

import filling
import psycopg
import pytest
from acting import NOW, County
from desks import at, entered
from hypothesis import given
from hypothesis import strategies as st

from hutong.web.desk.catalog.lists import ENTRIES
from hutong.web.desk.deliveries.lists import DELIVERIES
from hutong.web.desk.officers.lists import OFFICERS
from hutong.web.lists import places
from hutong.web.lists.listing import Listing
from hutong.web.portal.lists import CATALOGUE

texts = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=200)
odd = st.text(",%2C5 ，\"'&+?#/", max_size=12)
zones = st.integers(-23 * 60 - 59, 23 * 60 + 59).map(lambda minutes: timezone(timedelta(minutes=minutes)))
moments = st.datetimes(datetime(1, 1, 3), datetime(9999, 12, 29), timezones=zones)
parts = st.one_of(moments, st.integers(0, places.LARGEST), texts, odd)


@given(place=st.lists(parts, min_size=1, max_size=4).filter(lambda place: place != [""]).map(tuple))
def test_every_place_comes_back_from_an_address(place):
    assert places.read(places.written(place), of=[type(part) for part in place]) == place


@given(text=st.one_of(texts, odd), of=st.lists(st.sampled_from([datetime, int, str]), min_size=1, max_size=3))
def test_what_is_no_place_begins_the_list_anew(text, of):
    found = places.read(text, of=of)
    assert found is None or [type(part) for part in found] == of


EDGES = ("0001-01-01T00:00:00+23:59,1", "9999-12-31T23:59:59-23:59,1", "0001-01-01T00:00:00+00:00", "x,1", "1,2,3,4,5")
ORDERED_BY_MOMENTS = (
    ("/zh/desk/applications/", "consumer", filling.applications), ("/zh/desk/", "competent", filling.waiting),
    ("/zh/desk/deliveries/", "editor", filling.deliveries), ("/zh/catalog/", "editor", filling.entries),
)  # fmt: skip


@pytest.mark.parametrize(("path", "reader", "fill"), ORDERED_BY_MOMENTS)
def test_a_moment_that_no_calendar_has_begins_the_list_anew(county, path, reader, fill):
    fill(county, 60)
    client = entered(reader)
    with at(NOW):
        for order in ("newest", "oldest"):
            first = rows(client.get(path, {"order": order}).content.decode())
            for edge in EDGES:
                for way in ("after", "before"):
                    answer = client.get(path, {"order": order, way: edge})
                    assert (answer.status_code, rows(answer.content.decode())) == (200, first), (edge, way)


ROW = r'<tr>\s*<td.*?</tr>|<tr>\s*<th scope="row.*?</tr>|<article class="card.*?</article>|<li>\s*<a [^>]*><b>.*?</li>'


def rows(body: str) -> list[str]:
    """Return what the list on a page leads to or tells, row by row."""
    return re.findall(ROW, body, re.DOTALL)


ODD = ("a,b", ",", "甲，乙", "50%", "%2C", "%252C,", "\"'<&>", "𠮷𪚥", "?#/+ ;", "..", "é", "长" * 80)
"""Parts of names that an address or a list may take for something else."""
LISTED: dict[str, tuple[Listing, str, str, filling.Fill, str, str]] = {
    "officers": (OFFICERS, "/zh/desk/officers/", "accounts", filling.officers, "units_officer", "name"),
    "entries": (ENTRIES, "/zh/desk/entries/", "editor", filling.entries, "catalog_entry", "name"),
    "catalog": (CATALOGUE, "/zh/catalog/", "editor", filling.entries, "catalog_version", "name"),
    "deliveries": (DELIVERIES, "/zh/desk/deliveries/", "editor", filling.deliveries, "plane.delivery", "key"),
}
"""What is listed by a text that people or machines typed: its list, address, reader, table and column."""


@pytest.mark.parametrize("name", LISTED)
def test_every_row_is_on_one_page_whatever_stands_in_the_column_it_is_ordered_by(county: County, name):
    listing, path, reader, fill, table, column = LISTED[name]
    many = 2 * listing.size + len(ODD)
    fill(county, many)
    with psycopg.connect(county.url, options=filling.OWNER) as opened:
        opened.execute(
            f"update {table} t set {column} = n.n || (%s::text[])[1 + n.n %% %s] || {column}"
            f" from (select ctid, row_number() over () n from {table}) n where n.ctid = t.ctid",
            [list(ODD), len(ODD)],
        )
    with at(NOW):
        for order in listing.orders:
            found = [row for page in walked(reader, f"{path}?order={order.name}", "next") for row in page]
            assert (len(found), len(set(found))) == (many, many), order.name


def walked(username: str, address: str, way: str) -> Iterator[list[str]]:
    """Yield the rows of every page, each reached by the link on the one before."""
    client, path = entered(username), address.partition("?")[0]
    for _ in range(20):
        body = client.get(address).content.decode()
        yield rows(body)
        onward = re.search(rf'rel="{way}" href="([^"]+)"', body)
        if onward is None:
            return
        address = path + html.unescape(onward[1])
    raise AssertionError(f"{address} leads on and on")
