"""Article 8 on the pages: where an application is made, and where everybody sees that a limit has passed."""

import re
from datetime import UTC, date, datetime, timedelta

import pytest
from acting import NOW, PASSWORD, County
from browsing import _key_of_the_log
from django.test import Client

from hutong.control.sharing.models import Application
from hutong.core import beijing
from hutong.web import clock

__all__ = ["_key_of_the_log"]


def entered(username: str) -> Client:
    """Return the browser of an officer who is in."""
    client = Client(HTTP_HOST="localhost")
    assert client.post("/zh/login/", {"username": username, "password": PASSWORD}).status_code == 302
    return client


def read(username: str, path: str) -> str:
    """Return what an officer reads on a page, without its marks."""
    page = entered(username).get(path).content.decode().partition('<div class="work">')[2]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


@pytest.mark.clause("SX-08-e")
def test_an_application_is_written_and_lodged_on_the_pages_of_the_platform(county: County, monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: NOW)
    client = entered("consumer")
    form = {
        "mode": "compare", "items": ["name"], "purpose": "social-assistance", "legal_basis": "办法第八条",
        "matters": "DB-001", "system": "civil-app", "users": ["zhang"], "devices": ["pc-1"], "from_at": "2026-03-02",
        "until_at": "2027-03-02", "quota": "100", "guesses": "5",
    }  # fmt: skip
    answer = client.post(f"/zh/desk/applications/new/{county.code}/", form)
    assert answer.status_code == 302
    no = answer["Location"].split("/")[-2]
    assert client.post(f"/zh/desk/applications/{no}/", {"action": "lodge"}).status_code == 302
    kept = Application.objects.get(no=no)
    assert (kept.state, kept.consumer_id, kept.purpose) == ("LODGED", county.civil, "social-assistance")
    assert no in read("competent", "/zh/desk/")


@pytest.mark.clause("SX-08-f")
@pytest.mark.parametrize(("day", "late"), [(date(2026, 10, 12), False), (date(2026, 10, 13), True)])
def test_its_parties_and_the_operator_see_that_the_five_days_are_over(county: County, monkeypatch, day, late):
    no = county.draft()
    county.walk(no, to="SUPPLIED", now=datetime(2026, 9, 29, 2, tzinfo=UTC))
    monkeypatch.setattr(clock, "now", lambda: beijing.midnight(day) + timedelta(hours=12))
    seen = {
        (name, path): "已逾期" in read(name, path)
        for name in ("operator", "consumer", "authority")
        for path in (f"/zh/desk/applications/{no}/", "/zh/desk/applications/")
    }
    assert seen == dict.fromkeys(seen, late)
    home = read("operator", "/zh/desk/")
    assert ("10月12日" in home or "2026-10-12" in home, "件已逾期" in home) == (True, late)
