"""Article 13: a unit manages its front-end server itself or entrusts it; either way the platform knows what it is."""

from datetime import timedelta

import fronting
import psycopg
import pytest
from acting import NOW, UNITS, entries
from desks import at, entered, hire, seen, words

from hutong.control.nodes import queries
from hutong.control.nodes.models import DeclaredVersion, FrontEndServer, ServerChange
from hutong.control.procedures.models import Step
from hutong.control.procedures.rules import NotYourRole, OtherSideTaken

HOME = "/zh/desk/nodes/"


def written_down(county, **changes: str):
    """Send the form of a server as the bureau's administrator and return the answer."""
    fronting.administrator(county)
    with at(NOW):
        return entered("unit_admin").post(f"{HOME}new/", {**fronting.FORM, "at": "0-", **changes})


@pytest.mark.clause("SX-13-a")
@pytest.mark.parametrize(("managed", "said"), [("SELF", "自行管理"), ("ENTRUSTED", "委托管理")])
def test_a_unit_registers_a_server_that_it_manages_itself_or_entrusts_on_pages(county, managed, said):
    page = written_down(county, managed=managed).headers["Location"].partition("?")[0]
    no = FrontEndServer.objects.get().no
    assert "10.20.30.40" in seen("unit_admin", page) and said in seen("operator", HOME)
    with at(NOW):
        entered("unit_admin").post(page, {"act": "step", "action": "submit"})
        assert no in seen("operator", "/zh/desk/")
        entered("operator").post(page, {"act": "step", "action": "approve"})
    shown = seen("unit_admin", page)
    assert "已登记，运行中" in shown and said in shown and "relief: id, name, address" in shown
    assert FrontEndServer.objects.get().managed == managed
    version = DeclaredVersion.objects.get()
    assert (version.server.no, version.number, version.facts["managed"], version.from_at) == (no, 1, managed, NOW)
    assert entries(county.url, "nodes.server_moved") == 2


@pytest.mark.clause("SX-13-a")
def test_what_it_declares_has_no_password_and_is_told_at_once_where_it_is_wrong(county):
    wrong = {"accounts": "share_in / s3cret!", "host": "http://10.0.0.1/", "port": "70000", "tables": "relief"}
    told = words(written_down(county, **wrong))
    assert "有 4 处需要更正" in told
    assert "密码不在平台上填写" in told
    assert not FrontEndServer.objects.exists()
    assert {"password", "secret"}.isdisjoint(queries.rules.DECLARED)


@pytest.mark.clause("SX-13-a")
def test_nobody_registers_for_another_unit_and_none_but_who_answers_for_them_reads_them(county):
    no = fronting.registered(county)
    page = f"{HOME}{no}/"
    hire(county, "stranger", "外人", unit=UNITS[4], roles=("unit_admin",))
    assert entered("stranger").get(page).status_code == 404
    assert no not in seen("stranger", HOME)
    for reader in ("consumer", "operator", "authority"):
        assert "民政前置机" in seen(reader, page), reader
    assert entered("consumer").post(f"{HOME}new/", {**fronting.FORM, "code": "X-1", "at": "0-"}).status_code == 403
    assert FrontEndServer.objects.count() == 1


@pytest.mark.clause("SX-13-a")
def test_they_stand_in_the_menu_of_who_has_to_do_with_them(county):
    fronting.administrator(county)
    standing = {each for each in ("unit_admin", "editor", "operator", "consumer") if "前置机" in menu(each)}
    assert standing == {"unit_admin", "editor", "operator"}


def menu(username: str) -> str:
    body = entered(username).get("/zh/desk/").content.decode()
    return body.partition('<nav class="side"')[2].partition("</nav>")[0]


@pytest.mark.clause("SX-13-a")
def test_entrusting_a_server_is_a_change_with_a_day_after_which_the_operator_carries_out_what_is_changed(county):
    server = fronting.registered(county)
    no = fronting.submitted(county, server, port=5432, managed="ENTRUSTED")
    assert ServerChange.objects.get(no=no).items == ["management"]
    fronting.take(county, no, "approve", by="operator")
    fronting.take(county, no, "execute", by="unit_admin", now=fronting.IN_TIME)
    fronting.take(county, no, "verify", by="operator", now=fronting.IN_TIME)
    first, second = DeclaredVersion.objects.order_by("number")
    assert (first.facts["managed"], second.facts["managed"], second.from_at) == ("SELF", "ENTRUSTED", fronting.IN_TIME)
    later = fronting.submitted(county, server, port=7432)
    assert later in seen("operator", "/zh/desk/")
    fronting.take(county, later, "approve", by="operator")
    with pytest.raises((NotYourRole, OtherSideTaken)):
        fronting.take(county, later, "execute", by="unit_admin", now=fronting.IN_TIME)
    fronting.take(county, later, "execute", by="operator", now=fronting.IN_TIME)
    assert later in seen("unit_admin", "/zh/desk/")
    fronting.take(county, later, "verify", by="unit_admin", now=fronting.IN_TIME)
    assert FrontEndServer.objects.get().facts["port"] == 7432


@pytest.mark.clause("SX-13-a")
@pytest.mark.parametrize(("managed", "who"), [("SELF", "unit_admin"), ("ENTRUSTED", "operator")])
def test_who_manages_a_server_carries_out_what_is_changed_and_nobody_else(county, managed, who):
    no = fronting.submitted(county, fronting.registered(county, managed=managed))
    officers = ("unit_admin", "operator", "authority")
    may = [each for each in officers if queries.execution_form(no, actor=county.actor(each), now=NOW).may]
    assert may == [who]


@pytest.mark.clause("SX-13-a")
def test_what_a_server_declared_before_stays_readable_with_from_when(county):
    server = fronting.registered(county)
    no = fronting.submitted(county, server)
    fronting.take(county, no, "approve", by="operator")
    fronting.take(county, no, "execute", by="unit_admin", now=fronting.IN_TIME)
    fronting.take(county, no, "verify", by="operator", now=fronting.IN_TIME)
    page = seen("unit_admin", f"{HOME}{server}/")
    assert "6432" in page and no in page and "2026-03-09 20:00" in page
    former, now = (seen("operator", f"{HOME}{server}/versions/{number}/") for number in (1, 2))
    assert ("5432" in former, "6432" in former, "6432" in now) == (True, False, True)
    digests = DeclaredVersion.objects.order_by("number").values_list("digest", flat=True)
    assert len(set(digests)) == 2 and all(digest in page for digest, page in zip(digests, (former, now), strict=True))


@pytest.mark.clause("SX-13-a")
def test_a_server_that_is_retired_or_refused_is_changed_no_more_and_its_code_is_free(county):
    refused = fronting.drafted(county)
    fronting.move(county, refused, "submit", by="unit_admin")
    fronting.move(county, refused, "reject", by="operator", reason="与备案的网络不符")
    server = fronting.registered(county)  # with the same code
    fronting.move(county, server, "retire", by="unit_admin", reason="设备报废")
    with pytest.raises(queries.rules.ServerNotRunning):
        fronting.change(county, server)
    with pytest.raises(queries.rules.ServerCodeTaken):
        fronting.drafted(county)  # what was registered keeps its code for good
    assert list(Step.objects.filter(case=server).values_list("action", flat=True)) == ["submit", "approve", "retire"]


@pytest.mark.clause("SX-13-a")
def test_the_log_has_who_registered_what_by_its_digest(county):
    server = fronting.registered(county)
    with psycopg.connect(county.url, options="-c role=hutong_owner") as opened:
        told = "select record::jsonb from audit.entry where event like 'nodes.%%' order by id"
        drafted, submitted, approved = (record for (record,) in opened.execute(told))
    assert [each["by"] for each in (drafted, submitted, approved)] == ["unit_admin", "unit_admin", "operator"]
    assert (approved["server"], approved["digest"]) == (server, DeclaredVersion.objects.get().digest)


def signing(county) -> str:
    """Return the number of a registered server that signs as a system of the bureau."""
    return fronting.registered(county, system="civil-app")


@pytest.mark.clause("SX-13-b")
@pytest.mark.parametrize(("minutes", "lost"), [(0, False), (30, False), (31, True)])
def test_a_server_that_is_not_heard_for_half_an_hour_is_shown_as_lost(county, minutes, lost):
    no = signing(county)
    assert "没有收到过心跳" in seen("operator", f"{HOME}{no}/")
    fronting.heard(county)
    with at(NOW + timedelta(minutes=minutes)):
        for page in (f"{HOME}{no}/", HOME):
            told = seen("operator", page)
            assert ("失去联系" in told, "运行中，最近心跳" in told) == (lost, not lost), page


@pytest.mark.clause("SX-13-b")
def test_a_server_signs_as_a_system_of_its_own_unit_that_no_other_server_signs_as(county):
    signing(county)
    with pytest.raises(queries.rules.ServerSystemTaken):
        fronting.drafted(county, code="QZJ-02", system="civil-app")
    with pytest.raises(queries.rules.ServerSystemUnknown):
        fronting.drafted(county, code="QZJ-02", system="nobodys")
