"""Hainan's measures: who takes part, and that nothing is shared outside the catalogue."""

import pytest
from acting import NOW as ACTED
from answering import NOW, STRANGER, a_grant, opened, supply
from delivering import definition, row
from outcomes import DONE, came_of

from hutong.control.orgs import operations as orgs
from hutong.control.orgs import queries
from hutong.core.text import ROLES
from hutong.plane import grants
from hutong.plane.definition import Mode

UNPUBLISHED = "999999/000001"


@pytest.mark.clause("HN-02-a", "SP-03-a", "SX-03")
def test_organs_institutions_enterprises_and_agencies_are_public_institutions_and_nobody_else(county):
    kinds = ("organ", "public_institution", "enterprise", "agency", "club", "", "ORGAN")

    def become(kind: str) -> None:
        orgs.change(county.police, name="示范县公安局", kind=kind, region_code="", competent=None, now=ACTED, by="x")

    came = {kind: came_of(become, kind) for kind in kinds}
    assert came == {kind: DONE if kind in kinds[:4] else "KIND_UNKNOWN" for kind in kinds}
    assert queries.registered(county.police).kind == "agency"


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
def test_nine_roles_are_told_apart():
    assert set(ROLES) == {
        "provider_editor", "provider_approver", "consumer", "competent", "authority", "operator", "auditor",
        "system_admin", "unit_head",
    }  # fmt: skip
