"""Article 9: it is told before the evidence of a system's protection lapses, and new evidence is checked."""

from datetime import date, timedelta

import pytest
from acting import NOW, entries
from desks import at, seen
from django.db import connection, transaction
from outcomes import DONE, came_of
from registering import LONGER, administrator, attach, renewed, take_of_renewal

from hutong.control.registration import passes, renewals
from hutong.control.registration.models import Registration, Renewal
from hutong.core import beijing
from hutong.db import database
from hutong.plane import registers

pytestmark = pytest.mark.clause("SX-09")
TODAY = beijing.day(NOW)
TOLD = ("registration.protection_ending", "registration.protection_lapsed")


@pytest.fixture
def bureau(county):
    """The county whose civil affairs bureau has its administrator."""
    administrator(county)
    return county


def until(day: date) -> None:
    """Let the evidence of the bureau's system be valid until a day."""
    Registration.objects.filter(kind="system", code="civil-app").update(mlps_until=day)


def told(county) -> list[int]:
    return [entries(county.url, event) for event in TOLD]


def in_the_plane() -> date:
    with transaction.atomic(), database.joined(connection) as cur:
        return registers.system(cur, id="civil-app").mlps_until


def test_unit_and_operator_are_told_twice_before_the_evidence_lapses_and_once_when_it_has(bureau):
    until(TODAY + timedelta(days=60))
    seen_of, day = [], timedelta(days=1)
    for ahead in (-1, 0, 1, 44, 45, 46, 60, 61, 62):
        passes.remind_of_protection(now=NOW + ahead * day)
        seen_of.append(told(bureau))
    assert seen_of == [[0, 0], [1, 0], [1, 0], [1, 0], [2, 0], [2, 0], [2, 0], [2, 1], [2, 1]]


def test_it_stands_among_the_messages_of_the_unit_and_of_the_operator_as_a_fact_for_people(bureau):
    until(TODAY - timedelta(days=1))
    passes.remind_of_protection(now=NOW)
    with at(NOW + timedelta(minutes=1)):
        for reader in ("unit_admin", "operator"):
            assert "第十六条第（五）项的候选事实，由人认定" in seen(reader, "/zh/desk/messages/")
        assert "候选事实" not in seen("editor", "/zh/desk/messages/")
        page = f"/zh/desk/registrations/{Registration.objects.get(code='civil-app').no}/"
        assert "不再开通新的使用权限；正在使用的宽限至" in seen("operator", page)
    assert entries(bureau.url, "plane.suspended") == 0


def test_new_evidence_holds_once_the_operator_found_it_in_order_and_is_reminded_of_anew(bureau):
    until(TODAY + timedelta(days=10))
    passes.remind_of_protection(now=NOW)
    no = renewed(bureau, papers=False)
    assert came_of(take_of_renewal, bureau, no, "submit", by="unit_admin") == "RENEWAL_PAPERS_MISSING"
    attach(bureau, no, lifecycle="registration.renewal")
    assert came_of(take_of_renewal, bureau, no, "accept", by="operator") == "CASE_CANNOT_MOVE"
    take_of_renewal(bureau, no, "submit", by="unit_admin")
    assert came_of(take_of_renewal, bureau, no, "accept", by="unit_admin") == "NOT_YOUR_ROLE"
    assert in_the_plane() == date(2027, 12, 31)
    assert take_of_renewal(bureau, no, "accept", by="operator") == "ACCEPTED"
    found = Registration.objects.get(code="civil-app")
    assert (found.mlps_until, found.mlps_no, found.protection_reminders) == (LONGER, "33052399001-00009", 0)
    assert in_the_plane() == LONGER
    assert entries(bureau.url, "plane.system_changed") == entries(bureau.url, "registration.changed") == 1


def test_what_is_returned_is_supplied_and_what_was_taken_back_handed_in_anew(bureau):
    no = renewed(bureau)
    assert came_of(renewed, bureau) == "RENEWAL_UNDER_WAY"
    take_of_renewal(bureau, no, "submit", by="unit_admin")
    assert came_of(take_of_renewal, bureau, no, "return", by="operator") == "GROUNDS_MISSING"
    take_of_renewal(bureau, no, "return", by="operator", reason="缺少测评报告")
    assert take_of_renewal(bureau, no, "submit", by="unit_admin") == "HANDED_IN"
    take_of_renewal(bureau, no, "take_back", by="unit_admin")
    assert came_of(renewed, bureau) == DONE
    assert sorted(Renewal.objects.values_list("state", flat=True)) == ["DRAFT", "TAKEN_BACK"]


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"mlps_until": date(2027, 12, 31)}, "EVIDENCE_NOT_LONGER"),
        ({"mlps_no": " "}, "REGISTRATION_INCOMPLETE"),
        ({"mlps_level": None}, "REGISTRATION_INCOMPLETE"),
    ],
)
def test_new_evidence_says_its_level_its_number_and_a_later_day(bureau, changes, refusal):
    assert came_of(renewed, bureau, **changes) == refusal
    assert not Renewal.objects.exists()


def test_a_level_that_is_too_low_is_not_accepted_and_nobody_else_hands_in_or_reads(bureau):
    no = renewed(bureau, mlps_level=1)
    take_of_renewal(bureau, no, "submit", by="unit_admin")
    assert came_of(take_of_renewal, bureau, no, "accept", by="operator") == "PROTECTION_TOO_LOW"
    assert Renewal.objects.get(no=no).state == "HANDED_IN"
    of = Registration.objects.get(code="civil-app").no
    given = {"facts": {"mlps_level": 2, "mlps_no": "1", "mlps_until": LONGER}, "now": NOW}
    assert came_of(renewals.hand_in, of, actor=bureau.actor("consumer"), **given) == "NOT_YOUR_ROLE"
    device = Registration.objects.get(code="pc-1").no
    assert came_of(renewals.hand_in, device, actor=bureau.actor("unit_admin"), **given) == "NOTHING_TO_RENEW"
    assert came_of(renewals.page, no, actor=bureau.actor("editor")) == "NO_SUCH_RENEWAL"
