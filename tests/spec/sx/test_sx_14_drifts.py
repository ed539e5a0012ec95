"""Article 14: a configuration that is otherwise than declared, with no change under way, is explained and judged."""

from datetime import timedelta

import fronting
import psycopg
import pytest
from acting import NOW
from desks import at, entered, seen

from hutong.control.nodes import passes, rules
from hutong.control.nodes.models import FrontEndServer, ServerDrift
from hutong.control.procedures.rules import NotYourRole, OtherSideTaken

HOME = "/zh/desk/nodes/drifts/"
MINUTE = timedelta(minutes=1)


@pytest.mark.clause("SX-14-a")
def test_a_drift_is_found_explained_by_the_unit_and_judged_by_the_operator_on_pages(county):
    no = fronting.drifted(county)
    page = f"{HOME}{no}/"
    with at(NOW):
        assert no in seen("unit_admin", "/zh/desk/")
        told = seen("operator", page)
        assert "配置变动（待核实）" in told and "d" * 64 in told
        assert "擅自" not in told.replace("不得擅自变更", "")  # as the clause says
        entered("unit_admin").post(page, {"act": "step", "action": "explain", "reason": "数据库自动升级后端口改变"})
        assert "数据库自动升级后端口改变" in seen("operator", page)
        entered("operator").post(page, {"act": "step", "action": "clear", "reason": "情况属实"})
    assert ServerDrift.objects.get().state == "CLEARED"
    assert "已核实，不列为线索" in seen("unit_admin", page)


@pytest.mark.clause("SX-14-a")
def test_what_is_referred_is_a_candidate_only_and_stands_in_the_log_with_both_digests(county):
    no = fronting.drifted(county)
    fronting.take_drift(county, no, "explain", by="unit_admin", reason="不清楚")
    assert fronting.take_drift(county, no, "refer", by="operator", reason="没有申请变更") == "REFERRED"
    assert "只是线索" in seen("unit_admin", f"{HOME}{no}/")
    with psycopg.connect(county.url, options="-c role=hutong_owner") as opened:
        told = "select record::jsonb from audit.entry where event = 'nodes.drift_found'"
        ((record,),) = opened.execute(told).fetchall()
    declared = rules.digest(FrontEndServer.objects.get().facts)
    assert (record["before"], record["after"], record["drift"]) == (declared, "d" * 64, no)


@pytest.mark.clause("SX-14-a")
def test_nobody_judges_the_own_server_of_an_entrusted_one_the_authority_does(county):
    no = fronting.drifted(county)
    for other in ("operator", "authority", "consumer"):
        with pytest.raises(NotYourRole):
            fronting.take_drift(county, no, "explain", by=other, reason="x")
    fronting.take_drift(county, no, "explain", by="unit_admin", reason="x")
    with pytest.raises((NotYourRole, OtherSideTaken)):
        fronting.take_drift(county, no, "clear", by="unit_admin", reason="x")


@pytest.mark.clause("SX-14-a")
def test_of_an_entrusted_server_the_operator_explains_and_the_authority_judges(county):
    no = fronting.drifted(county, managed="ENTRUSTED")
    fronting.take_drift(county, no, "explain", by="operator", reason="x")
    with pytest.raises((NotYourRole, OtherSideTaken)):
        fronting.take_drift(county, no, "clear", by="operator", reason="x")
    assert fronting.take_drift(county, no, "clear", by="authority", reason="x") == "CLEARED"


@pytest.mark.clause("SX-14-a")
def test_one_drift_is_found_once_and_one_that_a_change_explains_is_none(county):
    fronting.drifted(county)
    given = {"calendar": county.calendar}
    fronting.heard(county, digest="d" * 64, now=NOW + MINUTE)
    assert passes.find_drifts(now=NOW + MINUTE, **given) == []
    fronting.heard(county, digest="e" * 64, now=NOW + 2 * MINUTE)
    assert len(passes.find_drifts(now=NOW + 2 * MINUTE, **given)) == 1
    server = FrontEndServer.objects.get()
    no = fronting.submitted(county, server.no)
    fronting.take(county, no, "approve", by="operator")
    passes.windows(now=fronting.IN_TIME, **given)
    fronting.heard(county, digest=rules.digest({**server.facts, "port": 6432}), now=fronting.IN_TIME)
    assert passes.find_drifts(now=fronting.IN_TIME, **given) == []
    fronting.take(county, no, "execute", by="unit_admin", now=fronting.IN_TIME)
    assert passes.find_drifts(now=fronting.IN_TIME, **given) == []
    fronting.take(county, no, "verify", by="operator", now=fronting.IN_TIME)
    assert passes.find_drifts(now=fronting.IN_TIME, **given) == []
    fronting.heard(county, digest="e" * 64, now=fronting.IN_TIME + MINUTE)
    assert len(passes.find_drifts(now=fronting.IN_TIME + MINUTE, **given)) == 1  # told anew, and no change explains it


@pytest.mark.clause("SX-14-a")
def test_nobody_else_learns_of_a_drift(county):
    no = fronting.drifted(county)
    assert entered("editor").get(f"{HOME}{no}/").status_code == 404
    assert no not in seen("editor", HOME)
    assert no in seen("authority", HOME)
