"""Article 6: the provider supplies what the published catalogue lists, and answers for it."""

import pytest
from acting import CODE, NOW
from answering import a_grant, opened
from comparing import answer, question, told
from delivering import definition, row
from outcomes import DONE, came_of

from hutong.control.catalog import deliveries
from hutong.control.catalog import operations as catalog
from hutong.control.orgs.rules import Actor
from hutong.plane import grants


@pytest.mark.clause("SX-06-a")
def test_what_the_catalogue_does_not_list_is_not_supplied(provider):
    assert came_of(provider.send, [row("A1")], code="999999/000001") == "RESOURCE_UNKNOWN"
    assert came_of(provider.send, [row("A1")], version=2) == "VERSION_UNKNOWN"
    assert came_of(provider.send, [row("A1")]) == DONE


@pytest.mark.clause("SX-06-a")
def test_what_left_the_catalogue_is_supplied_no_more_and_answered_no_more(platform, provider):
    opened(platform, a_grant())
    provider.send([row("A1", remark="1")])
    with platform.transaction() as cur:
        assert grants.withdraw(cur, code="people", reason="依据已废止", now=NOW, by="chief") == ["g1"]
        assert grants.withdraw(cur, code=definition().code, reason="依据已废止", now=NOW, by="chief") == []
    assert told(answer(platform, question())) == ["GRANT_REVOKED"]
    assert came_of(provider.send, [row("A2", remark="2")]) == "DELIVERY_TO_WITHDRAWN"
    assert provider.held() == ["1"]
    assert came_of(opened, platform, a_grant("g2")) == "RESOURCE_WITHDRAWN"


@pytest.mark.clause("SX-06-b")
def test_the_providing_units_editor_delivers_and_nobody_else(county):
    officers = ("editor", "approver", "consumer", "competent", "authority", "operator")
    asked_by = {name: came_of(deliveries.check, code=CODE, actor=county.actor(name)) for name in officers}
    assert asked_by == {name: DONE if name == "editor" else "NOT_YOUR_ROLE" for name in officers}


@pytest.mark.clause("SX-06-b")
def test_another_units_editor_neither_delivers_nor_changes_what_the_entry_says(county):
    stranger = Actor("other", "周敏", county.civil, "示范县民政局", frozenset({"provider_editor"}))
    assert came_of(deliveries.check, code=CODE, actor=stranger) == "NOT_YOUR_ROLE"
    for actor, came in ((stranger, "NOT_YOUR_ROLE"), (county.actor("editor"), DONE)):
        assert came_of(catalog.take, CODE, "revise", actor=actor, now=NOW, calendar=county.calendar) == came


@pytest.mark.clause("SX-06-b", "SP-03-b")
def test_the_platform_holds_what_the_business_database_sent_last(provider):
    provider.send([row("A1", remark="1"), row("A2", remark="2"), row("A3", remark="3")])
    receipt = provider.send([row("A1", remark="1"), row("A2", remark="new"), row("A3", remark="3"), row("A4")])
    assert (receipt.inserted, receipt.updated, receipt.deleted) == (1, 1, 0)
    assert provider.held() == ["", "1", "3", "new"]
    changed = provider.send([{**row("A1"), "_op": "d"}, {**row("A3", remark="4"), "_op": "u"}], kind="changes")
    assert (changed.inserted, changed.updated, changed.deleted) == (0, 1, 1)
    assert provider.held() == ["", "4", "new"]


@pytest.mark.clause("SX-06-b", "SX-06-d")
def test_every_row_sent_is_accounted_for_and_the_numbers_are_entered(provider):
    assert came_of(provider.send, [row("A1"), row("A2", name=""), row("A3", amount="1001")]) == DONE
    (record,) = provider.entries("plane.delivered")
    assert (record["sent"], record["accepted"], record["rejected"], record["by"]) == (3, 2, 1, "clerk")


@pytest.mark.clause("SX-06-d")
def test_what_only_warns_is_counted(provider):
    receipt = provider.send([row("A1", amount="1000"), row("A2", amount="1000.01"), row("A3", amount="2000")])
    assert (receipt.accepted, receipt.warned) == (3, 2)


@pytest.mark.clause("SX-06-d")
def test_what_is_incomplete_or_inaccurate_is_told_by_row_item_and_reason(provider):
    provider.send([row("A1", name=""), row("A2", born="x"), row("A3", amount="-1", name="")])
    assert provider.rejected() == [
        (2, "name", "VALUE_MISSING"),
        (3, "born", "VALUE_OF_OTHER_TYPE"),
        (4, "amount", "VALUE_TOO_SMALL"),
        (4, "name", "VALUE_MISSING"),
    ]
