"""What happened to an officer's cases, grants and resources since they looked: told, counted, marked as looked at."""

import re
from datetime import timedelta

import pytest
from acting import NOW
from desks import at, entered, handed_out, words
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from hutong.audit import events as known
from hutong.control.procedures import messages, queries
from hutong.control.procedures.messages import MessageFilters
from hutong.control.recording import record
from hutong.control.sharing import service
from hutong.plane.suspensions import Suspendable

HERE, WEEK = "/zh/desk/messages/", "/zh/desk/messages/week/"
LATER = NOW + timedelta(hours=2)


@pytest.fixture(autouse=True)
def march():
    """The pages' clock stands some hours after the county was made."""
    with at(LATER):
        yield


def unseen(county, name: str, *, now=LATER) -> int:
    return messages.unseen(county.actor(name), now=now)


def events(county, name: str, *, now=LATER, kind: str = "") -> list[str]:
    found = messages.page(county.actor(name), now=now, filters=MessageFilters(kind), limit=1000)
    return [f"{each.event} {each.action}".strip() for each in found]


def look(county, name: str, *, now=LATER) -> None:
    seen = messages.newest(county.actor(name), now=now)
    messages.look(county.actor(name), at=seen.at, entry=seen.entry, now=now)


def mark(client) -> None:
    sent = dict(re.findall(r'name="(at|entry)" value="([^"]*)"', client.get(HERE).content.decode()))
    assert client.post(HERE, sent).status_code == 302


def test_a_decision_by_others_is_told_to_the_unit_and_what_oneself_did_is_not(county):
    no = county.draft()
    look(county, "consumer")
    county.take(no, "lodge", by="consumer")
    assert unseen(county, "consumer") == 0
    county.take(no, "endorse", by="competent")
    assert unseen(county, "consumer") == 1
    said = words(entered("consumer").get(HERE))
    assert "共享申请：同意并提交" in said
    assert no in said


def test_a_case_sent_back_says_why_and_stands_among_corrections(county):
    no = county.draft()
    county.take(no, "lodge", by="consumer")
    county.take(no, "return", by="competent", reason="请补充依据文件")
    said = words(entered("consumer").get(f"{HERE}?kind=corrections"))
    assert "请补充依据文件" in said
    assert "退回补正" in said
    assert events(county, "consumer", kind="corrections") == ["sharing.application_moved return"]
    assert "sharing.application_moved return" in events(county, "consumer", kind="cases")


def test_who_acted_in_a_case_is_told_what_others_did_there_since_and_once(county):
    no = county.draft()
    county.take(no, "lodge", by="consumer")
    county.take(no, "endorse", by="competent")
    look(county, "competent")
    county.take(no, "accept", by="authority", now=LATER + timedelta(minutes=5))
    after = LATER + timedelta(hours=1)
    assert unseen(county, "competent", now=after) == 1
    assert events(county, "competent", now=after).count("sharing.application_moved accept") == 1


def test_marking_is_by_form_and_keeps_what_came_after_the_page_was_made(county):
    no = county.draft()
    county.take(no, "lodge", by="consumer")
    county.take(no, "endorse", by="competent")
    client = entered("consumer")
    body = client.get(HERE).content.decode()
    sent = dict(re.findall(r'name="(at|entry)" value="([^"]*)"', body))
    county.take(no, "accept", by="authority")
    client.post(HERE, sent)
    assert unseen(county, "consumer") == 1
    mark(client)
    assert unseen(county, "consumer") == 0
    client.post(HERE, sent)
    assert unseen(county, "consumer") == 0
    assert "条新消息" not in client.get(HERE).content.decode()


@pytest.mark.parametrize("sent", [{"at": "gestern", "entry": "1"}, {"at": "2026-03-02T10:00:00", "entry": "1"}, {}])
def test_a_mark_that_cannot_be_read_is_refused(county, sent):
    client = entered("consumer")
    refused = client.post(HERE, sent)
    assert (refused.status_code, "FIELD_" in refused.content.decode()) == (422, True)
    assert unseen(county, "consumer") > 0


def test_a_mark_of_what_is_to_come_marks_what_there_is(county):
    client = entered("consumer")
    client.post(HERE, {"at": "2099-01-01T00:00:00+08:00", "entry": "999999999"})
    no = county.draft()
    county.take(no, "lodge", by="consumer", now=LATER)
    county.take(no, "endorse", by="competent", now=LATER + timedelta(seconds=1))
    assert unseen(county, "consumer", now=LATER + timedelta(minutes=1)) == 1


def test_the_navigation_counts_in_one_statement(county):
    no = county.draft()
    county.take(no, "lodge", by="consumer")
    county.take(no, "endorse", by="competent")
    actor = county.actor("consumer")
    with CaptureQueriesContext(connection) as asked:
        many = messages.unseen(actor, now=LATER)
    assert (many > 0, len(asked)) == (True, 1)
    assert f"{many} 条新消息" in words_of_menu(entered("consumer").get("/zh/desk/"))
    assert f"{many} new messages" in words_of_menu(entered("consumer").get("/en/desk/"))


def words_of_menu(answer) -> str:
    return re.sub(r"\s+", " ", re.sub("<[^>]+>", " ", answer.content.decode().partition('<div class="work"')[0]))


def test_a_grant_that_opens_is_suspended_and_comes_to_its_end_is_told_to_both_sides(county):
    county.walk(county.draft(), to="FILED")
    for name in ("consumer", "approver"):
        assert "plane.grant_opened" in events(county, name, kind="grants")
    with connection.cursor() as cur:
        cur.execute("select max(until_at) from plane.access_grant")
        (until_at,) = cur.fetchone()
    soon = until_at - timedelta(days=29)
    for name in ("consumer", "approver"):
        assert events(county, name, now=soon, kind="grants")[0] == "grant.ending"
        look(county, name, now=soon)
        assert unseen(county, name, now=soon + timedelta(hours=1)) == 0
    far = until_at - timedelta(days=31)
    assert "grant.ending" not in events(county, "consumer", now=far, kind="grants")


@pytest.mark.clause("SX-16-a")
@pytest.mark.parametrize("kind", list(Suspendable))
def test_a_suspension_and_its_lifting_are_told_with_their_reason_to_who_uses_and_who_provides(county, kind):
    no = county.draft()
    county.walk(no, to="FILED")
    whom = {Suspendable.UNIT: county.civil, Suspendable.SYSTEM: "civil-app", Suspendable.GRANT: f"G-{no}"}[kind]
    given = {"actor": county.actor("operator"), "now": NOW + timedelta(minutes=3)}
    number = service.suspend(kind, whom, reason="越权使用，责令整改", clause="SX-10-e", **given)
    service.lift(number, verified="已核查，整改到位", **given)
    for name in ("consumer", "approver", "editor"):
        assert events(county, name, kind="grants")[:2] == [f"plane.suspension_lifted {kind}", f"plane.suspended {kind}"]
        found = messages.page(county.actor(name), now=LATER, filters=MessageFilters("grants"), limit=1000)
        assert unseen(county, name) == messages.counted(county.actor(name), now=LATER)
        assert [each.reason for each in found[:2]] == ["已核查，整改到位", "越权使用，责令整改"]
        said = words(entered(name).get(f"{HERE}?kind=grants"))
        assert "越权使用，责令整改" in said
        assert "已核查，整改到位" in said
    look(county, "approver")
    assert unseen(county, "approver", now=LATER + timedelta(hours=1)) == 0


def test_who_has_no_part_in_it_is_told_of_no_suspension(county):
    county.walk(county.draft(), to="FILED")
    given = {"actor": county.actor("operator"), "now": NOW}
    service.suspend(Suspendable.UNIT, county.civil, reason="越权使用", clause="SX-10-e", **given)
    assert events(county, "competent", kind="grants") == []


def test_a_deadline_is_told_before_it_ends_and_once_it_has_passed(county):
    no = county.draft()
    county.take(no, "lodge", by="consumer")
    late_at = queries.deadlines("sharing.application", [no])[no].late_at
    look(county, "competent", now=late_at - timedelta(days=3))
    assert unseen(county, "competent", now=late_at - timedelta(days=2, seconds=1)) == 0
    assert unseen(county, "competent", now=late_at - timedelta(days=1)) == 1
    found = events(county, "competent", now=late_at, kind="deadlines")
    assert found == ["deadline.passed endorse", "deadline.near endorse"]
    with at(late_at):
        said = words(entered("competent").get(f"{HERE}?kind=deadlines"))
    assert f"将于 {(late_at - timedelta(seconds=1)).astimezone(NOW.tzinfo):%Y-%m-%d} 届满" in said
    assert "请立即办理" in said


def test_a_delivery_is_told_to_its_provider_with_where_its_receipt_stands(county):
    facts = dict.fromkeys(known.EVENTS["plane.delivery_waits"].fields) | {
        "unit": county.actor("approver").unit, "resource": county.code, "delivery": "D1", "kind": "snapshot", "by": "s"
    }  # fmt: skip
    with transaction.atomic():
        record("plane.delivery_waits", facts, now=NOW, unit=county.actor("approver").unit)
    assert "plane.delivery_waits snapshot" in events(county, "approver", kind="deliveries")
    body = entered("approver").get(f"{HERE}?kind=deliveries").content.decode()
    assert f'href="{reverse("delivered", args=[county.code, "D1"])}"' in body


def test_another_unit_s_officer_is_told_nothing_of_it(county):
    no = county.draft()
    county.take(no, "lodge", by="consumer")
    assert no not in words(entered("operator").get(HERE))


def test_pages_follow_each_other_without_a_gap_and_the_file_has_all(county):
    for number in range(4):
        no = county.draft()
        county.take(no, "lodge", by="consumer", now=NOW)
        county.take(no, "endorse", by="competent", now=NOW)
        del number
    actor, found, after = county.actor("consumer"), [], None
    while rows := messages.page(actor, now=LATER, after=after, limit=2):
        found += [each.key for each in rows]
        after = (rows[-1].at, rows[-1].key)
    whole = [each.key for each in messages.page(actor, now=LATER, limit=1000)]
    assert (found, len(set(found))) == (whole, len(whole))
    assert messages.counted(actor, now=LATER) == len(whole)
    (sheet, *_) = handed_out("consumer", HERE).values()
    assert sum("同意并提交" in str(row) for row in sheet) == 4


def test_the_week_is_printed_with_what_waits_and_what_happened(county):
    no = county.draft()
    county.take(no, "lodge", by="consumer")
    said = words(entered("competent").get(WEEK))
    assert no in said
    assert "待办 1 件，其中逾期 0 件" in said
    county.take(no, "endorse", by="competent")
    assert "共享申请：同意并提交" in words(entered("consumer").get(WEEK))
    assert "A4" in entered("consumer").get("/static/hutong.css").content.decode()
