"""An entry that leaves the catalogue takes with it what was granted on it, and what was applied for."""

import psycopg
import pytest
from acting import NOW, County, entries

from hutong.control.catalog import deliveries
from hutong.control.catalog.models import Entry
from hutong.control.catalog.queries import supplied
from hutong.control.procedures.rules import CaseCannotMove, ConditionNotMet, GroundsMissing
from hutong.control.sharing import operations as sharing
from hutong.control.sharing import queries, service
from hutong.control.sharing.lifecycle import APPLICATION
from hutong.core import canonical
from hutong.plane.delivery.ledger import DeliveryToWithdrawn
from hutong.plane.grants import ResourceWithdrawn
from hutong.plane.suspensions import Suspendable

REASON = "依据已废止"


def withdraw(county: County) -> None:
    county.withdraw(reason=REASON)


def filed(county: County) -> str:
    no = county.draft()
    county.walk(no, to="FILED")
    return f"G-{no}"


@pytest.mark.clause("SX-06-a")
def test_withdrawing_ends_what_was_granted_and_its_consumer_reads_why(county):
    open_, suspended, over = filed(county), filed(county), filed(county)
    decided = {"reason": "整改", "actor": county.actor("operator"), "now": NOW}
    service.suspend(Suspendable.GRANT, suspended, clause="SX-16-a", **decided)
    service.revoke(over, **decided)
    withdraw(county)
    told = {grant.no: (grant.state, grant.reason) for grant in queries.grants(county.actor("consumer"))}
    why = f"信息资源已从目录撤销：{REASON}"
    assert told == {open_: ("revoked", why), suspended: ("revoked", why), over: ("revoked", "整改")}
    with psycopg.connect(county.url, options="-c role=hutong_owner") as opened:
        revoked = "select record from audit.entry where event = 'plane.grant_revoked' order by id"
        rows = opened.execute(revoked).fetchall()
    assert [canonical.loads(record) for (record,) in rows][1:] == [
        {"grant": no, "reason": why, "clause": "SX-06-a", "by": "authority"} for no in (open_, suspended)
    ]


@pytest.mark.clause("SX-06-a")
def test_nothing_is_applied_for_on_what_was_withdrawn(county):
    no = county.draft()
    withdraw(county)
    with pytest.raises(ResourceWithdrawn):
        county.draft()
    with pytest.raises(ResourceWithdrawn):
        sharing.amend(no, changes={"quota": 5}, actor=county.actor("consumer"), now=NOW)
    with pytest.raises(ConditionNotMet) as refused:
        county.take(no, "lodge", by="consumer")
    assert refused.value.facts["conditions"] == "信息资源在目录中且予以共享"
    assert county.take(no, "take_back", by="consumer") == "TAKEN_BACK"


@pytest.mark.parametrize("state", ["LODGED", "CONFIRMED", "SUPPLIED", "PURPOSE_VERIFYING"])
def test_an_application_under_way_is_ended_by_the_authority_with_its_grounds(county, state):
    no = county.draft()
    county.walk(no, to=state)
    with pytest.raises(ConditionNotMet):
        county.take(no, "end", by="authority", reason=REASON, basis="SX-06")
    withdraw(county)
    assert county.turn(no) == county.at("authority")
    for move in APPLICATION.moves:
        if move.before == state and move.action not in ("end", "take_back"):
            with pytest.raises(ConditionNotMet):
                county.take(no, move.action, by=HOLDERS[move.role], reason=REASON, basis="SX-06")
    with pytest.raises(GroundsMissing):
        county.take(no, "end", by="authority")
    assert county.take(no, "end", by="authority", reason=REASON, basis="SX-06") == "ENDED"
    assert county.turn(no) is None
    with pytest.raises(CaseCannotMove):
        county.take(no, "negotiate", by="consumer", reason="仍需使用")


HOLDERS = {"provider_approver": "approver", "provider_editor": "editor"} | {
    role: role for role in ("authority", "operator", "competent", "consumer")
}


def test_a_filing_that_did_not_know_of_the_withdrawal_opens_nothing(county):
    no = county.draft()
    county.walk(no, to="PURPOSE_VERIFYING")
    withdraw(county)
    Entry.objects.filter(code=county.code).update(state="PUBLISHED")  # as read before it was withdrawn
    with pytest.raises(ResourceWithdrawn):
        county.take(no, "file", by="operator")
    assert queries.grants(county.actor("consumer")) == []


@pytest.mark.clause("SX-06-a")
def test_its_unit_delivers_nothing_more_at_the_desk(county):
    editor = county.actor("editor")
    deliveries.check(code=county.code, actor=editor)
    assert [version.entry.code for version in supplied(editor.units)] == [county.code]
    withdraw(county)
    with pytest.raises(DeliveryToWithdrawn):
        deliveries.check(code=county.code, actor=editor)
    assert supplied(editor.units) == []


def test_without_its_entry_in_the_log_nothing_is_withdrawn_and_nothing_ends(county, log_down):
    filed(county)
    log_down(county.url)
    with pytest.raises(Exception, match="permission denied"):
        withdraw(county)
    assert [grant.state for grant in queries.grants(county.actor("consumer"))] == ["active"]
    assert Entry.objects.get(code=county.code).state == "PUBLISHED"
    assert entries(county.url, "plane.grant_revoked") == 0
