"""W3, step by step: what happens, what is refused, and that nothing happens without its entry."""

from datetime import UTC, date, datetime

import psycopg
import pytest
from acting import NOW, WALK, entries

from hutong.control.orgs.rules import NotYourRole
from hutong.control.sharing import lifecycle, queries, rules
from hutong.control.sharing import operations as sharing
from hutong.control.sharing.models import Application
from hutong.core.workdays import Calendar
from hutong.plane.definition import Mode
from hutong.plane.grants import ConditionNotDeclared, DataNotSupplied
from hutong.plane.ladder import CompareSuffices, ItemNotOffered


@pytest.mark.clause("SX-08-d")
def test_an_application_walks_to_its_filed_grant(county):
    no = county.draft()
    county.walk(no, to="FILED")
    (grant,) = queries.grants(county.actor("consumer"))
    assert (grant.no, grant.mode, grant.items, grant.state) == (f"G-{no}", "compare", ["name"], "active")
    assert entries(county.url, "sharing.moved") == len(WALK)
    assert entries(county.url, "plane.grant_opened") == 1


@pytest.mark.clause("SX-07-e")
def test_what_comparison_serves_is_refused_for_query(county):
    no = county.draft(mode=Mode.QUERY, items=["address"])
    with pytest.raises(CompareSuffices) as refused:
        county.take(no, "lodge", by="consumer")
    assert (refused.value.code, refused.value.clause) == ("COMPARE_SUFFICES", "SX-07-e")
    assert queries.application(no, actor=county.actor("consumer")).state == "DRAFT"


@pytest.mark.clause("SX-07-e")
@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"mode": Mode.QUERY, "items": ["name"]}, ItemNotOffered),
        ({"mode": Mode.SUBSCRIBE, "items": ["address"]}, ItemNotOffered),
        ({"mode": Mode.QUERY, "items": ["address"], "conditions": ["household"]}, ConditionNotDeclared),
    ],
)
def test_what_no_later_step_could_make_fit_is_refused_before_it_is_written_down(county, changes, refusal):
    no = county.draft()
    for write in (
        lambda: county.draft(**changes),
        lambda: sharing.amend(no, changes=changes, actor=county.actor("consumer"), now=NOW),
    ):
        with pytest.raises(refusal):
            write()
    assert queries.application(no, actor=county.actor("consumer")).mode == "compare"


@pytest.mark.clause("SX-07-e")
def test_a_recorded_reason_passes_over_comparison_and_is_kept(county):
    no = county.draft(mode=Mode.QUERY, items=["address"], need=["value_not_held"])
    county.take(no, "lodge", by="consumer")
    steps = queries.application(no, actor=county.actor("consumer")).ladder.order_by("id")
    assert [(s.mode, s.sufficient, s.reason) for s in steps] == [
        ("compare", False, "value_not_held"),
        ("query", True, ""),
    ]


@pytest.mark.clause("SX-08-c", "SX-08-d")
def test_nothing_is_opened_before_the_provider_supplied(county):
    no = county.draft()
    county.walk(no, to="CONFIRMED")
    with pytest.raises(rules.ApplicationCannotMove):
        county.take(no, "file", by="operator")
    county.take(no, "begin_supply", by="editor")
    with pytest.raises(DataNotSupplied):
        county.take(no, "supplied", by="editor")
    assert queries.grants(county.actor("operator")) == []


@pytest.mark.clause("SX-08-f")
def test_filing_is_due_after_five_working_days_of_the_official_calendar(county):
    received = datetime(2026, 9, 29, 2, tzinfo=UTC)
    no = county.draft()
    county.walk(no, to="PURPOSE_VERIFYING", now=received)
    application = queries.application(no, actor=county.actor("operator"))
    assert application.due_date == date(2026, 10, 12)
    assert "国庆" in application.due_zh
    assert not rules.overdue(application.due_date, today=date(2026, 10, 12))
    assert rules.overdue(application.due_date, today=date(2026, 10, 13))


@pytest.mark.clause("SX-08-f")
def test_a_year_without_calendar_leaves_the_deadline_empty_until_it_is_loaded(county):
    no = county.draft()
    received = datetime(2026, 12, 30, 2, tzinfo=UTC)
    county.walk(no, to="PURPOSE_VERIFYING", now=received)
    application = queries.application(no, actor=county.actor("operator"))
    assert application.due_date is None
    assert "2027" in application.due_zh
    loaded = Calendar.official().with_year(2027, [date(2027, 1, 1)], [])
    assert sharing.recompute_deadlines(calendar=loaded) == 1
    assert queries.application(no, actor=county.actor("operator")).due_date == date(2027, 1, 7)


def test_a_refusal_needs_reason_and_basis(county):
    no = county.draft()
    county.walk(no, to="COMPLIANCE_CHECK")
    with pytest.raises(rules.RefusalWithoutGrounds):
        county.take(no, "refuse", by="authority", reason="与职责无关")
    assert county.take(no, "refuse", by="authority", reason="与职责无关", basis="SX-08") == "REFUSED"


def test_a_return_keeps_what_was_typed(county):
    no = county.draft(purpose="原来的用途")
    county.walk(no, to="COMPLIANCE_CHECK")
    county.take(no, "return", by="authority", reason="请补充事项编码")
    sharing.amend(no, changes={"matters": ["DB-002"]}, actor=county.actor("consumer"), now=NOW)
    application = queries.application(no, actor=county.actor("consumer"))
    assert (application.purpose, application.matters) == ("原来的用途", ["DB-002"])
    assert county.take(no, "lodge", by="consumer") == "LODGED"


def test_conditional_sharing_goes_to_the_provider_before_it_is_confirmed(county):
    no = county.draft()
    county.walk(no, to="COMPLIANCE_CHECK")
    with pytest.raises(rules.ProviderNotAsked):
        county.take(no, "confirm", by="authority")
    county.take(no, "pass_on", by="authority")
    with pytest.raises(rules.ProviderHasNotAgreed):
        county.take(no, "confirm", by="authority")


def test_each_step_belongs_to_one_role(county):
    no = county.draft()
    county.take(no, "lodge", by="consumer")
    for stranger in ("consumer", "authority", "operator", "editor"):
        with pytest.raises(NotYourRole):
            county.take(no, "endorse", by=stranger)


def test_no_undeclared_move_happens(county):
    declared = {(move.before, move.action) for move in lifecycle.MOVES}
    actions = {action for _, action in declared}
    no = county.draft()
    for state in lifecycle.STATES:
        Application.objects.filter(no=no).update(state=state)
        for action in sorted(a for a in actions if (state, a) not in declared):
            with pytest.raises(rules.ApplicationCannotMove):
                county.take(no, action, by="operator", reason="x", basis="y")


def test_every_state_is_reached_and_every_refusal_needs_grounds():
    reached = {"DRAFT"} | {move.after for move in lifecycle.MOVES}
    assert reached == set(lifecycle.STATES)
    assert all(m.reason and m.basis for m in lifecycle.MOVES if m.after == "REFUSED")
    assert len({(m.before, m.action) for m in lifecycle.MOVES}) == len(lifecycle.MOVES)


@pytest.mark.parametrize("steps", range(len(WALK)))
def test_without_its_entry_no_step_happens(county, log_down, steps):
    no = county.draft()
    county.supply()
    for action, by, _ in WALK[:steps]:
        county.take(no, action, by=by)
    before = Application.objects.values().get(no=no)
    log_down(county.url)
    action, by, _ = WALK[steps]
    with pytest.raises(Exception, match="permission denied"):
        county.take(no, action, by=by)
    assert Application.objects.values().get(no=no) == before
    with psycopg.connect(county.url, options="-c role=hutong_owner") as opened:
        assert opened.execute("select count(*) from plane.access_grant").fetchone() == (0,)


@pytest.mark.clause("SX-16-a")
def test_the_operator_alone_suspends_with_a_reason(county):
    no = county.draft()
    county.walk(no, to="FILED")
    with pytest.raises(NotYourRole):
        sharing.move_grant(f"G-{no}", "suspend", reason="未整改", actor=county.actor("authority"), now=NOW)
    with pytest.raises(rules.RefusalWithoutGrounds):
        sharing.move_grant(f"G-{no}", "suspend", reason=" ", actor=county.actor("operator"), now=NOW)
    sharing.move_grant(f"G-{no}", "suspend", reason="未整改", actor=county.actor("operator"), now=NOW)
    assert [g.state for g in queries.grants(county.actor("operator"))] == ["suspended"]


def test_strangers_do_not_see_an_application(county):
    no = county.draft()
    with pytest.raises(queries.NoSuchApplication):
        queries.application(no, actor=county.actor("editor"))


@pytest.mark.parametrize(
    ("state", "agreed", "role"),
    [
        ("DRAFT", False, "consumer"),
        ("LODGED", False, "competent"),
        ("COMPLIANCE_CHECK", False, "authority"),
        ("PROVIDER_REPLY", False, "provider_approver"),
        ("PROVIDER_REPLY", True, "authority"),
        ("PROVIDER_SUPPLYING", True, "provider_editor"),
        ("PURPOSE_VERIFYING", True, "operator"),
        ("REFUSED", False, "consumer"),
        ("FILED", True, None),
        ("CLOSED", True, None),
        ("WITHDRAWN", False, None),
    ],
)
def test_whose_turn_it_is_can_be_told_in_every_state(state, agreed, role):
    parties = rules.Parties("consumer-org", "competent-org", "provider-org")
    turn = rules.turn(state, parties=parties, conditional=True, agreed=agreed)
    assert (turn and turn.role) == role


def test_who_is_under_no_department_waits_for_the_authority():
    parties = rules.Parties("consumer-org", None, "provider-org")
    assert rules.turn("LODGED", parties=parties, conditional=True, agreed=False) == rules.Turn("authority", None)


@pytest.mark.clause("SX-08-a")
def test_what_waits_for_the_authority_in_a_departments_place_is_the_authoritys_own_turn(county):
    parties = rules.Parties("consumer-org", None, "provider-org")
    turn = rules.turn("LODGED", parties=parties, conditional=True, agreed=False)
    assert [turn.is_of(county.actor(who)) for who in ("authority", "competent", "consumer")] == [True, False, False]
