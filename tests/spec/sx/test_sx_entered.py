"""What stays of every step in the log: which it was, by whom, for what reason, on what basis and by which clause."""

import psycopg
import pytest
from acting import CODE, NOW, County
from cataloguing import CIVIL_CODE, civil_officers, draft, edit, entry_step
from outcomes import came_of

from hutong.control.sharing import operations as sharing
from hutong.core import canonical
from hutong.plane.definition import Mode

WAY = ("lodge", "endorse", "accept", "pass_on", "agree", "confirm", "begin_supply", "report_supply", "verify", "file")
STATES = ("DRAFT", "LODGED", "DEPARTMENT_ENDORSED", "COMPLIANCE_CHECK", "PROVIDER_REPLY", "PROVIDER_AGREED",
          "CONFIRMED", "PROVIDER_SUPPLYING", "SUPPLIED", "PURPOSE_VERIFYING", "FILED")  # fmt: skip
BY = ("consumer", "competent", "authority", "authority", "approver", "authority", "editor", "editor", "operator",
      "operator")  # fmt: skip
CLAUSES = ("SX-08-e", "SX-08-a", "SX-08-b", "SX-08-b", "SX-08-c", "SX-08-b", "SX-08-c", "SX-08-c", "SX-08-f", "SX-08-f")


def entered(county: County, event: str) -> list[dict]:
    """Return the records of an event, in order."""
    with psycopg.connect(county.url, options="-c role=hutong_owner") as opened:
        rows = opened.execute("select record from audit.entry where event = %s order by id", [event]).fetchall()
    return [canonical.loads(record) for (record,) in rows]


@pytest.mark.clause("SX-08-a", "SX-08-b", "SX-08-c", "SX-08-d", "SX-08-e", "SX-08-f")
def test_every_step_of_an_application_is_entered_with_who_took_it_and_by_which_clause(county):
    no = county.draft()
    county.walk(no, to="FILED")
    told = ("application", "action", "from_state", "to_state", "by", "clause")
    expected = [(no, *step) for step in zip(WAY, STATES, STATES[1:], BY, CLAUSES, strict=False)]
    assert [tuple(record[name] for name in told) for record in entered(county, "sharing.application_moved")] == expected


@pytest.mark.parametrize(
    ("state", "by"),
    [
        pytest.param("LODGED", "competent", marks=pytest.mark.clause("SX-08-a")),
        pytest.param("COMPLIANCE_CHECK", "authority", marks=pytest.mark.clause("SX-08-b")),
        pytest.param("PROVIDER_REPLY", "approver", marks=pytest.mark.clause("SX-08-c")),
        pytest.param("PURPOSE_VERIFYING", "operator", marks=pytest.mark.clause("SX-08-f")),
    ],
)
def test_a_refusal_is_entered_with_its_reason_and_its_legal_basis(county, state, by):
    no = county.draft()
    county.walk(no, to=state)
    came_of(county.take, no, "refuse", by=by, reason="与职责无关", basis="《管理办法》第八条")
    record = entered(county, "sharing.application_moved")[-1]
    assert {name: record[name] for name in ("action", "to_state", "reason", "basis", "by")} == {
        "action": "refuse", "to_state": "REFUSED", "reason": "与职责无关", "basis": "《管理办法》第八条", "by": by,
    }  # fmt: skip


@pytest.mark.clause("SX-08-a", "SX-08-e")
def test_an_application_is_entered_with_duty_basis_and_what_it_asks_for(county):
    no = county.draft()
    (record,) = entered(county, "sharing.application_drafted")
    assert {name: value for name, value in record.items() if name != "digest"} == {
        "application": no, "resource": CODE, "unit": county.civil, "system": "civil-app", "mode": "compare",
        "items": ["name"], "purpose": "核验低保申请人身份", "matter": "DB-001",
        "legal_basis": "《社会救助暂行办法》第十一条", "by": "consumer",
    }  # fmt: skip


@pytest.mark.clause("SX-08-e", "SX-10-b")
def test_what_is_not_lodged_yet_is_entered_for_the_applicant_alone_and_from_then_on_for_all_parties(county):
    lodged, given_up = county.draft(), county.draft()
    for no in (lodged, given_up):
        came_of(sharing.amend, no, changes={"quota": 7}, actor=county.actor("consumer"), now=NOW)
    came_of(county.take, given_up, "take_back", by="consumer")
    assert parties(county) == {county.civil}
    came_of(county.take, lodged, "lodge", by="consumer")
    assert parties(county) > {county.civil, county.police}


def parties(county) -> set[str]:
    """Return the units that are parties of entries about applications."""
    with psycopg.connect(county.url, options="-c role=hutong_owner") as opened:
        found = opened.execute(
            "select unnest(array[unit, counterpart] || array(select p.unit from audit.party p where p.entry_id = e.id))"
            " from audit.entry e where event like 'sharing.%'"
        ).fetchall()
    return {unit for (unit,) in found if unit}


@pytest.mark.clause("SX-08-e")
def test_a_change_of_an_application_is_entered_with_what_it_said_before_and_after(county):
    no = county.draft()
    came_of(sharing.amend, no, changes={"quota": 7}, actor=county.actor("consumer"), now=NOW)
    (applied,), records = entered(county, "sharing.application_drafted"), entered(county, "sharing.application_changed")
    assert [(record["application"], record["before"], record["by"]) for record in records] == [
        (no, applied["digest"], "consumer")
    ]
    assert records[0]["after"] not in ("", None, applied["digest"])


@pytest.mark.clause("SX-07-e")
def test_what_the_ladder_found_is_entered_rung_by_rung_with_the_reason(county):
    no = county.draft(mode=Mode.QUERY, items=["address"], need=["value_not_at_hand"])
    county.walk(no, to="CONFIRMED")
    told = ("application", "mode", "sufficient", "reason", "explanation", "by")
    assert [tuple(record[name] for name in told) for record in entered(county, "sharing.ladder_decided")] == [
        (no, "compare", False, "value_not_at_hand", "lodge", "consumer"),
        (no, "query", True, None, "lodge", "consumer"),
        (no, "compare", False, "value_not_at_hand", "confirm", "authority"),
        (no, "query", True, None, "confirm", "authority"),
    ]


@pytest.mark.clause("SX-08-d", "SX-11-b")
def test_what_the_operator_opens_is_entered_in_full_with_the_application_it_follows(county):
    no = county.draft(mode=Mode.QUERY, items=["address", "street"], conditions=["street"], need=["value_not_at_hand"])
    county.walk(no, to="FILED")
    (record,) = entered(county, "plane.grant_opened")
    assert record == {
        "grant": f"G-{no}", "application": no, "filing_no": "BA2026-000001", "by": "operator", "resource": CODE,
        "provider": county.police, "consumer": county.civil, "system": "civil-app", "mode": "query",
        "items": ["address", "street"], "conditions": ["street"], "purpose": "核验低保申请人身份",
        "matters": ["DB-001"], "users": ["zhang"], "devices": ["pc-1"], "fold_absent": True, "quota": 1000,
        "guesses": 10, "from_at": "2026-03-02T01:00:00+00:00", "until_at": "2027-03-02T01:00:00+00:00",
        "row_filter": {}, "version": 1, "yearly_records": 100,
    }  # fmt: skip


@pytest.mark.clause("SX-04-a", "SX-04-e", "SX-05-b")
def test_every_step_of_an_entry_is_entered_with_who_took_it_why_and_by_which_clause(county):
    civil_officers(county)
    draft(county)
    for action, by, reason in (
        ("submit", "civil-editor", ""), ("return", "civil-approver", "补充摘要"), ("submit", "civil-editor", ""),
        ("register", "civil-approver", ""), ("publish", "authority", ""), ("begin", "civil-editor", ""),
        ("drop", "civil-editor", ""),
    ):  # fmt: skip
        entry_step(county, CIVIL_CODE, action, by=by, **({"reason": reason} if reason else {}))
    entry_step(county, CODE, "withdraw", by="authority", reason="依据已废止")
    told = ("action", "from_state", "to_state", "reason", "clause", "by", "version")
    records = [record for record in entered(county, "catalog.change_moved") if record["resource"] == CIVIL_CODE]
    assert [tuple(record[name] for name in told) for record in records] == [
        ("submit", "DRAFT", "SUBMITTED", None, "SX-05-a", "civil-editor", 1),
        ("return", "SUBMITTED", "RETURNED", "补充摘要", "SX-04-e", "civil-approver", 1),
        ("submit", "RETURNED", "SUBMITTED", None, "SX-05-a", "civil-editor", 1),
        ("register", "SUBMITTED", "REGISTERED", None, "SX-04-e", "civil-approver", 1),
        ("publish", "REGISTERED", "PUBLISHED", None, "SX-04-a", "authority", 1),
        ("drop", "DRAFT", "DROPPED", None, "SX-05-b", "civil-editor", 2),
    ]
    began = [record for record in entered(county, "catalog.change_drafted") if record["resource"] == CIVIL_CODE]
    assert [(record["kind"], record["version"], record["by"]) for record in began] == [
        ("new", 1, "civil-editor"), ("change", 2, "civil-editor"),
    ]  # fmt: skip
    last = entered(county, "catalog.entry_moved")[-1]
    withdrawn = {"resource": CODE, "action": "withdraw", "reason": "依据已废止", "by": "authority"}
    assert {name: last[name] for name in withdrawn} == withdrawn


@pytest.mark.clause("SX-04-e", "SX-05-b")
def test_a_change_of_an_entry_is_entered_with_who_made_it_and_what_it_said_before_and_after(county):
    entry_step(county, CODE, "begin", by="editor")
    for abstract in ("新的摘要。", "更新的摘要。"):
        edit(county, CODE, by="editor", abstract=abstract)
    first, second = entered(county, "catalog.change_edited")
    assert [(each["resource"], each["version"], each["by"]) for each in (first, second)] == [(CODE, 2, "editor")] * 2
    assert first["before"] != first["after"] == second["before"] != second["after"]
