"""Article 8 on the pages: where an application is made, and where everybody sees that a limit has passed."""

from datetime import UTC, date, datetime, timedelta

import pytest
from acting import NOW, County
from browsing import _key_of_the_log
from django.conf import settings
from paging import entered, read

from hutong.control.sharing.models import Application
from hutong.core import beijing
from hutong.plane.definition import Mode

__all__ = ["_key_of_the_log"]

FORM = {
    "mode": "query", "items": ["address", "street"], "conditions": ["street"], "need": ["value_not_at_hand"],
    "purpose": "social-assistance", "legal_basis": "办法第八条", "matters": "DB-001、DB-002", "system": "civil-app",
    "users": ["zhang"], "devices": ["pc-1"], "from_at": "2026-03-02", "until_at": "2027-03-02", "quota": "100",
    "guesses": "5",
}  # fmt: skip
KEPT = {
    "mode": "query", "items": ["address", "street"], "conditions": ["street"], "need": ["value_not_at_hand"],
    "purpose": "social-assistance", "legal_basis": "办法第八条", "matters": ["DB-001", "DB-002"], "system": "civil-app",
    "users": ["zhang"], "devices": ["pc-1"], "from_at": beijing.midnight(date(2026, 3, 2)),
    "until_at": beijing.midnight(date(2027, 3, 2)), "quota": 100, "guesses": 5,
}  # fmt: skip


def kept(no: str) -> dict[str, object]:
    """Return what an application says, as far as the form asks for it."""
    application = Application.objects.get(no=no)
    return {name: getattr(application, name) for name in KEPT}


@pytest.mark.clause("SX-08-e")
def test_an_application_is_written_changed_and_lodged_on_the_pages_of_the_platform(county: County, monkeypatch):
    monkeypatch.setattr(settings, "CLOCK", lambda: NOW)
    client = entered("consumer")
    answer = client.post(f"/zh/desk/applications/new/{county.code}/", FORM)
    assert answer.status_code == 302
    no = answer["Location"].split("/")[-2]
    assert kept(no) == KEPT
    changed = {**FORM, "quota": "7", "items": ["street"], "matters": "DB-002"}
    for name in ("editor", "competent"):
        assert entered(name).post(f"/zh/desk/applications/{no}/edit/", changed).status_code in (403, 404)
    assert client.post(f"/zh/desk/applications/{no}/edit/", changed).status_code == 302
    assert kept(no) == {**KEPT, "quota": 7, "items": ["street"], "matters": ["DB-002"]}
    assert client.post(f"/zh/desk/applications/{no}/", {"action": "lodge"}).status_code == 302
    application = Application.objects.get(no=no)
    assert (application.state, application.consumer_id) == ("LODGED", county.civil)
    assert no in read("competent", "/zh/desk/")
    assert client.post(f"/zh/desk/applications/{no}/edit/", FORM).status_code == 409


@pytest.mark.clause("SX-07-a", "SX-08-e")
@pytest.mark.parametrize("mode", list(Mode))
def test_the_form_offers_each_of_the_three_modes_and_keeps_the_one_that_is_chosen(county: County, monkeypatch, mode):
    monkeypatch.setattr(settings, "CLOCK", lambda: NOW)
    client, address = entered("consumer"), f"/zh/desk/applications/new/{county.code}/"
    page = client.get(address).content.decode()
    assert [f'value="{each}"' in page for each in Mode] == [True] * 3
    need = [*FORM["need"], "change_to_be_followed"]
    chosen = {**FORM, "mode": str(mode), "items": ["street"], "conditions": [], "need": need}
    assert client.post(address, chosen).status_code == 302
    assert Application.objects.get().mode == mode


@pytest.mark.clause("HN-03")
def test_a_resource_that_is_not_shared_is_not_applied_for_on_its_page(county: County):
    county.say(sharing_type=3, sharing_basis="《某法》第一条")
    answer = entered("consumer").post(f"/zh/desk/applications/new/{county.code}/", FORM)
    assert (answer.status_code, Application.objects.count()) == (403, 0)


@pytest.mark.clause("SX-08-d", "SX-08-f")
def test_the_operator_verifies_and_opens_on_the_page_and_nobody_else(county: County, monkeypatch):
    monkeypatch.setattr(settings, "CLOCK", lambda: NOW)
    no = county.draft()
    county.walk(no, to="SUPPLIED")
    address = f"/zh/desk/applications/{no}/"
    steps = (("verify", "authority"), ("verify", "operator"), ("file", "consumer"), ("file", "operator"))
    tried = [entered(name).post(address, {"action": action}).status_code == 302 for action, name in steps]
    assert tried == [False, True, False, True]
    assert Application.objects.get(no=no).grant_no == f"G-{no}"
    assert f"G-{no}" in read("consumer", "/zh/desk/grants/")


@pytest.mark.clause("SX-08-f")
@pytest.mark.parametrize(("day", "late"), [(date(2026, 10, 12), False), (date(2026, 10, 13), True)])
def test_its_parties_and_the_operator_see_that_the_five_days_are_over(county: County, monkeypatch, day, late):
    no = county.draft()
    county.walk(no, to="SUPPLIED", now=datetime(2026, 9, 29, 2, tzinfo=UTC))
    monkeypatch.setattr(settings, "CLOCK", lambda: beijing.midnight(day) + timedelta(hours=12))
    seen = {
        (name, path): "已逾期" in read(name, path)
        for name in ("operator", "consumer", "authority")
        for path in (f"/zh/desk/applications/{no}/", "/zh/desk/applications/")
    }
    assert seen == dict.fromkeys(seen, late)
    home = read("operator", "/zh/desk/")
    assert ("10月12日" in home or "2026-10-12" in home, "件已逾期" in home) == (True, late)
    case = home.partition(no)[2]
    assert ("已逾期" in case) == late
