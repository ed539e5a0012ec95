"""A list as a component: what narrows it, its pages, its order, how many there are, and its file with its entry."""

import json
import re
from datetime import timedelta

import psycopg
import pytest
from acting import NOW, County
from desks import at, entered, handed_out, seen

from hutong.control.procedures.queries import PAGE
from hutong.control.sharing.models import Application

APPLICATIONS = "/zh/desk/applications/"


@pytest.fixture(autouse=True)
def march():
    """The pages' clock stands an hour after the county was made."""
    with at(NOW + timedelta(hours=1)):
        yield


@pytest.fixture
def many(county: County) -> list[str]:
    """The numbers of more applications than two pages hold, the oldest first."""
    first = Application.objects.get(no=county.draft())
    numbers = [f"GX20260301-{number:04}" for number in range(2 * PAGE + 20)]
    first.pk = None
    Application.objects.all().delete()
    copies = []
    for place, number in enumerate(numbers):
        copy = Application(**{field.attname: getattr(first, field.attname) for field in Application._meta.fields})
        copy.pk, copy.no, copy.state = None, number, "DRAFT" if place % 2 else "REFUSED"
        copy.entered_at = NOW - timedelta(minutes=len(numbers) - place // 3)
        copies.append(copy)
    Application.objects.bulk_create(copies)
    return numbers


def listed(page: str) -> list[str]:
    return re.findall(r"/desk/applications/(GX[\d-]+)/", page)


def walked(username: str, address: str) -> list[str]:
    """Return what is listed on every page, each reached by the link on the one before."""
    client, found = entered(username), []
    while address:
        body = client.get(address).content.decode()
        found += listed(body)
        onward = re.search(r'rel="next" href="([^"]+)"', body)
        address = f"{APPLICATIONS}{onward[1]}".replace("&amp;", "&") if onward else ""
    return found


def test_every_row_is_on_one_page_in_each_order_and_narrowed_or_not(many):
    assert walked("consumer", APPLICATIONS) == many[::-1]
    assert walked("consumer", f"{APPLICATIONS}?order=oldest") == many
    assert walked("consumer", f"{APPLICATIONS}?order=oldest&state=DRAFT") == many[1::2]
    assert walked("consumer", f"{APPLICATIONS}?q=GX20260301-000&state=REFUSED") == many[:10:2][::-1]
    assert walked("authority", APPLICATIONS) == many[::2][::-1]


def test_how_many_there_are_is_told_of_what_is_narrowed(many):
    page = entered("consumer").get(f"{APPLICATIONS}?state=DRAFT").content.decode()
    assert f"共有申请 {len(many) // 2} 件" in page


def test_the_file_has_exactly_what_the_list_is_narrowed_to_with_filter_and_moment(many):
    found = handed_out("consumer", f"{APPLICATIONS}?state=DRAFT&order=oldest&q=GX")
    title, about = found
    head, *lines = found[title]
    assert (title, head[0], [line[0] for line in lines]) == ("共享申请", "编号", many[1::2])
    told = dict(found[about])
    assert (told["导出时间（北京时间）"], told["进度"], told["关键词"]) == ("2026-03-02 10:00", "草稿", "GX")
    assert [line[0] for line in handed_out("authority", APPLICATIONS)["共享申请"][1:]] == many[::2][::-1]


def test_that_a_file_was_handed_out_is_an_entry_and_a_page_is_none(county, many):
    entered("consumer").get(APPLICATIONS)
    assert entries(county) == []
    handed_out("consumer", f"{APPLICATIONS}?state=DRAFT")
    assert entries(county) == [
        {"by": "consumer", "unit": county.civil, "list": "applications", "filters": {"state": "DRAFT"},
         "rows": len(many) // 2}
    ]  # fmt: skip


def test_without_its_entry_no_file_is_handed_out(county, many, log_down):
    client = entered("consumer")
    client.raise_request_exception = False
    log_down(county.url)
    answer = client.get(f"{APPLICATIONS}?file=1")
    assert (answer.status_code, answer.streaming) == (500, False)


def test_authority_and_operator_find_entries_and_cases_of_every_unit_in_their_lists(county):
    no = county.draft()
    county.take(no, "lodge", by="consumer")
    for reader in ("authority", "operator"):
        assert county.code in seen(reader, "/zh/desk/entries/")
        assert no in seen(reader, APPLICATIONS)
        assert "示范县民政局" in seen(reader, "/zh/desk/registrations/")
    assert county.code not in seen("consumer", "/zh/desk/entries/")


def entries(county: County) -> list[dict]:
    with psycopg.connect(county.url, options="-c role=hutong_owner") as opened:
        rows = opened.execute("select record from audit.entry where event = 'audit.list_exported' order by id")
        return [json.loads(record) for (record,) in rows]
