"""W3, step by step: what happens, what is refused, and that nothing happens without its entry."""

from datetime import UTC, date, datetime, timedelta

import psycopg
import pytest
from acting import NOW, WALK, entries
from django.db import connection, transaction

from hutong.control.procedures import passes
from hutong.control.procedures.models import Clock, HandGiven, Handling, Step, Turn
from hutong.control.procedures.queries import steps, waiting
from hutong.control.procedures.rules import CaseCannotMove, ConditionNotMet, GroundsMissing, NotYourRole
from hutong.control.registration import listing
from hutong.control.rulebook import operations as rulebook
from hutong.control.sharing import operations as sharing
from hutong.control.sharing import queries, rules
from hutong.control.sharing.models import Application
from hutong.control.units.models import Competence
from hutong.core import beijing
from hutong.core.workdays import Calendar
from hutong.db import database
from hutong.plane import registers
from hutong.plane.definition import Mode
from hutong.plane.grants import ConditionNotDeclared, DataNotSupplied
from hutong.plane.ladder import CompareSuffices, ItemNotOffered, QuerySuffices

QUERIED = ["value_not_at_hand"]
FOLLOWED = [*QUERIED, "change_to_be_followed"]


@pytest.mark.clause("SX-08-d")
def test_an_application_walks_to_its_filed_grant(county):
    no = county.draft()
    county.walk(no, to="FILED")
    (grant,) = queries.grants(county.actor("consumer"))
    assert (grant.no, grant.mode, grant.items, grant.state) == (f"G-{no}", "compare", ["name"], "active")
    assert entries(county.url, "sharing.application_moved") == len(WALK)
    assert entries(county.url, "plane.grant_opened") == 1


@pytest.mark.clause("SX-07-e")
def test_what_comparison_serves_is_refused_for_query(county):
    no = county.draft_without_need()
    with pytest.raises(CompareSuffices) as refused:
        county.take(no, "lodge", by="consumer")
    assert (refused.value.code, refused.value.clause) == ("COMPARE_SUFFICES", "SX-07-e")
    assert queries.application(no, actor=county.actor("consumer")).state == "DRAFT"


@pytest.mark.clause("SX-07-e")
@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"mode": Mode.QUERY, "items": ["address"]}, CompareSuffices),
        ({"mode": Mode.SUBSCRIBE, "items": ["street"], "need": QUERIED}, QuerySuffices),
        ({"mode": Mode.QUERY, "items": ["name"], "need": QUERIED}, ItemNotOffered),
        ({"mode": Mode.SUBSCRIBE, "items": ["address"], "need": FOLLOWED}, ItemNotOffered),
        (
            {"mode": Mode.QUERY, "items": ["address"], "conditions": ["household"], "need": QUERIED},
            ConditionNotDeclared,
        ),
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
    no = county.draft(mode=Mode.QUERY, items=["address"], need=["value_not_at_hand"])
    county.take(no, "lodge", by="consumer")
    steps = queries.application(no, actor=county.actor("consumer")).ladder.order_by("id")
    assert [(s.mode, s.sufficient, s.reason) for s in steps] == [
        ("compare", False, "value_not_at_hand"),
        ("query", True, ""),
    ]


@pytest.mark.clause("SX-08-c", "SX-08-d")
def test_nothing_is_opened_before_the_provider_supplied(county):
    no = county.draft()
    county.walk(no, to="CONFIRMED")
    with pytest.raises(CaseCannotMove):
        county.take(no, "file", by="operator")
    county.take(no, "begin_supply", by="editor")
    with pytest.raises(DataNotSupplied):
        county.take(no, "report_supply", by="editor")
    assert queries.grants(county.actor("operator")) == []


@pytest.mark.clause("SX-08-f")
def test_filing_is_due_after_five_working_days_of_the_official_calendar(county):
    received = datetime(2026, 9, 29, 2, tzinfo=UTC)
    no = county.draft()
    county.walk(no, to="PURPOSE_VERIFYING", now=received)
    due = county.due(no)
    assert (due.day, due.amount) == (date(2026, 10, 12), 5)
    assert (due.rulebook_name, due.rulebook_version) == ("sharing.filing_days", 0)
    assert "国庆" in due.zh
    (waits,) = waiting([county.seat("operator")])
    assert not waits.late(beijing.midnight(date(2026, 10, 13)) - timedelta(microseconds=1))
    assert waits.late(beijing.midnight(date(2026, 10, 13)))


@pytest.mark.clause("SX-08-f")
def test_a_year_without_calendar_leaves_the_deadline_empty_until_it_is_loaded(county):
    no = county.draft()
    received = datetime(2026, 12, 30, 2, tzinfo=UTC)
    county.walk(no, to="PURPOSE_VERIFYING", now=received)
    due = county.due(no)
    assert due.day is None
    assert "2027" in due.zh
    loaded = Calendar.official().with_year(2027, [date(2027, 1, 1)], [])
    assert passes.recompute_deadlines(loaded) == 1
    assert county.due(no).day == date(2027, 1, 7)
    (waits,) = waiting([county.seat("operator")])
    assert waits.day == date(2027, 1, 7)
    (begun,) = [clock for step in steps("sharing.application", no) for clock in step.clocks.all() if not clock.ended_at]
    assert (begun.day, begun.step.action) == (date(2027, 1, 7), "report_supply")  # in the history, too (F8)


def test_a_refusal_needs_reason_and_basis(county):
    no = county.draft()
    county.walk(no, to="COMPLIANCE_CHECK")
    with pytest.raises(GroundsMissing):
        county.take(no, "refuse", by="authority", reason="与职责无关")
    assert county.take(no, "refuse", by="authority", reason="与职责无关", basis="SX-08") == "REFUSED"


def test_a_return_keeps_what_was_typed(county):
    no = county.draft(purpose="social-assistance")
    county.walk(no, to="COMPLIANCE_CHECK")
    county.take(no, "return", by="authority", reason="请补充事项编码")
    sharing.amend(no, changes={"matters": ["DB-002"]}, actor=county.actor("consumer"), now=NOW)
    application = queries.application(no, actor=county.actor("consumer"))
    assert (application.purpose, application.matters) == ("social-assistance", ["DB-002"])
    assert county.take(no, "lodge", by="consumer") == "LODGED"


def test_conditional_sharing_goes_to_the_provider_before_it_is_confirmed(county):
    no = county.draft()
    county.walk(no, to="COMPLIANCE_CHECK")
    with pytest.raises(ConditionNotMet) as refused:
        county.take(no, "confirm", by="authority")
    assert "信息资源属无条件共享，无须提供方答复" in refused.value.facts["conditions"]
    county.take(no, "pass_on", by="authority")
    with pytest.raises(CaseCannotMove):
        county.take(no, "confirm", by="authority")


def test_each_step_belongs_to_one_role(county):
    no = county.draft()
    county.take(no, "lodge", by="consumer")
    for stranger in ("consumer", "authority", "operator", "editor"):
        with pytest.raises(NotYourRole):
            county.take(no, "endorse", by=stranger)


@pytest.mark.parametrize(
    "state",
    [
        state if state in ("DRAFT", "PURPOSE_VERIFYING") else pytest.param(state, marks=pytest.mark.full)
        for state in WALK
    ],
)
def test_without_its_entry_no_step_happens(county, log_down, state):
    no = county.draft()
    county.walk(no, to=state)
    county.supply()
    before = everything(county, no)
    log_down(county.url)
    action, by = WALK[state]
    with pytest.raises(Exception, match="permission denied"):
        county.take(no, action, by=by)
    assert everything(county, no) == before
    with psycopg.connect(county.url, options="-c role=hutong_owner") as opened:
        assert opened.execute("select count(*) from plane.access_grant").fetchone() == (0,)


def everything(county, no):
    """Return every row there is of an application and its procedure."""
    kept = (Step, Clock, Turn, HandGiven, Handling)
    rows = [list(model.objects.filter(case=no).order_by("pk").values()) for model in kept]
    return Application.objects.values().get(no=no), rows


def test_strangers_do_not_see_an_application(county):
    no = county.draft()
    with pytest.raises(queries.NoSuchApplication):
        queries.application(no, actor=county.actor("editor"))


@pytest.mark.clause("SX-08-a")
def test_what_a_unit_under_no_department_applies_for_waits_for_the_authority(county):
    Competence.objects.filter(unit=county.civil).delete()
    no = county.draft()
    county.take(no, "lodge", by="consumer")
    assert county.turn(no) == county.at("authority")
    for stranger in ("competent", "consumer", "operator"):
        with pytest.raises(NotYourRole):
            county.take(no, "endorse", by=stranger)
    assert county.take(no, "endorse", by="authority") == "DEPARTMENT_ENDORSED"


@pytest.mark.parametrize("what", ["quota", "guesses", "yearly_records"])
def test_nobody_is_granted_more_than_the_rulebook_lets_anybody_have(county, what):
    rulebook.change(
        {f"sharing.most_{what}": 5}, from_date=beijing.day(NOW), reason="从严", actor=county.actor("authority"), now=NOW
    )
    county.draft(**{"quota": 5, "guesses": 5, "yearly_records": 5, what: 5})
    with pytest.raises(rules.LimitTooWide) as refused:
        county.draft(**{"quota": 5, "guesses": 5, "yearly_records": 5, what: 6})
    assert refused.value.facts == {"field": what, "asked": 6, "most": 5}


@pytest.mark.clause("SX-10-d")
@pytest.mark.parametrize("field", ["system", "users", "devices"])
def test_an_application_names_systems_users_and_devices_of_its_own_unit_in_use_and_nobody_else(county, field):
    kind, own = field.removesuffix("s"), {"system": "civil-app", "users": "zhang", "devices": "pc-1"}[field]
    of_police = {"public_key": bytes([1] * 32), "mlps_level": 2, "mlps_until": NOW.date().replace(year=2027)}
    with transaction.atomic():
        for code, unit in (("theirs", county.police), ("stopped", county.civil)):
            told = of_police | {"public_key": code.encode().ljust(32)} if kind == "system" else {}
            listing.enrol(kind, code=code, name=code, unit=unit, now=NOW, by="init", **told)
        with database.joined(connection) as cur:
            STOP[kind](cur, id="stopped", now=NOW, by="x", state="stopped", **of_unit(kind, county.civil))
    for outside in ("theirs", "stopped", "nobody", own.upper(), f"{own}\u200b"):
        with pytest.raises(rules.OutsideRegisters):
            county.draft(**{field: outside if kind == "system" else [own, outside]})
    no = county.draft()
    with pytest.raises(rules.OutsideRegisters):
        sharing.amend(
            no, changes={field: "theirs" if kind == "system" else ["theirs"]}, actor=county.actor("consumer"), now=NOW
        )


STOP = {
    "system": registers.change_system, "user": registers.set_user_state, "device": registers.set_device_state,
}  # fmt: skip


def of_unit(kind: str, unit: str) -> dict[str, str]:
    return {} if kind == "system" else {"unit": unit}
