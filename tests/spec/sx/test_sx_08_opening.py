"""Article 8: the permission that the operator opens, and the five working days in which it does."""

from datetime import UTC, date, datetime, timedelta

import psycopg
import pytest
from acting import CODE, NOW, UNITS, entries
from applying import GROUNDS, NOT_THEIRS, at, others, step
from outcomes import DONE, came_of

from hutong.control.procedures import queries as procedures
from hutong.control.rulebook import operations as rulebook
from hutong.control.sharing import operations as sharing
from hutong.control.sharing import queries
from hutong.control.sharing.models import Application
from hutong.control.units import operations as members
from hutong.core import beijing
from hutong.db.database import Database
from hutong.plane import grants
from hutong.plane.definition import Mode

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


@pytest.mark.clause("SX-08-d", "SX-07-d", "SX-11-b")
@pytest.mark.parametrize(
    ("asked_for", "came"),
    [
        ({"guesses": 100, "quota": 10_000_000}, DONE),
        ({"guesses": 101}, "LIMIT_TOO_WIDE"),
        ({"guesses": 0}, "LIMIT_TOO_WIDE"),
        ({"quota": 10_000_001}, "LIMIT_TOO_WIDE"),
        ({"until_at": NOW.replace(year=2032)}, "LIMIT_TOO_WIDE"),
        ({"until_at": NOW}, "PERIOD_BACKWARDS"),
        ({"conditions": ["name"]}, "CONDITION_NOT_DECLARED"),
        ({"conditions": ["street"]}, "CONDITION_NOT_DECLARED"),  # declared, and outside what is applied for
        ({"conditions": ["street"], "items": ["street"]}, DONE),
        ({"items": ["salary"]}, "ITEM_UNKNOWN"),
        ({"items": ["name"], "mode": Mode.QUERY, "need": ["value_not_at_hand"]}, "ITEM_NOT_OFFERED"),
    ],
)
def test_nothing_is_applied_for_that_could_not_be_opened(county, asked_for, came):
    assert came_of(county.draft, **asked_for) == came
    no = county.draft()
    given = {"changes": asked_for, "actor": county.actor("consumer"), "now": NOW}
    assert came_of(sharing.amend, no, **given) == came


@pytest.mark.clause("SX-08-d", "SX-10-d")
@pytest.mark.parametrize(
    ("column", "value"), [("unit", UNITS[2]), ("state", "stopped")], ids=["of another unit", "stopped"]
)
def test_the_permission_is_opened_to_the_applicants_own_system_as_long_as_it_is_active(county, column, value):
    no = at(county, "PURPOSE_VERIFYING")
    with psycopg.connect(county.url, options="-c role=hutong_owner") as opened:
        opened.execute(f"update plane.system set {column} = %s where id = 'civil-app'", [value])
    assert step(county, no, "file", by="operator") == "SYSTEM_NOT_OF_CONSUMER"
    assert queries.grants(county.actor("operator")) == []


@pytest.mark.clause("SX-08-d", "SX-07-a", "SX-07-d", "SX-07-e", "SX-10-e", "SX-11-b")
def test_what_is_opened_is_what_was_applied_for(county):
    asked_for = {
        "mode": Mode.QUERY, "items": ["address", "street"], "conditions": ["street"], "need": ["value_not_at_hand"],
        "purpose": "social-assistance", "matters": ["DB-001", "DB-002"], "system": "civil-app", "users": ["zhang"],
        "devices": ["pc-1"], "quota": 7, "guesses": 3, "from_at": NOW.replace(month=4),
        "until_at": NOW.replace(year=2028),
    }  # fmt: skip
    no = county.draft(**asked_for)
    county.walk(no, to="FILED")
    db = Database(county.url, role="plane", size=1)
    with db.transaction() as cur:
        grant = grants.read(cur, nos=[f"G-{no}"])[f"G-{no}"]
    db.close()
    assert {name: getattr(grant, name) for name in asked_for} == asked_for
    assert (grant.code, grant.consumer, grant.provider) == (CODE, county.civil, county.police)
    assert (grant.state, grant.filing_no, grant.fold_absent) == ("active", "BA2026-000001", True)


# SX-08-e: applied for on the platform


@pytest.mark.clause("SX-08-e")
def test_the_unit_that_needs_the_data_applies_on_the_platform_and_changes_it_until_it_is_lodged(county):
    clerk = county.actor("consumer")
    no = county.draft()
    assert entries(county.url, "sharing.application_drafted") == 1
    changes = {"matters": ["DB-002"]}
    for name in ("competent", "authority", "operator", "editor"):
        assert came_of(county.draft, actor=county.actor(name)) == "NOT_YOUR_ROLE"
    members.give_role(username="approver", role="consumer", now=NOW, by="x")  # of another unit
    for name in ("competent", "authority", "operator", "editor", "approver"):
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
        assert others(county, no, "take_back", than="consumer") == NOT_THEIRS
        assert step(county, no, "take_back", by="consumer") == "TAKEN_BACK"
    assert step(county, at(county, "FILED"), "take_back", by="consumer") == "CASE_CANNOT_MOVE"


# SX-08-f: purpose verified and filed within five working days

BEFORE_THE_HOLIDAY = datetime(2026, 9, 29, 2, tzinfo=UTC)


@pytest.mark.clause("SX-08-f")
def test_five_working_days_run_from_the_day_the_data_are_there_and_not_from_the_operators_click(county):
    no = county.draft()
    county.walk(no, to="SUPPLIED", now=BEFORE_THE_HOLIDAY)
    due = county.due(no)
    assert (due.day, due.amount, due.rulebook_name) == (date(2026, 10, 12), 5, "sharing.filing_days")
    step(county, no, "verify", by="operator", now=BEFORE_THE_HOLIDAY + timedelta(days=10))
    assert county.due(no).day == date(2026, 10, 12)
    assert step(county, no, "file", by="operator") == "FILED"
    assert county.due(no) is None


@pytest.mark.clause("SX-08-f")
@pytest.mark.parametrize(("hour", "day"), [(15, 9), (16, 10)])
def test_the_day_on_which_the_data_come_is_the_day_in_china_and_not_counted(county, hour, day):
    no = county.draft()
    county.walk(no, to="SUPPLIED", now=datetime(2026, 3, 2, hour, tzinfo=UTC))
    assert county.due(no).day == date(2026, 3, day)


@pytest.mark.clause("SX-08-f")
def test_the_last_day_is_in_time_and_the_next_is_late_on_the_operators_desk(county):
    no = county.draft()
    county.walk(no, to="SUPPLIED", now=BEFORE_THE_HOLIDAY)
    (waits,) = [each for each in procedures.waiting([county.seat("operator")]) if each.case == no]
    midnight = beijing.midnight(date(2026, 10, 13))
    assert [waits.late(midnight - timedelta(microseconds=1)), waits.late(midnight)] == [False, True]
    late = procedures.counts([county.seat("operator")], now=midnight).late
    assert (late, procedures.counts([county.seat("operator")], now=midnight - timedelta(seconds=1)).late) == (1, 0)


@pytest.mark.clause("SX-08-f")
def test_what_is_sent_back_does_not_run_and_goes_on_where_it_stood(county):
    no = county.draft()
    county.walk(no, to="PURPOSE_VERIFYING", now=datetime(2026, 3, 2, 1, tzinfo=UTC))
    assert step(county, no, "return", by="operator") == "GROUNDS_MISSING"
    step(county, no, "return", by="operator", reason="请说明用途", now=datetime(2026, 3, 4, 1, tzinfo=UTC))
    assert county.due(no).rulebook_name == "sharing.supplement_days"
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
    given = {"values": {"sharing.filing_days": days}, "reason": "提速", "from_date": beijing.day(NOW)}
    assert came_of(rulebook.change, **given, actor=county.actor("authority"), now=NOW) == came
    no = at(county, "SUPPLIED")
    assert county.due(no).day == date(2026, 3, day)
