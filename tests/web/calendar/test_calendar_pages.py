"""An officer's calendar on pages: the address is shown once, and reads what their page of deadlines has, no more."""

import html
import re

from acting import NOW
from desks import at, entered, seen, words
from django.test import Client

from hutong.control.procedures.models import CalendarAddress
from hutong.control.units import operations

HERE = "/zh/account/calendar/"


def made(username: str) -> str:
    """Have an address made and return it, without the host."""
    with at(NOW):
        answer = entered(username).post(HERE, {"action": "make"})
    found = re.search(r"<code>https?://[^/<]+(/[^<]+)</code>", answer.content.decode())
    assert found is not None, words(answer)
    return html.unescape(found[1])


def read(address: str):  # type: ignore[no-untyped-def]
    with at(NOW):
        return Client(HTTP_HOST="localhost").get(address)


def test_an_officer_subscribes_without_logging_in_and_reads_number_title_and_day(county):
    no = county.draft()
    county.take(no, "lodge", by="consumer")
    answer = read(made("competent"))
    told = answer.content.decode().replace("\r\n ", "")
    assert (answer.status_code, answer["Content-Type"]) == (200, "text/calendar; charset=utf-8")
    assert f"SUMMARY:共享申请 {no}：" in told and "DTSTART;VALUE=DATE:202603" in told
    assert "no-store" in answer["Cache-Control"]
    for more in ("《社会救助暂行办法》", "civil-app", "zhang"):
        assert more not in told


def test_the_address_is_shown_once_and_kept_nowhere(county):
    address = made("competent")
    token = address.split("/")[3]
    assert token not in seen("competent", "/zh/desk/") and "已启用" in account(HERE)
    assert token not in account(HERE) and token not in str(list(CalendarAddress.objects.values()))


def account(path: str) -> str:
    with at(NOW):
        return entered("competent").get(path).content.decode()


def test_made_anew_or_withdrawn_the_address_before_is_not_there(county):
    first = made("competent")
    second = made("competent")
    assert (read(first).status_code, read(second).status_code) == (404, 200)
    with at(NOW):
        entered("competent").post(HERE, {"action": "withdraw"})
    assert read(second).status_code == 404


def test_of_an_officer_who_was_stopped_nothing_is_told(county):
    address = made("competent")
    operations.set_active(username="competent", active=False, now=NOW, by="init")
    assert read(address).status_code == 404


def test_a_guessed_address_is_not_there(county):
    assert read("/zh/calendar/1/deadlines.ics").status_code == 404
