"""A unit that was merged or abolished: what is settled first, what its stopping does at once, and starting again."""

from datetime import timedelta

import psycopg
import pytest
import registering
from acting import NOW, County, credit_code, entries

from hutong.control.catalog import operations as catalog
from hutong.control.registration.models import Registration
from hutong.control.sharing import operations as sharing
from hutong.control.sharing import queries, service, stopping, suspended
from hutong.control.units import queries as units_read
from hutong.control.units.models import Unit
from hutong.control.units.rules import UnitStopped
from hutong.core import canonical
from hutong.core.errors import Problem
from hutong.db.database import Database
from hutong.plane import registers, suspensions
from hutong.plane.answer import asking, compare
from hutong.plane.keys import Keyring
from hutong.plane.suspensions import Suspendable, Suspension

REASON = "县委编办〔2026〕3号"
KEYRING = Keyring({"k1": bytes(32)}, current="k1")


def stop(county: County, unit: str) -> None:
    stopping.stop(unit, reason=REASON, now=NOW, by="operator")


def filed(county: County) -> str:
    no = county.draft()
    county.walk(no, to="FILED")
    return f"G-{no}"


def ask(county: County, grant: str, *, nonce: bytes) -> str:
    """Return the code a signed comparison of the civil affairs bureau's system is refused with, or OK."""
    caller = asking.Caller("civil-app", county.civil, "rfc9421", 1, nonce, NOW + timedelta(minutes=5))
    context = asking.Context("zhang", "pc-1", "核验低保申请人身份", "DB-001")
    question = compare.CompareQuestion(
        asking.SignedQuestion(caller, context, grant, NOW), (compare.Claim(("330523200001010017",), {"name": "张"}),)
    )
    plane = Database(county.url, role="plane", size=1)
    try:
        (told,) = compare.answer(plane, questions=[question], keyring=KEYRING, now=NOW, make=lambda _, answer: answer)
        return told.code if isinstance(told, Problem) else "OK"
    finally:
        plane.close()


@pytest.mark.clause("SX-03", "SX-10-d")
def test_its_officers_are_out_its_systems_refused_and_its_service_suspended_with_the_reason(county):
    grant = filed(county)
    assert ask(county, grant, nonce=b"a" * 16) == "OK"
    stop(county, county.civil)

    with pytest.raises(units_read.NoSuchOfficer):
        county.actor("consumer")
    assert ask(county, grant, nonce=b"b" * 16) == "SYSTEM_STOPPED"
    assert [grant.suspended for grant in queries.grants(county.actor("editor"))] == [True]
    with psycopg.connect(county.url, options="-c role=hutong_owner") as opened:
        rows = opened.execute("select event, record from audit.entry order by id desc limit 5").fetchall()
    assert [(event, canonical.loads(record).get("reason")) for event, record in reversed(rows)] == [
        ("units.unit_stopped", REASON),
        ("plane.suspended", f"使用单位已停用：{REASON}"),
        ("plane.system_changed", None),
        ("registration.moved", f"使用单位已停用：{REASON}"),
        ("plane.refused", None),
    ]
    stop(county, county.civil)
    assert entries(county.url, "units.unit_stopped") == 1


@pytest.mark.clause("SX-10-d")
@pytest.mark.parametrize(
    ("kind", "refusal"),
    [("system", "SYSTEM_STOPPED"), ("user", "USER_NOT_REGISTERED"), ("device", "DEVICE_NOT_REGISTERED")],
)
def test_what_is_locked_is_answered_again_once_unlocked_and_what_is_cancelled_never(county, kind, refusal):
    grant, told = filed(county), []
    registering.administrator(county)
    no = Registration.objects.get(kind=kind).no
    for action, by in (("lock", "operator"), ("unlock", "operator"), ("cancel", "unit_admin")):
        told.append(ask(county, grant, nonce=action.encode().ljust(16)))
        registering.take(county, no, action, by=by, reason="核查")
    assert [*told, ask(county, grant, nonce=bytes(16))] == ["OK", refusal, "OK", refusal]


@pytest.mark.clause("SX-03", "SX-16-a")
def test_started_again_what_it_was_stopped_with_is_lifted_and_nothing_else(county):
    grant, operator = filed(county), county.actor("operator")
    before = service.suspend(Suspendable.UNIT, county.civil, reason="未整改", clause="SX-16-a", actor=operator, now=NOW)
    stop(county, county.civil)
    (with_unit, decided) = suspensions_of(county)
    assert (decided.id, decided.state, with_unit.state, with_unit.clause) == (
        before, "standing", "standing_with_unit", "SX-03",
    )  # fmt: skip
    with pytest.raises(suspensions.SuspensionCannotMove):
        service.lift(with_unit.id, verified="恢复", actor=operator, now=NOW)
    stopping.start(county.civil, now=NOW, by="operator")
    assert [each.state for each in suspensions_of(county)] == ["lifted", "standing"]

    assert county.actor("consumer").unit == county.civil
    assert ask(county, grant, nonce=b"a" * 16) == "SYSTEM_STOPPED"
    no = Registration.objects.get(kind="system").no
    registering.take(county, no, "unlock", by="operator", reason="重新启用")
    assert ask(county, grant, nonce=b"b" * 16) == "SERVICE_SUSPENDED"
    service.lift(before, verified="已核查", actor=operator, now=NOW)
    assert ask(county, grant, nonce=b"c" * 16) == "OK"


def suspensions_of(county: County) -> list[Suspension]:
    """Return the suspensions that stand or stood of the county's one grant, the newest first."""
    operator = county.actor("operator")
    (found,) = suspended.of_grants(queries.grants(operator), actor=operator).values()
    return found


def test_a_unit_is_not_stopped_while_it_publishes_and_is_once_that_is_withdrawn(county):
    grant = filed(county)
    with pytest.raises(stopping.UnitStillProvides) as refused:
        stop(county, county.police)
    assert refused.value.facts == {"unit": "示范县公安局", "entries": f"人口基本信息 {county.code}"}
    county.withdraw(reason=REASON)
    stop(county, county.police)
    assert [(told.no, told.state) for told in queries.grants(county.actor("consumer"))] == [(grant, "revoked")]


def test_a_unit_is_not_stopped_while_what_it_applied_for_is_under_way(county):
    no = county.draft()
    county.walk(no, to="COMPLIANCE_CHECK")
    with pytest.raises(stopping.UnitStillApplies) as refused:
        stop(county, county.civil)
    assert refused.value.facts["applications"] == no
    county.take(no, "take_back", by="consumer")
    stop(county, county.civil)


def test_a_unit_is_not_stopped_while_it_endorses_for_others(county):
    social = credit_code(5)
    with pytest.raises(stopping.UnitStillCompetent) as refused:
        stop(county, social)
    assert refused.value.facts["units"] == "示范县民政局"
    stop(county, county.civil)
    stop(county, social)
    with pytest.raises(UnitStopped):
        stopping.start(county.civil, now=NOW, by="operator")


@pytest.mark.clause("SX-03")
def test_an_officer_who_was_at_it_when_the_unit_was_stopped_begins_nothing_new(county):
    clerk, editor, no = county.actor("consumer"), county.actor("editor"), county.draft()
    stop(county, county.civil)
    Unit.objects.filter(pk=county.police).update(active=False)
    with pytest.raises(UnitStopped):
        county.draft(actor=clerk)
    with pytest.raises(UnitStopped):
        sharing.take(no, "lodge", actor=clerk, now=NOW, calendar=county.calendar)
    with pytest.raises(UnitStopped):
        catalog.draft(
            code="307002/000001", name="婚姻登记", abstract="婚姻登记。", key=["number"],
            items=[{"code": "number", "name": "登记字号"}], actor=editor, now=NOW,
        )  # fmt: skip


def test_without_its_entry_in_the_log_nothing_is_stopped(county, log_down):
    grant = filed(county)
    log_down(county.url)
    with pytest.raises(Exception, match="permission denied"):
        stop(county, county.civil)
    assert county.actor("consumer").unit == county.civil
    owner = Database(county.url, role="owner", size=1)
    with owner.transaction() as cur:
        assert suspensions.of_grants(cur, nos=[grant]) == {grant: []}
        assert registers.system(cur, id="civil-app").state == "active"
    owner.close()
