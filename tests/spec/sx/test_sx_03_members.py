"""Article 3: agencies of the Party and government and related units share and exchange information on the platform."""

from datetime import date

import pytest
from acting import NOW, PASSWORD, credit_code, entries
from answering import a_grant, opened
from comparing import answer, question, told
from django.db import connection, transaction
from gateway_county import Door, claim
from outcomes import DONE, came_of

from hutong.control.catalog import operations as catalog
from hutong.control.enrolment import operations as enrolment
from hutong.control.enrolment.enrolled import EnrolledDevice, EnrolledSystem, EnrolledUser, FilePosition, Listed
from hutong.control.sharing import operations as sharing
from hutong.control.sharing import queries as grants
from hutong.control.sharing import service, stopping, suspended
from hutong.control.units import operations as members
from hutong.control.units import queries
from hutong.control.units.models import Unit
from hutong.db import database
from hutong.plane import registers
from hutong.plane.keys import Keyring

pytestmark = pytest.mark.clause("SX-03")
NEW = credit_code(6)


def register(**changes) -> str:
    given = {"credit_code": NEW, "name": "示范县教育局", "kind": "organ", **changes}
    return members.register(**given, now=NOW, by="x")


def officer(**changes) -> str:
    given = {"username": "new", "password": PASSWORD, "name": "周敏", "unit": NEW, "roles": ["consumer"]}
    return members.add_officer(**{**given, **changes}, now=NOW, by="x")


@pytest.mark.clause("HN-02-a", "SP-03-a")
@pytest.mark.parametrize("kind", ["organ", "public_institution", "enterprise", "intermediary"])
def test_organs_and_related_units_become_members(county, kind):
    assert came_of(register, kind=kind) == DONE
    assert (queries.registered(NEW).kind, queries.registered(NEW).active) == (kind, True)
    assert entries(county.url, "units.unit_registered") == 6


@pytest.mark.clause("PS-09-1", "HN-02-a", "SP-03-a")
def test_whoever_is_no_such_unit_does_not(county):
    miscounted = NEW[:-1] + ("0" if NEW[-1] != "0" else "1")
    assert came_of(register, kind="club") == "KIND_UNKNOWN"
    assert came_of(register, credit_code=miscounted) == "CREDIT_CODE_CHECK_FAILED"
    assert came_of(register, name="示范县公安局") == "UNIT_TAKEN"
    assert came_of(register, competent=credit_code(99)) == "NO_SUCH_UNIT"
    assert queries.registered(NEW) is None


def test_only_a_member_has_officers(county):
    assert came_of(officer) == "NO_SUCH_UNIT"
    register()
    assert came_of(officer) == DONE
    assert queries.actor("new", now=NOW).unit == NEW


def test_who_has_left_begins_nothing_and_has_no_new_officers(county):
    clerk, no = county.actor("consumer"), county.draft()
    stopping.stop(county.civil, reason="撤并", now=NOW, by="x")
    assert came_of(county.actor, "consumer") == "NO_SUCH_OFFICER"
    assert came_of(county.draft, actor=clerk) == "UNIT_STOPPED"
    assert came_of(sharing.take, no, "lodge", actor=clerk, now=NOW, calendar=county.calendar) == "UNIT_STOPPED"
    assert came_of(officer, unit=county.civil) == "UNIT_STOPPED"
    stopping.start(county.civil, now=NOW, by="x")
    assert came_of(county.draft) == "OUTSIDE_REGISTERS"  # its systems are started one by one
    with transaction.atomic(), database.joined(connection) as cur:
        registers.change_system(cur, id="civil-app", state="active", now=NOW, by="x")
    assert came_of(county.draft) == DONE


def test_who_has_left_negotiates_nothing_and_brings_no_entry_on_its_way(county):
    clerk, editor, no = county.actor("consumer"), county.actor("editor"), county.draft()
    county.take(no, "lodge", by="consumer")
    county.take(no, "refuse", by="competent", reason="与职责无关", basis="第八条")
    change = county.begin_change()
    Unit.objects.filter(pk__in=[county.civil, county.police]).update(active=False)
    given = {"now": NOW, "calendar": county.calendar}
    assert came_of(sharing.take, no, "negotiate", actor=clerk, reason="确需使用", **given) == "UNIT_STOPPED"
    assert came_of(catalog.take, change, "submit", actor=editor, **given) == "UNIT_STOPPED"


@pytest.mark.clause("SX-10-d")
def test_who_has_left_registers_no_system_person_or_device(county, tmp_path):
    keyring = Keyring.create(tmp_path / "keyring.json")
    given = (
        EnrolledSystem("new-app", county.civil, "新系统", 2, date(2027, 12, 31), bytes(32)),
        EnrolledUser("new-person", county.civil, "周敏"),
        EnrolledDevice("new-pc", county.civil, "新电脑"),
    )

    def enrol(entry) -> None:
        listed: list[Listed] = [(FilePosition("x", 1), entry)]
        list(enrolment.enrol(listed, keyring=keyring, now=NOW, actor=county.actor("operator")))

    stopping.stop(county.civil, reason="撤并", now=NOW, by="x")
    assert [came_of(enrol, each) for each in given] == ["UNIT_STOPPED"] * 3
    stopping.start(county.civil, now=NOW, by="x")
    assert [came_of(enrol, each) for each in given] == [DONE] * 3


@pytest.mark.clause("IS-5.1-b")
def test_with_the_unit_that_leaves_its_systems_and_its_service_stop_and_stay_so_while_it_is_away(county):
    no = county.draft()
    county.walk(no, to="FILED")
    operator = county.actor("operator")
    assert [system.id for system in grants.systems(county.civil)] == ["civil-app"]
    stopping.stop(county.civil, reason="撤并", now=NOW, by="x")
    (grant,) = grants.grants(operator)
    assert ([system.id for system in grants.systems(county.civil)], grant.suspended) == ([], True)
    ((standing,),) = suspended.of_grants([grant], actor=operator).values()
    lift = (service.lift, standing.id)
    assert came_of(*lift, verified="恢复", actor=operator, now=NOW) == "SUSPENSION_CANNOT_MOVE"
    stopping.start(county.civil, now=NOW, by="x")
    assert [grant.suspended for grant in grants.grants(operator)] == [False]


def test_a_system_nobody_registered_is_answered_nothing(platform):
    opened(platform, a_grant())
    assert told(answer(platform, question(), question(system="unknown"))) == [[{"name": "match"}], "SYSTEM_CHANGED"]
    with platform.transaction() as cur:
        cur.execute("update plane.system set state = 'stopped' where id = 'sys-a'")
    assert told(answer(platform, question())) == ["SYSTEM_STOPPED"]


def test_a_request_no_registered_system_signed_is_refused_at_the_gateway(gate: Door):
    body = claim()
    signed = gate.signed("POST", "/v1/compare", body)
    stranger = {**signed, "signature-input": signed["signature-input"].replace('"sys-a"', '"nobody"')}
    forged = {**signed, "hutong-user": "li"}
    sent = ({"x-nothing": ""}, stranger, forged, signed)
    replies = [gate.post("/v1/compare", body, headers=headers) for headers in sent]
    assert [reply.status_code for reply in replies] == [401, 401, 401, 200]
    codes = [reply.json()["code"] for reply in replies[:3]]
    assert codes == ["NOT_SIGNED", "CALLER_UNKNOWN", "SIGNATURE_INVALID"]
