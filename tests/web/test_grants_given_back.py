"""A consumer gives back a grant that its duties need no longer (decision 0118): who may, what ends, who is told."""

import re
from datetime import timedelta

import psycopg
import pytest
from acting import NOW, County
from desks import at, entered, handed_out, hire, seen, words
from outcomes import DONE, came_of

from hutong.control.procedures import messages
from hutong.control.procedures.messages import MessageFilters
from hutong.control.procedures.rules import GroundsMissing
from hutong.control.sharing import queries, service
from hutong.control.sharing.models import Application
from hutong.core import canonical
from hutong.plane.suspensions import Suspendable

GRANTS, REASON = "/zh/desk/grants/", "低保核对改由省平台办理，不再需要"
LATER = NOW + timedelta(hours=2)


@pytest.fixture
def granted(county: County) -> County:
    """A county with one grant in force."""
    county.walk(county.draft(), to="FILED")
    with at(LATER):
        yield county


def number_of() -> str:
    """Return the number of the one grant there is."""
    return Application.objects.exclude(grant_no="").get().grant_no


def give_back(username: str, **changes: str) -> object:
    client, here = entered(username), f"{GRANTS}{number_of()}/relinquish/"
    sent = dict(re.findall(r'name="(at|csrfmiddlewaretoken)" value="([^"]*)"', client.get(here).content.decode()))
    return client.post(here, {**sent, "reason": REASON, **changes}, follow=True)


def told(county: County, username: str) -> list[tuple[str, str]]:
    actor = county.actor(username)
    found = messages.page(actor, now=LATER, filters=MessageFilters("grants"), limit=1000)
    assert messages.unseen(actor, now=LATER) == messages.counted(actor, now=LATER)
    return [(each.event, each.reason) for each in found if each.event == "plane.grant_relinquished"]


@pytest.mark.clause("SX-08-a")
def test_the_consumer_is_shown_what_ends_gives_it_back_and_reads_that_it_did(granted):
    no = number_of()
    page = seen("consumer", f"{GRANTS}{no}/relinquish/")
    for said in ("终止的使用权限：1 项", "自提交时起生效", "2027", "社会救助系统", "示范县公安局", "办理之后不能取消"):
        assert said in page
    answer = words(give_back("consumer"))
    assert "已办理“交回使用权限”" in answer
    assert "使用单位已交回" in answer
    assert REASON in answer
    assert "relinquish" not in seen("consumer", GRANTS)
    application = Application.objects.exclude(grant_no="").get().no
    said = seen("consumer", f"/zh/desk/applications/{application}/")
    assert "使用单位已交回开通的使用权限" in said
    assert REASON in said
    (sheet, *_) = handed_out("approver", f"{GRANTS}?state=relinquished").values()
    assert any("使用单位已交回" in row for row in sheet)
    assert "有 1 项使用权限未到期即被终止" not in seen("consumer", "/zh/desk/")


def test_provider_authority_and_consumer_s_colleagues_are_told_with_the_reason_and_nobody_else(granted):
    unit = granted.actor("authority").unit
    hire(granted, "colleague", "同事", unit=granted.civil, roles=("consumer",))
    hire(granted, "clerk", "文员", unit=unit, roles=("consumer",))
    give_back("consumer")
    one = [("plane.grant_relinquished", REASON)]
    assert {name: told(granted, name) for name in ("approver", "editor", "authority", "colleague")} == {
        "approver": one, "editor": one, "authority": one, "colleague": one
    }  # fmt: skip
    assert [told(granted, name) for name in ("consumer", "competent", "clerk")] == [[], [], []]
    for name in ("approver", "authority"):
        assert "使用单位交回使用权限" in seen(name, "/zh/desk/messages/?kind=grants")


@pytest.mark.clause("SX-08-a")
def test_who_applies_for_the_unit_gives_it_back_with_a_reason_and_only_what_is_in_force(granted):
    no, given = number_of(), {"reason": REASON, "now": LATER}
    for name in ("operator", "authority", "approver", "editor", "competent"):
        assert came_of(service.relinquish, no, actor=granted.actor(name), **given) == "NOT_YOUR_ROLE"
    consumer = granted.actor("consumer")
    assert came_of(service.relinquish, "none", actor=consumer, **given) == "NOT_YOUR_ROLE"
    assert came_of(service.relinquish, no, actor=consumer, reason=" ", now=LATER) == "GROUNDS_MISSING"
    service.suspend(Suspendable.GRANT, no, clause="SX-10-e", actor=granted.actor("operator"), **given)
    assert came_of(service.relinquish, no, actor=consumer, **given) == DONE
    assert came_of(service.relinquish, no, actor=consumer, **given) == "GRANT_CANNOT_MOVE"
    assert came_of(service.revoke, no, actor=granted.actor("operator"), **given) == "GRANT_CANNOT_MOVE"
    ((grant),) = queries.grants(consumer)
    assert (grant.state, grant.reason) == ("relinquished", REASON)
    with psycopg.connect(granted.url, options="-c role=hutong_owner") as opened:
        rows = opened.execute(
            "select e.record, e.unit, e.counterpart, array(select unit from audit.party p where p.entry_id = e.id)"
            " from audit.entry e where e.event = 'plane.grant_relinquished'"
        ).fetchall()
    ((record, *parties),) = rows
    assert canonical.loads(record) == {"grant": no, "reason": REASON, "clause": "SX-08-a", "by": "consumer"}
    assert parties == [granted.civil, granted.police, [granted.actor("authority").unit]]


def test_a_second_click_gives_back_once_and_without_a_reason_nothing_happens(granted):
    refused = give_back("consumer", reason="")
    assert refused.status_code == 422 or "理由" in words(refused)
    assert queries.grants(granted.actor("consumer"))[0].state == "active"
    client, here = entered("consumer"), f"{GRANTS}{number_of()}/relinquish/"
    sent = dict(re.findall(r'name="(at|csrfmiddlewaretoken)" value="([^"]*)"', client.get(here).content.decode()))
    for _ in range(2):
        assert client.post(here, {**sent, "reason": REASON}).status_code == 302
    assert told(granted, "approver") == [("plane.grant_relinquished", REASON)]


def test_after_that_the_same_is_applied_for_anew(granted):
    give_back("consumer")
    no = granted.draft()
    granted.take(no, "lodge", by="consumer", now=LATER)
    assert Application.objects.get(no=no).state == "LODGED"


def test_a_step_about_a_grant_that_lacks_its_reason_is_called_as_its_button_is(granted):
    assert "“交回使用权限”须写明理由" in words(give_back("consumer", reason=" "))
    no, operator = number_of(), granted.actor("operator")
    acts = (
        lambda: service.revoke(no, reason="", actor=operator, now=LATER),
        lambda: service.suspend(Suspendable.GRANT, no, reason="", clause="SX-16-a", actor=operator, now=LATER),
    )
    for act in acts:
        with pytest.raises(GroundsMissing) as refused:
            act()
        assert refused.value.facts["action"] in ("终止使用权限", "停止服务")
