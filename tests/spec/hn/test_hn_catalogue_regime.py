"""Hainan's measures: who takes part, and that nothing is shared outside the catalogue."""

import pytest
from acting import NOW as ACTED
from acting import PASSWORD, credit_code
from answering import NOW, STRANGER, a_grant, opened, supply
from cataloguing import CIVIL_CODE, WAY, civil_officers, draft, entry_step
from delivering import definition, row
from outcomes import DONE, came_of, result_of

from hutong.control.enrolment import operations as enrolment
from hutong.control.enrolment.enrolled import EnrolledUnit, FilePosition, Listed
from hutong.control.sharing import queries as sharing
from hutong.control.units import operations as members
from hutong.control.units import queries
from hutong.control.units.models import Unit
from hutong.core.text import ROLES
from hutong.plane import grants
from hutong.plane.definition import Mode
from hutong.plane.keys import Keyring

KINDS = ("organ", "public_institution", "enterprise", "intermediary")
UNPUBLISHED = "999999/000001"


@pytest.mark.clause("HN-02-a", "SP-03-a", "SX-03")
def test_organs_institutions_enterprises_and_agencies_are_public_institutions_and_nobody_else(county):
    kinds = ("organ", "public_institution", "enterprise", "intermediary", "club", "", "ORGAN")

    def become(kind: str) -> None:
        members.change(county.police, name="示范县公安局", kind=kind, region_code="", competent=None, now=ACTED, by="x")

    came = {kind: came_of(become, kind) for kind in kinds}
    assert came == {kind: DONE if kind in kinds[:4] else "KIND_UNKNOWN" for kind in kinds}
    assert queries.registered(county.police).kind == "intermediary"
    for kind in kinds[:4]:
        become(kind)
        assert queries.registered(county.police).kind == kind


@pytest.mark.clause("HN-02-a", "SP-03-a")
@pytest.mark.parametrize("kind", KINDS)
def test_the_operators_file_registers_each_kind_as_what_it_is(county, tmp_path, kind):
    keyring = Keyring.create(tmp_path / "keyring.json")

    def enrol(name: str, kind: str) -> None:
        listed: list[Listed] = [(FilePosition("units", 1), EnrolledUnit(credit_code(6), name, kind))]
        list(enrolment.enrol(listed, keyring=keyring, now=ACTED, actor=county.actor("operator")))

    assert came_of(enrol, "示范县教育局", kind) == DONE
    assert queries.registered(credit_code(6)).kind == kind
    assert came_of(enrol, "示范县教育局", "club") == "KIND_UNKNOWN"
    for other in KINDS:
        enrol("示范县教育局", other)
        assert queries.registered(credit_code(6)).kind == other


@pytest.mark.clause("HN-02-a", "SP-03-a")
@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_provides_and_applies_like_an_organ(county, kind):
    Unit.objects.filter(pk__in=[county.civil, county.police]).update(kind=kind)
    assert came_of(civil_officers, county) == DONE
    assert came_of(draft, county) == DONE
    steps = [entry_step(county, CIVIL_CODE, action, by=by) for action, by in WAY]
    assert steps == ["SUBMITTED", "REGISTERED", "PUBLISHED"]
    no = result_of(county.draft)
    assert result_of(county.take, no, "lodge", by="consumer") == "LODGED"
    county.walk(str(no), to="FILED")
    assert [grant.state for grant in sharing.grants(county.actor("operator"))] == ["active"]
    officer = {"username": "new", "password": PASSWORD, "name": "周敏", "unit": county.civil, "roles": ["consumer"]}
    assert came_of(members.add_officer, **officer, now=ACTED, by="x") == DONE


@pytest.mark.clause("HN-07")
def test_nothing_is_supplied_or_granted_that_the_catalogue_does_not_list(platform, provider):
    assert came_of(provider.send, [row("A1")], code=UNPUBLISHED) == "RESOURCE_UNKNOWN"
    assert came_of(opened, platform, a_grant(code=UNPUBLISHED)) == "DATA_NOT_SUPPLIED"
    assert came_of(provider.send, [row("A1")]) == DONE
    assert came_of(opened, platform, a_grant()) == DONE


@pytest.mark.clause("HN-07")
def test_an_item_is_granted_as_its_entry_lists_it(platform):
    tried = {
        "listed": a_grant("g1", items=("name",)),
        "not listed": a_grant("g2", items=("name", "salary")),
        "not listed for this mode": a_grant("g3", mode=Mode.QUERY, items=("income",)),
        "of another unit": a_grant("g4", provider=STRANGER),
    }
    assert {what: came_of(opened, platform, grant) for what, grant in tried.items()} == {
        "listed": DONE,
        "not listed": "ITEM_UNKNOWN",
        "not listed for this mode": "ITEM_NOT_OFFERED",
        "of another unit": "PROVIDER_NOT_OWNER",
    }


@pytest.mark.clause("HN-07")
def test_what_left_the_catalogue_is_shared_no_more(platform, provider):
    provider.send([row("A1")])
    with platform.transaction() as cur:
        for code in ("people", definition().code):
            grants.withdraw(cur, code=code, reason="依据已废止", now=NOW, by="chief")
    supply(platform, [])
    assert came_of(opened, platform, a_grant("g1")) == "RESOURCE_WITHDRAWN"
    assert came_of(provider.send, [row("A2")]) == "DELIVERY_TO_WITHDRAWN"


@pytest.mark.clause("IS-3.1", "SP-03-a")
def test_thirteen_roles_are_told_apart():
    assert set(ROLES) == {
        "provider_editor", "provider_approver", "consumer", "competent", "authority", "operator", "government",
        "auditor", "system_admin", "security_admin", "unit_admin", "unit_head", "examiner",
    }  # fmt: skip
