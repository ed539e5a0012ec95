"""Article 8: the application, from the unit that needs the data to the permission that the operator opens."""

from datetime import UTC, date, datetime, timedelta

import pytest
from acting import CODE, NOW, PASSWORD, entries
from outcomes import DONE, came_of, result_of

from hutong.control.catalog.models import Entry
from hutong.control.orgs import operations as orgs
from hutong.control.orgs.models import Organisation
from hutong.control.procedures import queries as procedures
from hutong.control.rulebook import operations as rulebook
from hutong.control.sharing import operations as sharing
from hutong.control.sharing import queries
from hutong.control.sharing.models import Application
from hutong.core import beijing
from hutong.core.lifecycle import Seat
from hutong.db.database import Database
from hutong.plane import grants
from hutong.plane.definition import Mode

EVERYBODY = ("consumer", "competent", "authority", "approver", "editor", "operator")
GROUNDS = {"reason": "与职责无关", "basis": "《管理办法》第八条"}


def step(county, no: str, action: str, *, by: str, **more: object) -> object:
    """Take a step; returns the state the application is in then, or the code of the refusal."""
    return result_of(county.take, no, action, by=by, **more)


def others(county, no: str, action: str, *, than: str, **more: object) -> list[object]:
    """Return what comes of a step when everybody else tries it."""
    return [step(county, no, action, by=name, **more) for name in EVERYBODY if name != than]


NOT_THEIRS = ["NOT_YOUR_ROLE"] * (len(EVERYBODY) - 1)


def at(county, state: str) -> str:
    """Return an application that has come to a state."""
    no = county.draft()
    county.walk(no, to=state)
    return no


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
@pytest.mark.parametrize("blank", ["purpose", "legal_basis"])
def test_blanks_are_no_duty_and_no_basis(county, blank):
    assert came_of(county.draft, **{blank: " \u3000\n"}) == "APPLICATION_INCOMPLETE"


@pytest.mark.clause("SX-08-a")
def test_the_competent_department_of_the_unit_lodges_it_and_nobody_else(county):
    no = at(county, "LODGED")
    orgs.give_role(username="consumer", role="competent", now=NOW, by="x")  # a department, but not this unit's
    assert others(county, no, "endorse", than="competent") == NOT_THEIRS
    assert step(county, no, "accept", by="authority") == "CASE_CANNOT_MOVE"
    assert county.due(no).day == date(2026, 3, 4)
    assert step(county, no, "endorse", by="competent") == "DEPT_ENDORSED"


@pytest.mark.clause("SX-08-a")
def test_where_there_is_no_department_the_e_government_authority_does(county):
    Organisation.objects.filter(pk=county.civil).update(competent=None)
    no = at(county, "LODGED")
    assert others(county, no, "endorse", than="authority") == NOT_THEIRS
    assert step(county, no, "endorse", by="authority") == "DEPT_ENDORSED"


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
    no = at(county, "DEPT_ENDORSED")
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
    "state", ["DRAFT", "LODGED", "DEPT_ENDORSED", "COMPLIANCE_CHECK", "PROVIDER_REPLY", "PROVIDER_AGREED"]
)
def test_nothing_is_supplied_verified_or_opened_before_it_is_confirmed(county, state):
    county.supply()
    no = at(county, state)
    tried = [("begin_supply", "editor"), ("supplied", "editor"), ("verify", "operator"), ("file", "operator")]
    assert [step(county, no, action, by=by) for action, by in tried] == ["CASE_CANNOT_MOVE"] * 4
    assert queries.grants(county.actor("operator")) == []


@pytest.mark.clause("SX-08-b")
def test_what_is_shared_conditionally_is_confirmed_after_the_provider_agreed_and_the_rest_at_once(county):
    no = at(county, "COMPLIANCE_CHECK")
    assert step(county, no, "confirm", by="authority") == "CONDITION_NOT_MET"
    assert step(county, no, "pass_on", by="authority") == "PROVIDER_REPLY"
    assert step(county, no, "confirm", by="authority") == "CASE_CANNOT_MOVE"
    Entry.objects.filter(code=CODE).update(sharing_type=1)
    no = at(county, "COMPLIANCE_CHECK")
    assert step(county, no, "pass_on", by="authority") == "CONDITION_NOT_MET"
    assert step(county, no, "confirm", by="authority") == "CONFIRMED"


@pytest.mark.clause("SX-08-b", "SX-07-e")
def test_the_authority_asks_the_ladder_again_before_it_confirms(county):
    no = county.draft(mode=Mode.QUERY, items=["address"], need=["value_not_held"])
    county.walk(no, to="PROVIDER_AGREED")
    Application.objects.filter(no=no).update(need=[])
    assert step(county, no, "confirm", by="authority") == "COMPARE_SUFFICES"
    Application.objects.filter(no=no).update(need=["value_not_held"])
    assert step(county, no, "confirm", by="authority") == "CONFIRMED"
    asked = Application.objects.get(no=no).ladder.order_by("id").values_list("action", "mode", "sufficient")
    assert list(asked) == [(action, mode, mode == "query") for action in ("lodge", "confirm") for mode in
                           ("compare", "query")]  # fmt: skip


@pytest.mark.clause("SX-07-e")
def test_what_comparison_serves_is_not_lodged_for_query(county):
    no = county.draft(mode=Mode.QUERY, items=["address"])
    assert step(county, no, "lodge", by="consumer") == "COMPARE_SUFFICES"
    no = county.draft(mode=Mode.SUBSCRIBE, items=["street"], need=["value_not_held"])
    assert step(county, no, "lodge", by="consumer") == "QUERY_SUFFICES"
    no = county.draft(mode=Mode.QUERY, items=["address"], need=["value_not_held"])
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


# SX-08-c: then the provider supplies


@pytest.mark.clause("SX-08-c")
def test_the_provider_answers_and_supplies_and_nobody_else(county):
    no = at(county, "PROVIDER_REPLY")
    orgs.give_role(username="consumer", role="provider_approver", now=NOW, by="x")  # in a unit that is not the provider
    orgs.give_role(username="competent", role="provider_editor", now=NOW, by="x")
    for action in ("agree", "return", "refuse"):
        assert others(county, no, action, than="approver", **GROUNDS) == NOT_THEIRS
    assert county.due(no).day == date(2026, 3, 16)  # ten working days where nothing is held yet
    county.walk(no, to="CONFIRMED")
    assert county.due(no).day == date(2026, 3, 30)
    assert others(county, no, "begin_supply", than="editor") == NOT_THEIRS
    assert step(county, no, "begin_supply", by="editor") == "PROVIDER_SUPPLYING"
    assert county.due(no).day == date(2026, 3, 30)
    assert step(county, no, "supplied", by="editor") == "DATA_NOT_SUPPLIED"
    county.supply()
    assert others(county, no, "supplied", than="editor") == NOT_THEIRS
    assert step(county, no, "supplied", by="editor") == "SUPPLIED"


@pytest.mark.clause("SX-08-c")
def test_what_the_platform_holds_already_needs_no_further_supply(county):
    county.supply()
    no = at(county, "PROVIDER_REPLY")
    assert county.due(no).day == date(2026, 3, 9)  # five working days
    step(county, no, "agree", by="approver")
    assert step(county, no, "confirm", by="authority") == "SUPPLIED"


# SX-08-d: the operator opens the permission


@pytest.mark.clause("SX-08-d")
def test_the_operator_opens_the_permission_after_confirming_and_supplying_and_nobody_else(county):
    no = at(county, "SUPPLIED")
    assert step(county, no, "file", by="operator") == "CASE_CANNOT_MOVE"
    assert others(county, no, "verify", than="operator") == NOT_THEIRS
    assert step(county, no, "verify", by="operator") == "PURPOSE_VERIFYING"
    assert others(county, no, "file", than="operator") == NOT_THEIRS
    assert queries.grants(county.actor("operator")) == []
    assert step(county, no, "file", by="operator") == "FILED"
    assert entries(county.url, "plane.grant_opened") == 1


@pytest.mark.clause("SX-08-d")
def test_what_is_opened_is_what_was_applied_for(county):
    asked_for = {
        "mode": Mode.QUERY, "items": ["address", "street"], "conditions": ["street"], "need": ["value_not_held"],
        "purpose": "social-assistance", "matters": ["DB-001", "DB-002"], "system": "civil-app", "users": ["zhang"],
        "devices": ["pc-1"], "quota": 7, "guesses": 3, "from_at": NOW, "until_at": NOW.replace(year=2028),
    }  # fmt: skip
    no = county.draft(**asked_for)
    county.walk(no, to="FILED")
    db = Database(county.url, role="plane", size=1)
    with db.transaction() as cur:
        grant = grants.read(cur, nos=[f"G-{no}"])[f"G-{no}"]
    db.close()
    assert {name: getattr(grant, name) for name in asked_for} == asked_for
    assert (grant.code, grant.consumer, grant.provider) == (CODE, county.civil, county.police)
    assert (grant.state, grant.filing_no, grant.fold_absent) == ("active", f"BA-{no}", True)


# SX-08-e: applied for on the platform


@pytest.mark.clause("SX-08-e")
def test_the_unit_that_needs_the_data_applies_on_the_platform_and_changes_it_until_it_is_lodged(county):
    clerk = county.actor("consumer")
    no = county.draft()
    assert entries(county.url, "sharing.applied") == 1
    changes = {"matters": ["DB-002"]}
    for name in ("competent", "authority", "operator", "editor"):
        assert came_of(county.draft, actor=county.actor(name)) == "NOT_YOUR_ROLE"
        assert came_of(sharing.amend, no, changes=changes, actor=county.actor(name), now=NOW) == "NOT_YOUR_ROLE"
    assert came_of(sharing.amend, no, changes=changes, actor=clerk, now=NOW) == DONE
    assert others(county, no, "lodge", than="consumer") == NOT_THEIRS
    assert step(county, no, "lodge", by="consumer") == "LODGED"
    late = {"changes": {"matters": ["DB-009"]}, "actor": clerk, "now": NOW}
    assert came_of(sharing.amend, no, **late) == "APPLICATION_NOT_EDITABLE"
    assert Application.objects.get(no=no).matters == ["DB-002"]
    step(county, no, "return", by="competent", reason="请补充")
    assert county.due(no).day == date(2026, 3, 23)
    assert came_of(sharing.amend, no, **late) == DONE
    assert step(county, no, "lodge", by="consumer") == "LODGED"


@pytest.mark.clause("SX-08-e")
def test_the_unit_takes_it_back_as_long_as_nothing_is_opened(county):
    for state in ("DRAFT", "LODGED", "COMPLIANCE_CHECK", "CONFIRMED", "PURPOSE_VERIFYING"):
        no = at(county, state)
        assert others(county, no, "withdraw", than="consumer") == NOT_THEIRS
        assert step(county, no, "withdraw", by="consumer") == "WITHDRAWN"
    assert step(county, at(county, "FILED"), "withdraw", by="consumer") == "CASE_CANNOT_MOVE"


# SX-08-f: purpose verified and filed within five working days

BEFORE_THE_HOLIDAY = datetime(2026, 9, 29, 2, tzinfo=UTC)


@pytest.mark.clause("SX-08-f")
def test_five_working_days_run_from_the_day_the_data_are_there_and_not_from_the_operators_click(county):
    no = county.draft()
    county.walk(no, to="SUPPLIED", now=BEFORE_THE_HOLIDAY)
    due = county.due(no)
    assert (due.day, due.amount, due.rule) == (date(2026, 10, 12), 5, "sharing.filing_days")
    step(county, no, "verify", by="operator", now=BEFORE_THE_HOLIDAY + timedelta(days=10))
    assert county.due(no).day == date(2026, 10, 12)
    assert step(county, no, "file", by="operator") == "FILED"
    assert county.due(no) is None


@pytest.mark.clause("SX-08-f")
def test_the_last_day_is_in_time_and_the_next_is_late_on_the_operators_desk(county):
    no = county.draft()
    county.walk(no, to="SUPPLIED", now=BEFORE_THE_HOLIDAY)
    (waits,) = [each for each in procedures.waiting([Seat("operator")]) if each.case == no]
    midnight = beijing.midnight(date(2026, 10, 13))
    assert [waits.late(midnight - timedelta(microseconds=1)), waits.late(midnight)] == [False, True]
    late = procedures.counts([Seat("operator")], now=midnight).late
    assert (late, procedures.counts([Seat("operator")], now=midnight - timedelta(seconds=1)).late) == (1, 0)


@pytest.mark.clause("SX-08-f")
def test_what_is_sent_back_does_not_run_and_goes_on_where_it_stood(county):
    no = county.draft()
    county.walk(no, to="PURPOSE_VERIFYING", now=datetime(2026, 3, 2, 1, tzinfo=UTC))
    step(county, no, "return", by="operator", reason="请说明用途", now=datetime(2026, 3, 4, 1, tzinfo=UTC))
    assert county.due(no).rule == "sharing.supplement_days"
    step(county, no, "lodge", by="consumer", now=datetime(2026, 3, 16, 1, tzinfo=UTC))
    county.walk(no, to="SUPPLIED", now=datetime(2026, 3, 16, 1, tzinfo=UTC))
    assert county.due(no).day == date(2026, 3, 19)  # two of the five were used


@pytest.mark.clause("SX-08-f")
def test_the_purpose_is_verified_before_it_is_filed_and_refusing_needs_grounds(county):
    no = at(county, "SUPPLIED")
    assert [step(county, no, action, by="operator", **GROUNDS) for action in ("file", "refuse")] == [
        "CASE_CANNOT_MOVE"
    ] * 2
    step(county, no, "verify", by="operator")
    assert others(county, no, "refuse", than="operator", **GROUNDS) == NOT_THEIRS
    assert step(county, no, "refuse", by="operator", reason="用途不符") == "GROUNDS_MISSING"
    assert step(county, no, "refuse", by="operator", **GROUNDS) == "REFUSED"


@pytest.mark.clause("SX-08-f", "SX-17")
@pytest.mark.parametrize(("days", "came", "day"), [(6, "LIMIT_OUT_OF_BOUNDS", 9), (4, DONE, 6)])
def test_the_authority_may_shorten_the_five_days_and_never_lengthen_them(county, days, came, day):
    given = {"values": {"sharing.filing_days": days}, "reason": "提速", "from_day": beijing.day(NOW)}
    assert came_of(rulebook.change, **given, actor=county.actor("authority"), now=NOW) == came
    no = at(county, "SUPPLIED")
    assert county.due(no).day == date(2026, 3, day)


@pytest.mark.clause("SX-03", "SX-08-b")
def test_one_person_does_not_decide_on_both_sides(county):
    orgs.add_officer(username="both", password=PASSWORD, name="周敏", org=county.civil,
                     roles=["consumer", "authority", "operator"], now=NOW, by="x")  # fmt: skip
    no = county.draft(actor=county.actor("both"))
    assert step(county, no, "lodge", by="both") == "LODGED"
    step(county, no, "endorse", by="competent")
    assert step(county, no, "accept", by="both") == "OTHER_SIDE_TAKEN"
    county.walk(no, to="PURPOSE_VERIFYING")
    assert step(county, no, "file", by="both") == "OTHER_SIDE_TAKEN"
