"""A message names what it is about: its number and, in words, the case, grant, resource, unit or system."""

from datetime import timedelta

import pytest
from acting import NOW
from desks import at, entered, handed_out, words
from django.db import connection
from django.test.utils import CaptureQueriesContext

from hutong.control.procedures import handling, message_names, messages
from hutong.control.sharing import service
from hutong.control.sharing.procedure import APPLICATIONS
from hutong.plane.suspensions import Suspendable

HERE, WEEK = "/zh/desk/messages/", "/zh/desk/messages/week/"
LATER = NOW + timedelta(hours=2)
CASE = "示范县民政局 → 人口基本信息"


@pytest.fixture(autouse=True)
def march():
    """The pages' clock stands some hours after the county was made."""
    with at(LATER):
        yield


def test_a_case_a_grant_and_a_resource_are_named_in_the_list_on_paper_and_in_the_file(county):
    no = county.draft()
    county.walk(no, to="FILED")
    for address in (f"{HERE}?kind=cases", f"{HERE}?kind=grants", WEEK):
        said = words(entered("consumer").get(address))
        assert f"{no} {CASE}" in said, address
    said = words(entered("editor").get(HERE))
    assert "示范县公安局：人口基本信息" in said
    (sheet, *_) = handed_out("consumer", HERE).values()
    named = {row[3]: row[4] for row in sheet}
    assert (named[no], named[f"G-{no}"]) == (CASE, CASE)
    found = messages.page(county.actor("editor"), now=LATER, limit=1000)
    names = message_names.names(found)
    assert [each.event for each in found if not names.get(message_names.about(each))] == []


@pytest.mark.parametrize("kind", list(Suspendable))
def test_of_a_suspension_is_told_what_is_suspended_and_its_link_finds_it(county, kind):
    no = county.draft()
    county.walk(no, to="FILED")
    whom = {Suspendable.UNIT: county.civil, Suspendable.SYSTEM: "civil-app", Suspendable.GRANT: f"G-{no}"}[kind]
    name = {Suspendable.UNIT: "示范县民政局", Suspendable.SYSTEM: "社会救助系统", Suspendable.GRANT: CASE}[kind]
    service.suspend(kind, whom, reason="越权使用", clause="SX-10-e", actor=county.actor("operator"), now=NOW)
    client = entered("approver")
    page = client.get(f"{HERE}?kind=grants")
    assert f"{whom} {name}" in words(page)
    body = page.content.decode()
    link = body[: body.index(whom)].rpartition('href="')[2].partition('"')[0]
    assert f"G-{no}" in words(client.get(link.replace("&amp;", "&")))


def test_names_are_read_in_a_few_statements_however_many_messages_there_are(county):
    def statements() -> int:
        found = messages.page(county.actor("consumer"), now=LATER, limit=1000)
        with CaptureQueriesContext(connection) as asked:
            message_names.names(found)
        return len(asked)

    county.walk(county.draft(), to="FILED")
    few = statements()
    for _ in range(4):
        county.walk(county.draft(), to="FILED")
    assert statements() == few


def test_the_days_that_are_printed_are_said_before_and_on_paper(county):
    for address in (HERE, WEEK):
        assert "2026-02-24 至 2026-03-02，含今天共七天" in words(entered("consumer").get(address))
    assert "2026-02-24 to 2026-03-02, seven days with today" in words(entered("consumer").get("/en/desk/messages/"))


def test_a_consultation_says_what_it_is_about_on_the_desk_in_its_list_in_the_file_and_on_paper(county):
    no = county.draft()
    county.walk(no, to="COMPLIANCE_CHECK")
    given = {"actor": county.actor("authority"), "now": NOW}
    handling.consult(APPLICATIONS, no, unit=county.police, words="是否可行", **given)
    for address in ("/zh/desk/", "/zh/desk/consultations/", WEEK):
        assert f"{no} {CASE}" in words(entered("editor").get(address)), address
    (sheet, *_) = handed_out("editor", "/zh/desk/consultations/").values()
    assert [row[:2] for row in sheet if row[0] == no] == [(no, CASE)]
