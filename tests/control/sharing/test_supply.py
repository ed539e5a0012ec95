"""SX-08-c: the data of an application are held where a grant would be opened on a version that has what it asks for."""

import psycopg
import pytest
from acting import CODE, NOW
from outcomes import came_of

from hutong.control.catalog import operations as catalog
from hutong.control.catalog import queries as catalogue
from hutong.control.sharing.models import Application
from hutong.plane.definition import Mode

pytestmark = pytest.mark.clause("SX-08-c")
QUERIED = {"mode": Mode.QUERY, "items": ["street"], "need": ["value_not_at_hand"]}


def statement(county, text: str) -> list:
    with psycopg.connect(county.url, options="-c role=hutong_owner") as opened:
        found = opened.execute(text)
        return found.fetchall() if found.description else []


def publish(county, **changes) -> None:
    """Publish a second version; the first alone holds data."""
    county.supply()
    no = county.begin_change()
    catalog.edit(no, changes=changes, actor=county.actor("editor"), now=NOW)
    county.bring_change(no, to="PUBLISHED")


def more(*, code: str = "", **changed) -> list[dict]:
    """Return the items of the resource, one of them changed, or with one more."""
    items = [{**item, **changed} if item["code"] == code else item for item in catalogue.published(CODE).items]
    return items if code else [*items, {"code": "phone", "name": "电话"}]


def confirmed(county, **said) -> str:
    no = county.draft(**said)
    county.walk(no, to="PROVIDER_AGREED")
    county.take(no, "confirm", by="authority")
    return no


def test_an_item_that_only_the_newest_version_has_is_supplied_with_its_first_data(county):
    publish(county, items=more())
    no = confirmed(county, items=["name", "phone"])
    assert Application.objects.get(no=no).state == "CONFIRMED"
    county.take(no, "begin_supply", by="editor")
    assert came_of(county.take, no, "report_supply", by="editor") == "VERSION_NOT_SUPPLIED"
    assert Application.objects.get(no=no).state == "PROVIDER_SUPPLYING"
    statement(county, "update plane.resource set version = 2")
    assert county.take(no, "report_supply", by="editor") == "SUPPLIED"
    county.walk(no, to="FILED")
    assert statement(county, "select version, items from plane.access_grant") == [(2, ["name", "phone"])]


def test_what_the_version_with_data_has_as_well_is_opened_on_that(county):
    publish(county, items=more())
    no = confirmed(county)
    assert Application.objects.get(no=no).state == "SUPPLIED"
    county.walk(no, to="FILED")
    assert statement(county, "select version from plane.access_grant") == [(1,)]


@pytest.mark.parametrize("key", [["resident_number", "name"], ["name"]], ids=str)
def test_an_application_is_not_opened_on_a_version_with_another_key(county, key):
    publish(county, key=key)
    assert Application.objects.get(no=confirmed(county, **QUERIED)).state == "CONFIRMED"


def test_an_application_is_not_opened_on_a_version_that_declares_no_filter(county):
    publish(county, items=more(code="street", filter=True))
    no = confirmed(county, **QUERIED, row_filter={"street": ["东街"]})
    assert Application.objects.get(no=no).state == "CONFIRMED"


def test_absence_is_folded_by_the_version_that_is_opened_whatever_was_published_since(county):
    publish(county, personal=False)
    county.walk(confirmed(county), to="FILED")
    assert statement(county, "select version, fold_absent from plane.access_grant") == [(1, True)]
