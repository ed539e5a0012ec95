"""An enrolment is rehearsed without a trace, carried out once, and followed where the file changes."""

from dataclasses import replace

import psycopg
import pytest
from acting import NOW, entries
from at_once import Doing
from django.contrib import auth
from django.db import transaction
from enrolling import (
    ALL,
    FOUNDERS,
    OFFICE,
    OFFICER,
    POLICE,
    RUNS,
    SYSTEM,
    UNITS,
    enrolled,
    listed,
    logged,
    rehearsed,
    ring,
)
from outcomes import DONE, came_of
from registering import FACTS, department

from hutong.control.enrolment import operations
from hutong.control.enrolment.enrolled import (
    Enrolled,
    EnrolledDevice,
    EnrolledOfficer,
    EnrolledUser,
    Outcome,
)
from hutong.control.procedures.models import Step
from hutong.control.registration import operations as registration
from hutong.control.registration.models import KINDS, Registration
from hutong.control.units import queries
from hutong.control.units.rules import Actor
from hutong.core.errors import Problem


def test_each_is_enrolled_with_its_entry_and_a_second_time_nothing_happens(platform):
    told = enrolled(platform, *ALL)

    assert [outcome.what for outcome in told] == ["new"] * 6
    assert [outcome.id for outcome in told][:2] == [OFFICE, POLICE]  # the competent department first
    assert logged(platform) == 10  # an account is one, and its role another; what is registered is two
    assert [outcome.what for outcome in enrolled(platform, *ALL)] == ["same"] * 6
    assert logged(platform) == 10  # an account is one, and its role another; what is registered is two


def test_a_rehearsal_says_the_same_and_leaves_nothing(platform):
    told, faults = rehearsed(platform, *UNITS, *FOUNDERS, *ALL[3:])

    assert ([outcome.what for outcome in told], faults) == (["new"] * 8, [])
    assert [outcome.password for outcome in told] == [None] * 8
    assert logged(platform) == 0
    assert queries.units() == []


def test_a_new_officer_comes_in_with_the_password_shown_which_is_kept_nowhere(platform):
    password = enrolled(platform, *ALL)[2].password

    assert auth.authenticate(username="zhao", password=password) is not None
    with psycopg.connect(platform.database_url, options="-c role=hutong_owner") as opened:
        kept = opened.execute(
            "select (select string_agg(account::text, '') from public.auth_user account)"
            " || (select string_agg(entry::text, '') from audit.entry entry)"
        ).fetchone()[0]
    assert "zhao" in kept
    assert password not in kept
    assert password not in repr(Outcome("officers", "zhao", "赵磊", "new", password=password))


def test_a_password_from_a_file_is_not_shown(platform):
    given = replace(OFFICER, password="correct horse 互通")

    assert enrolled(platform, *UNITS, given)[2].password is None
    assert auth.authenticate(username="zhao", password="correct horse 互通") is not None


@pytest.mark.clause("SX-11-a")
def test_an_account_is_stopped_by_the_file_and_let_in_again(platform):
    enrolled(platform, *ALL)
    stopped, same = (enrolled(platform, *UNITS, replace(OFFICER, state="stopped"))[-1] for _ in range(2))
    assert (stopped.what, stopped.changed, same.what) == ("changed", ("state",), "same")
    with pytest.raises(queries.NoSuchOfficer):
        queries.actor(OFFICER.username, now=NOW)
    enrolled(platform, *UNITS, replace(OFFICER, state="active"))
    assert queries.actor(OFFICER.username, now=NOW).officer == OFFICER.username
    enrolled(platform, *UNITS, replace(OFFICER, username="leaver", state="stopped"))
    with pytest.raises(queries.NoSuchOfficer):
        queries.actor("leaver", now=NOW)


@pytest.mark.clause("SX-10-d")
def test_whatever_the_file_registers_or_stops_has_its_registration_in_control(platform):
    enrolled(platform, *ALL)
    user, device = replace(ALL[4], department="户政科", state="stopped"), replace(ALL[5], state="stopped")
    enrolled(platform, replace(SYSTEM, mlps_level=3), user, device)
    told = ("kind", "code", "unit", "state", "department", "mlps_level", "enrolled")
    assert list(Registration.objects.order_by("kind").values_list(*told)) == [
        ("department", "户政科", POLICE, "ACTIVE", "", None, True),
        ("device", "pc", POLICE, "LOCKED", "", None, True),
        ("system", "app", POLICE, "ACTIVE", "", 3, True),
        ("user", "zhang", POLICE, "LOCKED", "户政科", None, True),
    ]
    found = " union all ".join(f"select '{kind}', id, unit, state from plane.{kind}" for kind in KINDS)
    with psycopg.connect(platform.database_url) as opened:
        assert sorted(opened.execute(found).fetchall()) == [
            ("department", "户政科", POLICE, "active"), ("device", "pc", POLICE, "stopped"),
            ("system", "app", POLICE, "active"), ("user", "zhang", POLICE, "stopped"),
        ]  # fmt: skip
    enrolled(platform, replace(ALL[5], state="active"))
    assert Registration.objects.get(kind="device").state == "ACTIVE"


@pytest.mark.clause("PS-09-2")
def test_the_file_registers_nothing_that_is_under_review_and_lets_nothing_go_on_that_was_cancelled(platform):
    enrolled(platform, *ALL[:3])
    admin = Actor("kong", "孔亮", POLICE, "公安局", frozenset({"unit_admin"}))
    department(POLICE)
    registration.apply("device", facts=FACTS["device"], actor=admin, now=NOW)
    reviewed = EnrolledDevice(str(FACTS["device"]["code"]), POLICE, "二号窗口", "active")
    before = logged(platform)
    codes = [[fault.problem.code for fault in rehearsed(platform, reviewed)[1]]]
    Registration.objects.filter(kind="device").update(state="CANCELLED", rules_at=NOW)
    codes.append([fault.problem.code for fault in rehearsed(platform, reviewed)[1]])
    assert (codes, logged(platform)) == ([["UNDER_REVIEW"], ["CASE_CANNOT_MOVE"]], before)


@pytest.mark.clause("SX-10-d")
def test_what_another_unit_calls_alike_is_registered_for_it_and_left_to_it(platform):
    enrolled(platform, *ALL)
    told = enrolled(platform, EnrolledUser("zhang", OFFICE, "张敏"), EnrolledDevice("pc", "办公室", "值班室"))
    again = enrolled(platform, EnrolledUser("zhang", OFFICE, "张敏", "stopped"), replace(ALL[5], state="stopped"))
    assert [each.what for each in (*told, *again)] == ["new", "new", "changed", "changed"]
    rows = Registration.objects.exclude(kind="system").order_by("kind", "unit").values_list("kind", "unit", "state")
    assert list(rows) == [
        ("device", POLICE, "LOCKED"), ("device", OFFICE, "ACTIVE"), ("user", POLICE, "ACTIVE"),
        ("user", OFFICE, "LOCKED"),
    ]  # fmt: skip
    taken = replace(SYSTEM, unit=OFFICE)
    assert [(each.what, each.kept) for each in enrolled(platform, taken)] == [("same", ("unit",))]


@pytest.mark.clause("SX-11-a")
def test_other_credentials_and_the_end_of_a_lock_come_from_the_operator_alone_and_each_leaves_its_entry(platform):
    names = {"run": "operator", "admin": "system_admin"}
    officers = [EnrolledOfficer(username, "高洁", "办公室", (role,)) for username, role in names.items()]
    enrolled(platform, *UNITS, RUNS, *officers, *ALL[3:])

    def carried(by: str, *given: Enrolled) -> str:
        actor = queries.actor(by, now=NOW)
        carrying = {"keyring": ring(platform), "now": NOW}
        told = {each.problem.code for each in operations.rehearse(listed(*given), **carrying, by=by)[1]}
        came = came_of(lambda: list(operations.enrol(listed(*given), **carrying, actor=actor)))
        assert told == {came} - {DONE}
        return came

    locked = [replace(each, state="stopped") for each in ALL[3:]]
    others = [
        *(replace(each, state="active") for each in ALL[3:]), replace(SYSTEM, public_key=bytes(32)),
        replace(SYSTEM, secret=b"f" * 16), replace(SYSTEM, profiles=("rfc9421",)),
    ]  # fmt: skip
    assert carried("admin", *locked) == DONE
    before = logged(platform)
    assert ({carried("admin", each) for each in others}, logged(platform)) == ({"NOT_YOUR_ROLE"}, before)
    assert {carried("run", each) for each in others} == {DONE}
    steps = Step.objects.filter(action__endswith="lock").order_by("id").values_list("action", "by", "role", "unit")
    by_whom = [("lock", "admin", "system_admin", OFFICE), ("unlock", "run", "operator", OFFICE)]
    assert list(steps) == [each for each in by_whom for _ in range(3)]
    with psycopg.connect(platform.database_url, options="-c role=hutong_owner") as opened:
        rows = opened.execute(
            "select record::jsonb -> 'changed', record::jsonb ->> 'by' from audit.entry"
            " where event = 'registration.changed' order by id"
        ).fetchall()
    assert rows == [(each, "run") for each in (["public_key"], ["public_key", "secret"], ["profiles", "secret"])]


@pytest.mark.clause("PS-09-2")
@pytest.mark.parametrize(("submits", "refusal"), [(False, "UNDER_REVIEW"), (True, "IDENTIFIER_TAKEN")])
def test_what_a_unit_registers_at_the_desk_while_the_file_does_is_registered_once(platform, submits, refusal):
    enrolled(platform, *UNITS)
    admin = Actor("kong", "孔亮", POLICE, "公安局", frozenset({"unit_admin"}))
    department(POLICE)
    with transaction.atomic():
        no = registration.apply("device", facts=FACTS["device"], actor=admin, now=NOW)
        if submits:
            Registration.objects.filter(no=no).update(state="ACTIVE", rules_at=NOW)
        filed = Doing(lambda: enrolled(platform, EnrolledDevice(str(FACTS["device"]["code"]), POLICE, "二号窗口")))
        assert filed.waits()
    came = filed.done()
    assert (isinstance(came, Problem) and came.code, Registration.objects.filter(kind="device").count()) == (refusal, 1)


def test_what_the_file_changes_is_changed_and_what_cannot_be_is_named(platform):
    enrolled(platform, *ALL)
    before = logged(platform)
    told = enrolled(
        platform,
        replace(UNITS[0], region_code="330523"),
        replace(OFFICER, roles=("consumer",), name="钱芳"),
        replace(SYSTEM, mlps_level=3, secret=b"f" * 16),
        EnrolledUser("zhang", POLICE, "张大敏", "stopped"),
        replace(ALL[-1], name="二号窗口"),
    )

    assert [(outcome.what, outcome.changed, outcome.kept) for outcome in told] == [
        ("changed", ("region_code",), ()),
        ("changed", ("name", "-provider_editor", "+consumer"), ()),
        ("changed", ("secret", "mlps_level"), ()),
        ("changed", ("state",), ("name",)),
        ("same", (), ("name",)),
    ]
    assert logged(platform) == before + 8
    assert [entries(platform.database_url, each) for each in ("plane.system_changed", "registration.changed")] == [
        1, 1
    ]  # fmt: skip
    assert queries.account("zhao", now=NOW).roles == {"consumer"}
