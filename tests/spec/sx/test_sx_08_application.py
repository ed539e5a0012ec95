"""Article 8: the application, from the unit that needs the data to the permission that the operator opens."""

from datetime import date

import psycopg
import pytest
from acting import CODE, NOW, PASSWORD, UNITS, WALK
from applying import GROUNDS, NOT_THEIRS, at, others, step
from cataloguing import CIVIL_CODE, civil_officers, walk_entry
from outcomes import DONE, came_of

from hutong.control.catalog.models import Entry
from hutong.control.sharing import operations as sharing
from hutong.control.sharing import queries
from hutong.control.sharing.models import Application
from hutong.control.units import deputies
from hutong.control.units import operations as members
from hutong.control.units.models import Competence
from hutong.plane.definition import Mode

# SX-08-a: for a legal duty, lodged by the competent department


@pytest.mark.clause("SX-08-a")
@pytest.mark.parametrize("lacking", ["purpose", "legal_basis", "matters", "items", "system", "users", "devices"])
def test_an_application_says_for_which_duty_and_on_what_basis(county, lacking):
    nothing = "" if lacking in ("purpose", "legal_basis", "system") else []
    assert came_of(county.draft, **{lacking: nothing}) == "APPLICATION_INCOMPLETE"
    no = county.draft()
    changes = {lacking: nothing}
    assert came_of(sharing.amend, no, changes=changes, actor=county.actor("consumer"), now=NOW) == (
        "APPLICATION_INCOMPLETE"
    )
    assert came_of(county.draft) == DONE


@pytest.mark.clause("SX-08-a")
@pytest.mark.parametrize("blank", ["purpose", "legal_basis", "matters", "users"])
def test_blanks_are_no_duty_and_no_basis(county, blank):
    nothing = [" \u3000\n"] if blank in ("matters", "users") else " \u3000\n"
    assert came_of(county.draft, **{blank: nothing}) == "APPLICATION_INCOMPLETE"
    no = county.draft()
    given = {"changes": {blank: nothing}, "actor": county.actor("consumer"), "now": NOW}
    assert came_of(sharing.amend, no, **given) == "APPLICATION_INCOMPLETE"


@pytest.mark.clause("SX-08-a", "SX-06-a")
@pytest.mark.parametrize("state", ["DRAFT", "LODGED", "DEPARTMENT_ENDORSED", "PROVIDER_REPLY", "PURPOSE_VERIFYING"])
def test_nothing_goes_on_for_what_left_the_catalogue(county, state):
    no = at(county, state)
    Entry.objects.filter(code=CODE).update(state="WITHDRAWN")
    action, by = WALK[state]
    assert step(county, no, action, by=by) == "CONDITION_NOT_MET"


@pytest.mark.clause("SX-08-a")
def test_the_competent_department_of_the_unit_lodges_it_and_nobody_else(county):
    no = at(county, "LODGED")
    members.give_role(username="consumer", role="competent", now=NOW, by="x")  # a department, but not this unit's
    assert others(county, no, "endorse", than="competent") == NOT_THEIRS
    assert step(county, no, "accept", by="authority") == "CASE_CANNOT_MOVE"
    assert county.due(no).day == date(2026, 3, 4)
    assert step(county, no, "endorse", by="competent") == "DEPARTMENT_ENDORSED"


@pytest.mark.clause("SX-08-a")
def test_where_there_is_no_department_the_e_government_authority_does(county):
    Competence.objects.filter(unit=county.civil).delete()
    no = at(county, "LODGED")
    assert others(county, no, "endorse", than="authority") == NOT_THEIRS
    assert step(county, no, "endorse", by="authority") == "DEPARTMENT_ENDORSED"


@pytest.mark.clause("SX-08-a")
def test_the_department_returns_it_with_a_reason_and_refuses_it_with_reason_and_basis(county):
    no = at(county, "LODGED")
    assert others(county, no, "return", than="competent", **GROUNDS) == NOT_THEIRS
    assert others(county, no, "refuse", than="competent", **GROUNDS) == NOT_THEIRS
    assert step(county, no, "return", by="competent", reason=" ") == "GROUNDS_MISSING"
    assert step(county, no, "refuse", by="competent", reason="与职责无关") == "GROUNDS_MISSING"
    assert step(county, no, "refuse", by="competent", basis="第八条") == "GROUNDS_MISSING"
    assert step(county, no, "return", by="competent", reason="请补充") == "RETURNED"
    assert step(county, no, "lodge", by="consumer") == "LODGED"
    assert step(county, no, "refuse", by="competent", **GROUNDS) == "REFUSED"


# SX-08-b: confirmed by the authority before anything is supplied


@pytest.mark.clause("SX-08-b")
def test_the_authority_checks_and_confirms_and_nobody_else(county):
    no = at(county, "DEPARTMENT_ENDORSED")
    assert others(county, no, "accept", than="authority") == NOT_THEIRS
    assert step(county, no, "accept", by="authority") == "COMPLIANCE_CHECK"
    assert county.due(no).day == date(2026, 3, 4)
    assert others(county, no, "pass_on", than="authority") == NOT_THEIRS
    assert others(county, no, "return", than="authority", **GROUNDS) == NOT_THEIRS
    assert others(county, no, "refuse", than="authority", **GROUNDS) == NOT_THEIRS
    assert step(county, no, "pass_on", by="authority") == "PROVIDER_REPLY"
    assert step(county, no, "agree", by="approver") == "PROVIDER_AGREED"
    assert others(county, no, "confirm", than="authority") == NOT_THEIRS
    assert county.due(no).day == date(2026, 3, 4)
    assert step(county, no, "confirm", by="authority") == "CONFIRMED"


@pytest.mark.clause("SX-08-b")
@pytest.mark.parametrize(
    "state", ["DRAFT", "LODGED", "DEPARTMENT_ENDORSED", "COMPLIANCE_CHECK", "PROVIDER_REPLY", "PROVIDER_AGREED"]
)
def test_nothing_is_supplied_verified_or_opened_before_it_is_confirmed(county, state):
    county.supply()
    no = at(county, state)
    tried = [("begin_supply", "editor"), ("report_supply", "editor"), ("verify", "operator"), ("file", "operator")]
    assert [step(county, no, action, by=by) for action, by in tried] == ["CASE_CANNOT_MOVE"] * 4
    assert queries.grants(county.actor("operator")) == []


@pytest.mark.clause("SX-08-b")
def test_what_is_shared_conditionally_is_confirmed_after_the_provider_agreed_and_the_rest_at_once(county):
    no = at(county, "COMPLIANCE_CHECK")
    assert step(county, no, "confirm", by="authority") == "CONDITION_NOT_MET"
    assert step(county, no, "pass_on", by="authority") == "PROVIDER_REPLY"
    assert step(county, no, "confirm", by="authority") == "CASE_CANNOT_MOVE"
    county.say(sharing_type=1)
    no = at(county, "COMPLIANCE_CHECK")
    assert step(county, no, "pass_on", by="authority") == "CONDITION_NOT_MET"
    assert step(county, no, "confirm", by="authority") == "CONFIRMED"


@pytest.mark.clause("SX-08-b", "SX-07-e")
def test_the_authority_asks_the_ladder_again_before_it_confirms(county):
    no = county.draft(mode=Mode.QUERY, items=["address"], need=["value_not_at_hand"])
    county.walk(no, to="PROVIDER_AGREED")
    Application.objects.filter(no=no).update(need=[])
    assert step(county, no, "confirm", by="authority") == "COMPARE_SUFFICES"
    Application.objects.filter(no=no).update(need=["value_not_at_hand"])
    assert step(county, no, "confirm", by="authority") == "CONFIRMED"
    asked = Application.objects.get(no=no).ladder.order_by("id").values_list("action", "mode", "sufficient")
    assert list(asked) == [(action, mode, mode == "query") for action in ("lodge", "confirm") for mode in
                           ("compare", "query")]  # fmt: skip


@pytest.mark.clause("SX-08-b", "SX-07-e")
def test_what_is_shared_unconditionally_is_confirmed_by_the_ladder_too(county):
    county.say(sharing_type=1)
    no = county.draft(mode=Mode.QUERY, items=["address"], need=["value_not_at_hand"])
    county.walk(no, to="COMPLIANCE_CHECK")
    Application.objects.filter(no=no).update(need=[])
    assert step(county, no, "confirm", by="authority") == "COMPARE_SUFFICES"
    Application.objects.filter(no=no).update(need=["value_not_at_hand"])
    assert step(county, no, "confirm", by="authority") == "CONFIRMED"


@pytest.mark.clause("SX-07-e")
def test_what_comparison_serves_is_not_lodged_for_query(county):
    for mode, need, refusal in (
        (Mode.QUERY, [], "COMPARE_SUFFICES"), (Mode.SUBSCRIBE, ["value_not_at_hand"], "QUERY_SUFFICES"),
    ):  # fmt: skip
        assert came_of(county.draft, mode=mode, items=["street"], need=need) == refusal
        no = county.draft(mode=mode, items=["street"], need=["value_not_at_hand", "change_to_be_followed"])
        Application.objects.filter(no=no).update(need=need)
        assert step(county, no, "lodge", by="consumer") == refusal
    no = county.draft(mode=Mode.QUERY, items=["address"], need=["value_not_at_hand"])
    assert step(county, no, "lodge", by="consumer") == "LODGED"


@pytest.mark.clause("SX-08-b")
def test_a_refusal_is_negotiated_then_coordinated_by_the_authority(county):
    no = at(county, "COMPLIANCE_CHECK")
    step(county, no, "refuse", by="authority", **GROUNDS)
    assert others(county, no, "negotiate", than="consumer", reason="x") == NOT_THEIRS
    assert step(county, no, "negotiate", by="consumer", reason=" ") == "GROUNDS_MISSING"
    assert step(county, no, "negotiate", by="consumer", reason="确需使用") == "NEGOTIATING"
    assert county.due(no).day == date(2026, 3, 16)
    assert step(county, no, "coordinate", by="consumer", reason="未能一致") == "COORDINATING"
    assert county.due(no).day == date(2026, 3, 16)
    assert others(county, no, "reopen", than="authority", reason="x") == NOT_THEIRS
    assert step(county, no, "reopen", by="authority", reason="协调一致") == "COMPLIANCE_CHECK"


@pytest.mark.clause("SX-08-b")
def test_where_both_agree_the_provider_says_so_and_the_check_goes_on(county):
    no = at(county, "PROVIDER_REPLY")
    step(county, no, "refuse", by="approver", **GROUNDS)
    step(county, no, "negotiate", by="consumer", reason="确需使用")
    assert others(county, no, "settle", than="approver", reason="x") == NOT_THEIRS
    assert step(county, no, "settle", by="approver", reason=" ") == "GROUNDS_MISSING"
    assert step(county, no, "settle", by="approver", reason="同意按比对方式提供") == "COMPLIANCE_CHECK"


# SX-08-c: then the provider supplies


@pytest.mark.clause("SX-08-c")
def test_the_provider_answers_and_supplies_and_nobody_else(county):
    no = at(county, "PROVIDER_REPLY")
    members.give_role(username="consumer", role="provider_approver", now=NOW, by="x")  # not in the provider
    members.give_role(username="competent", role="provider_editor", now=NOW, by="x")
    for action in ("agree", "return", "refuse"):
        assert others(county, no, action, than="approver", **GROUNDS) == NOT_THEIRS
    assert county.due(no).day == date(2026, 3, 16)  # ten working days where nothing is held yet
    county.walk(no, to="CONFIRMED")
    assert county.due(no).day == date(2026, 3, 30)
    assert others(county, no, "begin_supply", than="editor") == NOT_THEIRS
    assert step(county, no, "begin_supply", by="editor") == "PROVIDER_SUPPLYING"
    assert county.due(no).day == date(2026, 3, 30)
    civil_officers(county)
    walk_entry(county)
    with psycopg.connect(county.url, options="-c role=hutong_owner") as opened:
        opened.execute("update plane.resource set version = 1 where code = %s", [CIVIL_CODE])  # of another resource
    assert step(county, no, "report_supply", by="editor") == "DATA_NOT_SUPPLIED"
    county.supply()
    assert others(county, no, "report_supply", than="editor") == NOT_THEIRS
    assert step(county, no, "report_supply", by="editor") == "SUPPLIED"


@pytest.mark.clause("SX-08-c")
def test_what_the_platform_holds_already_needs_no_further_supply(county):
    county.supply()
    no = at(county, "PROVIDER_REPLY")
    assert county.due(no).day == date(2026, 3, 9)  # five working days
    step(county, no, "agree", by="approver")
    assert step(county, no, "confirm", by="authority") == "SUPPLIED"


@pytest.mark.clause("SX-03", "SX-08-a", "SX-08-b", "SX-08-c", "SX-08-d", "SX-08-f")
def test_one_person_does_not_decide_on_both_sides(county):
    members.add_officer(username="both", password=PASSWORD, name="周敏", unit=county.civil,
                     roles=["consumer"], now=NOW, by="x")  # fmt: skip
    for office in ("authority", "operator"):
        deputy(county, office, unit=county.seat(office).unit)
    no = county.draft(actor=county.actor("both"))
    assert step(county, no, "lodge", by="both") == "LODGED"
    deputy(county, "competent", unit=UNITS[4])
    assert step(county, no, "endorse", by="both") == "OTHER_SIDE_TAKEN"
    step(county, no, "endorse", by="competent")
    assert step(county, no, "accept", by="both") == "OTHER_SIDE_TAKEN"
    county.walk(no, to="PROVIDER_REPLY")
    deputy(county, "provider_approver", unit=county.police)
    assert step(county, no, "agree", by="both") == "OTHER_SIDE_TAKEN"
    deputy(county, "authority", unit=county.seat("authority").unit, username="approver")
    deputy(county, "provider_approver", unit=county.police, username="competent")
    assert step(county, no, "agree", by="competent") == "OTHER_SIDE_TAKEN"
    step(county, no, "agree", by="approver")
    assert step(county, no, "confirm", by="approver") == "OTHER_SIDE_TAKEN"
    county.walk(no, to="SUPPLIED")
    assert step(county, no, "verify", by="both") == "OTHER_SIDE_TAKEN"
    county.walk(no, to="PURPOSE_VERIFYING")
    assert step(county, no, "file", by="both") == "OTHER_SIDE_TAKEN"


def deputy(county, role: str, *, unit: str, username: str = "both") -> None:
    """Let an officer, the one of both sides, fill in at another seat."""
    deputies.name(role=role, unit=unit, username=username, until_date=date(2026, 12, 31), reason="出差",
                  actor=county.actor("authority"), now=NOW)  # fmt: skip
