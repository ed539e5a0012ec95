"""An enrolment is rehearsed without a trace, carried out once, and followed where the file changes."""

import base64
from dataclasses import replace
from datetime import date

import psycopg
import pytest
from acting import NOW, credit_code, entries, point_django_at
from at_once import Doing
from django.contrib import auth
from django.db import transaction
from outcomes import DONE, came_of
from registering import FACTS
from rich.console import Console

from hutong import settings
from hutong.console import enrol
from hutong.control.enrolment import accounts, giving, operations
from hutong.control.enrolment import file as listing
from hutong.control.enrolment.enrolled import (
    Enrolled,
    EnrolledDevice,
    EnrolledOffice,
    EnrolledOfficer,
    EnrolledRole,
    EnrolledSystem,
    EnrolledTerm,
    EnrolledUnit,
    EnrolledUser,
    EnrolmentFault,
    FilePosition,
    Listed,
    Outcome,
)
from hutong.control.procedures.models import Step
from hutong.control.procedures.rules import NotYourRole
from hutong.control.registration import operations as registration
from hutong.control.registration.models import KINDS, Registration
from hutong.control.sharing import terms
from hutong.control.units import queries
from hutong.control.units.rules import ADMINISTRATORS, ROLES, Actor, Days
from hutong.core.errors import Problem
from hutong.installation import opening
from hutong.plane.keys import Keyring

POLICE, OFFICE = credit_code(21), credit_code(22)
KEY, SECRET = bytes(range(32)), b"0123456789abcdef"
OPERATOR = Actor("operator", "李强", OFFICE, "办公室", frozenset({"operator"}), offices=frozenset({("operator", "")}))
EVERYTHING = frozenset({"operator", "system_admin", "security_admin", "unit_admin"})
UNITS = (EnrolledUnit(POLICE, "公安局", competent="办公室"), EnrolledUnit(OFFICE, "办公室"))
OFFICER = EnrolledOfficer("zhao", "赵磊", "公安局", ("provider_editor",))
SYSTEM = EnrolledSystem("app", POLICE, "受理系统", 2, date(2027, 12, 31), KEY, SECRET, ("rfc9421", "gjgxjhpt"))
FOUNDERS = tuple(EnrolledOfficer(username, name, unit, (role,)) for username, name, unit, role in (
    ("gao", "高洁", "办公室", "system_admin"), ("lin", "林峰", "办公室", "security_admin"),
    ("chen", "陈静", "公安局", "auditor"),
))  # fmt: skip
ALL = (*UNITS, OFFICER, SYSTEM, EnrolledUser("zhang", POLICE, "张敏"), EnrolledDevice("pc", POLICE, "一号窗口"))
TERMS = (EnrolledTerm("purpose", "permit", "办理居住证", "Permits"), EnrolledTerm("matter", "permit", "居住证申领"))
SECTION = {EnrolledUnit: "units", EnrolledOffice: "offices", EnrolledOfficer: "officers",
           EnrolledSystem: "systems", EnrolledUser: "users", EnrolledDevice: "devices"}  # fmt: skip


def listed(*given) -> list[Listed]:
    return [(FilePosition(section(entry), number), entry) for number, entry in enumerate(given, 1)]


def section(entry: Enrolled) -> str:
    return f"{entry.kind}s" if isinstance(entry, EnrolledTerm) else SECTION[type(entry)]


@pytest.fixture
def platform(django_db, tmp_path, monkeypatch) -> opening.Installation:
    """A platform with nobody in it."""
    for name in ("HUTONG_DATABASE_URL", "HUTONG_WEB_SECRET"):
        monkeypatch.setenv(name, "")  # given back afterwards: a door sets them
    given = replace(settings.read({}), data=tmp_path)
    opening.prepare_folder(given)
    point_django_at(django_db, role="control")
    return opening.Installation(given, django_db, lambda: NOW, False)


def enrolled(platform, *given, by: str = "") -> list[Outcome]:
    """Carry entries out: as somebody who may do all of it, of the unit whose officers are given, or as an operator."""
    unit = next((OFFICE if it.unit == "办公室" else POLICE for it in given if isinstance(it, EnrolledOfficer)), OFFICE)
    actor = OPERATOR if by == "operator" else replace(OPERATOR, unit=unit, roles=EVERYTHING)
    return list(operations.enrol(listed(*given), keyring=ring(platform), now=NOW, actor=actor))


def rehearsed(platform, *given) -> tuple[list[Outcome], list[EnrolmentFault]]:
    return operations.rehearse(listed(*given), keyring=ring(platform), now=NOW, by="operator")


def ring(platform) -> Keyring:
    return Keyring.load(platform.keyring_path)


def logged(platform) -> int:
    with psycopg.connect(platform.database_url, options="-c role=hutong_owner") as opened:
        return opened.execute("select count(*) from audit.entry").fetchone()[0]


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
        ("device", "pc", POLICE, "LOCKED", "", None, True),
        ("system", "app", POLICE, "ACTIVE", "", 3, True),
        ("user", "zhang", POLICE, "LOCKED", "户政科", None, True),
    ]
    found = " union all ".join(f"select '{kind}', id, unit, state from plane.{kind}" for kind in KINDS)
    with psycopg.connect(platform.database_url) as opened:
        assert sorted(opened.execute(found).fetchall()) == [
            ("device", "pc", POLICE, "stopped"), ("system", "app", POLICE, "active"),
            ("user", "zhang", POLICE, "stopped"),
        ]  # fmt: skip
    enrolled(platform, replace(ALL[5], state="active"))
    assert Registration.objects.get(kind="device").state == "ACTIVE"


@pytest.mark.clause("PS-09-2")
def test_the_file_registers_nothing_that_is_under_review_and_lets_nothing_go_on_that_was_cancelled(platform):
    enrolled(platform, *ALL[:3])
    admin = Actor("kong", "孔亮", POLICE, "公安局", frozenset({"unit_admin"}))
    registration.apply("device", facts=FACTS["device"], actor=admin, now=NOW)
    reviewed = EnrolledDevice(str(FACTS["device"]["code"]), POLICE, "二号窗口", "active")
    before = logged(platform)
    codes = [[fault.problem.code for fault in rehearsed(platform, reviewed)[1]]]
    Registration.objects.update(state="CANCELLED", rules_at=NOW)
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
    with transaction.atomic():
        no = registration.apply("device", facts=FACTS["device"], actor=admin, now=NOW)
        if submits:
            Registration.objects.filter(no=no).update(state="ACTIVE", rules_at=NOW)
        filed = Doing(lambda: enrolled(platform, EnrolledDevice(str(FACTS["device"]["code"]), POLICE, "二号窗口")))
        assert filed.waits()
    came = filed.done()
    assert (isinstance(came, Problem) and came.code, Registration.objects.count()) == (refusal, 1)


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


@pytest.mark.clause("SX-09", "SX-11-a")
def test_every_refusal_of_an_operation_is_told_with_its_place_and_nothing_is_kept(platform):
    faulty = (
        EnrolledUnit("11330523002603139X", "公安局"),
        *UNITS,
        replace(OFFICER, roles=("auditor", "system_admin")),
        replace(OFFICER, username="qian", unit="税务局"),
        replace(OFFICER, username="sun", roles=("operator",)),
        replace(OFFICER, username="li", roles=("auditor",), password="1234567890"),
        replace(SYSTEM, mlps_level=1),
        replace(SYSTEM, mlps_until=date(2025, 12, 31)),
        replace(SYSTEM, public_key=None),
    )

    _, faults = rehearsed(platform, *faulty)

    assert [(f.place.section, f.place.entry, f.place.field, f.problem.code, f.problem.clause) for f in faults] == [
        ("units", 1, "credit_code", "CREDIT_CODE_CHECK_FAILED", None),
        ("officers", 4, "roles", "ROLES_NOT_SEPARATED", "SX-11-a"),
        ("officers", 5, "unit", "NO_SUCH_UNIT", None),
        ("officers", 6, "roles", "ROLE_NOT_FOUNDED", "SX-11-a"),
        ("officers", 7, "password_file", "PASSWORD_WEAK", None),
        ("systems", 8, "mlps_level", "PROTECTION_TOO_LOW", "SX-09"),
        ("systems", 9, "mlps_until", "PROTECTION_EXPIRED", "SX-09"),
        ("systems", 10, "public_key, secret_file, profiles", "CREDENTIALS_FAULTY", None),
    ]
    assert logged(platform) == 0


HANGING = """
[[units]]
credit_code = "11330523002603139X"
name = "公安局"

[[units]]
credit_code = "%s"
name = "派出所"
competent = "公安局"

[[officers]]
username = "zhao"
name = "赵磊"
unit = "公安局"
roles = ["provider_editor"]

[[officers]]
username = "qian"
name = "钱进"
unit = "派出所"
roles = ["provider_editor"]

[[officers]]
username = "sun"
name = "孙立"
unit = "税务局"
roles = ["provider_editor"]

[[users]]
id = "zhang"
name = "张敏"
unit = "11330523002603139X"
"""


@pytest.mark.parametrize(
    ("language", "hanging"),
    [
        ("zh", "units 第 1 条（第 2 行） credit_code；单位 1 条、人员 2 条、使用人员 1 条 登记在该单位名下，"
               "改正后方能登记"),
        ("en", "units entry 1 (line 2) credit_code; of this unit are unit entries: 1, officer entries: 2,"
               " user entries: 1, which wait for it"),
    ],
)  # fmt: skip
def test_a_units_wrong_code_is_told_once_with_how_many_hang_on_it(platform, tmp_path, language, hanging):

    file, told = tmp_path / "county.toml", []
    file.write_text(HANGING % POLICE)
    enrol.run(
        platform, file=file, check=True, language=language, console=Console(),
        fault=lambda place, problem: told.append((place, problem.code)), username="zhao", who=lambda: OPERATOR,
    )  # fmt: skip
    assert told[0] == (hanging, "CREDIT_CODE_CHECK_FAILED")
    assert [code for _, code in told] == ["CREDIT_CODE_CHECK_FAILED", "NO_SUCH_UNIT"]
    assert told[1][0].startswith("officers")


@pytest.mark.parametrize(
    ("language", "place"),
    [("zh", "officers 第 1 条（第 5 行） roles"), ("en", "officers entry 1 (line 5) roles")],
)
def test_a_fault_is_told_in_the_readers_language(platform, tmp_path, language, place):

    file = tmp_path / "county.toml"
    unit = f'[[units]]\ncredit_code = "{POLICE}"\nname = "公安局"\n\n'
    file.write_text(unit + '[[officers]]\nusername = "zhao"\nname = "赵磊"\nunit = "公安局"\nroles = ["chief"]\n')
    told = []

    sound = enrol.run(
        platform, file=file, check=False, language=language, console=Console(),
        fault=lambda place, problem: told.append((place, problem.code)), username="zhao", who=lambda: OPERATOR,
    )  # fmt: skip

    assert (sound, told) == (False, [(place, "ROLE_UNKNOWN")])
    assert logged(platform) == 0


def test_a_secret_is_read_in_base64_from_a_file_of_its_owner(platform, tmp_path):
    (tmp_path / "app.secret").write_text(base64.b64encode(SECRET).decode() + "\n")
    (tmp_path / "app.secret").chmod(0o600)
    file = tmp_path / "county.toml"
    file.write_text(
        '[[systems]]\nid = "app"\nname = "受理系统"\nunit = "公安局"\nmlps_level = 2\nmlps_until = 2027-12-31\n'
        'secret_file = "app.secret"\nprofiles = ["gjgxjhpt"]\n'
    )

    ((_, system),), faults = listing.read(file)

    assert faults == []
    assert system.secret == SECRET
    assert [outcome.what for outcome in enrolled(platform, *UNITS, system)] == ["new"] * 3


@pytest.mark.clause("SX-03")
def test_a_unit_is_stopped_by_the_file_after_all_that_go_on_and_started_again_with_its_system(platform):
    enrolled(platform, *ALL)
    # The office is abolished: the bureau it was over comes under another, which the file lists last.
    office = replace(UNITS[1], state="stopped", reason="县委编办〔2026〕3号")
    other = EnrolledUnit(credit_code(23), "大数据局")
    told = enrolled(platform, office, replace(UNITS[0], competent="大数据局"), other)
    assert [(outcome.id, outcome.what, outcome.changed) for outcome in told] == [
        (other.credit_code, "new", ()),
        (POLICE, "changed", ("competent",)),
        (OFFICE, "changed", ("state",)),
    ]
    assert [outcome.what for outcome in enrolled(platform, office)] == ["same"]

    police = EnrolledUnit(POLICE, "公安局", competent="大数据局", state="stopped", reason="并入大数据局")
    enrolled(platform, police)
    with pytest.raises(queries.NoSuchOfficer):
        queries.actor(OFFICER.username, now=NOW)
    active = replace(SYSTEM, state="active")
    _, faults = rehearsed(platform, police, OFFICER, active, ALL[-1])
    assert [(f.place.section, f.place.field, f.problem.code) for f in faults] == [("systems", "unit", "UNIT_STOPPED")]

    told = enrolled(platform, replace(police, state="active"), OFFICER, active)
    assert [(outcome.what, outcome.changed) for outcome in told] == [
        ("changed", ("state",)), ("same", ()), ("changed", ("state",)),
    ]  # fmt: skip
    assert queries.actor(OFFICER.username, now=NOW).unit == POLICE
    assert [entries(platform.database_url, f"units.unit_{what}") for what in ("stopped", "started")] == [2, 1]


@pytest.mark.clause("SX-03")
def test_nothing_new_is_enrolled_under_a_stopped_unit_and_a_unit_is_not_stopped_without_a_reason(platform):
    enrolled(platform, UNITS[1], replace(UNITS[0], competent=None, state="stopped", reason="撤并"))
    given = (FOUNDERS[2], SYSTEM, *ALL[-2:], EnrolledUnit(credit_code(23), "新设单位", competent="公安局"))
    _, faults = rehearsed(platform, replace(UNITS[1], state="stopped"), *given)
    assert [(f.place.section, f.place.field, f.problem.code) for f in faults] == [
        ("units", "competent", "UNIT_STOPPED"),
        ("units", "reason", "STOP_WITHOUT_REASON"),
        ("officers", "unit", "UNIT_STOPPED"),
        ("systems", "unit", "UNIT_STOPPED"),
        ("users", "unit", "UNIT_STOPPED"),
        ("devices", "unit", "UNIT_STOPPED"),
    ]


def test_the_department_of_a_person_is_changed_by_the_file_which_says_nothing_of_it_or_that_there_is_none(platform):
    user = EnrolledUser("zhang", POLICE, "张敏", department="户籍科")
    enrolled(platform, *UNITS)
    told = [
        (outcome.what, outcome.changed)
        for department in ("户籍科", None, "治安科", "治安科", "")
        for outcome in enrolled(platform, replace(user, department=department))
    ]
    assert told == [("new", ()), ("same", ()), ("changed", ("department",)), ("same", ()), ("changed", ("department",))]
    with psycopg.connect(platform.database_url, options="-c role=hutong_owner") as opened:
        rows = opened.execute("select record::jsonb from audit.entry where event like 'plane.user%' order by id")
        new, first, second = [record for (record,) in rows]
        (kept,) = opened.execute("select department from plane.user").fetchall()
    assert (new["department"], *first["before"].values(), *first["after"].values()) == ("户籍科", "户籍科", "治安科")
    assert (second["after"], kept) == ({"department": None}, (None,))


def test_purposes_and_matters_are_registered_renamed_and_taken_off_the_forms_each_with_its_entry(platform):
    assert [(outcome.section, outcome.what) for outcome in enrolled(platform, *TERMS)] == [
        ("purposes", "new"), ("matters", "new"),
    ]  # fmt: skip
    assert [outcome.what for outcome in enrolled(platform, *TERMS)] == ["same"] * 2
    told = enrolled(platform, replace(TERMS[0], name="申领居住证"), replace(TERMS[1], state="stopped"))
    assert [(outcome.what, outcome.changed) for outcome in told] == [("changed", ("name",)), ("changed", ("state",))]

    assert [terms.names("purpose", english=english) for english in (False, True)] == [
        {"permit": "申领居住证"}, {"permit": "Permits"},
    ]  # fmt: skip
    assert terms.names("matter", english=True) == {"permit": "居住证申领"}
    assert terms.names("matter", offered=True) == {}
    assert [entries(platform.database_url, f"sharing.term_{what}") for what in ("registered", "changed")] == [2, 2]
    enrolled(platform, replace(TERMS[1], code="new", state="stopped"))
    assert (len(terms.names("matter")), terms.names("matter", offered=True)) == (2, {})
    with pytest.raises(terms.TermTaken):
        terms.register("purpose", code="permit", name="别的", now=NOW, by="operator")


@pytest.mark.clause("SX-11-a")
def test_roles_have_days_in_the_file_and_where_it_tells_none_they_stay(platform, tmp_path):
    enrolled(platform, *UNITS)
    file = tmp_path / "county.toml"

    def run(roles: str) -> list[tuple[str, tuple[str, ...]]]:
        file.write_text(f'[[officers]]\nusername = "zhao"\nname = "赵磊"\nunit = "公安局"\nroles = [{roles}]\n')
        entries_read, faults = listing.read(file)
        assert faults == []
        return [
            (outcome.what, outcome.changed)
            for outcome in enrolled(platform, *(entry for _, entry in entries_read))
        ]

    summer = '{role = "consumer", until = 2026-06-30}'
    assert run(summer) == [("new", ())]
    assert run('"consumer"') == [("same", ())]
    assert run(f'{summer}, {{role = "auditor", from = 2026-07-01}}') == [("changed", ("+auditor",))]
    assert run('{role = "consumer", until = 2026-05-31}, "auditor"') == [("changed", ("~consumer",))]
    assert queries.account("zhao", now=NOW).given == {
        "consumer": Days(NOW.date(), date(2026, 5, 31)), "auditor": Days(date(2026, 7, 1))
    }  # fmt: skip
    assert queries.account("zhao", now=NOW).roles == {"consumer"}
    for faulty in ('{role = "consumer", till = 2026-05-31}', '{role = "consumer", until = "2026"}', "7"):
        file.write_text(f'[[officers]]\nusername = "zhao"\nname = "赵磊"\nunit = "公安局"\nroles = [{faulty}]\n')
        assert [fault.place.field for fault in listing.read(file)[1]] == ["roles"]


def test_the_file_moves_an_officer_with_other_roles_in_the_other_unit(platform):
    enrolled(platform, *UNITS, OFFICER)
    moved = replace(OFFICER, unit="办公室", roles=("provider_editor", "competent"))
    told = [enrolled(platform, *UNITS, moved)[-1] for _ in range(2)]
    assert [(outcome.what, outcome.changed) for outcome in told] == [
        ("changed", ("unit", "+competent", "+provider_editor")), ("same", ()),
    ]  # fmt: skip
    zhao = queries.actor("zhao", now=NOW)
    assert (zhao.unit, zhao.roles) == (OFFICE, {"provider_editor", "competent"})


RUNS = EnrolledOffice("operator", "办公室")


@pytest.mark.clause("SX-11-a")
def test_an_empty_platform_is_founded_with_its_three_administrators_and_the_first_entry_says_so(platform):
    everything = listed(*UNITS, *ALL[3:], *FOUNDERS, RUNS)
    told = list(operations.begin(everything, username="gao", keyring=ring(platform), now=NOW))

    assert [outcome.what for outcome in told] == ["new"] * 9
    assert [outcome.id for outcome in told if outcome.section == "officers"] == ["gao", "lin", "chen"]
    assert {each: queries.actor(each, now=NOW).roles for each in ("gao", "lin", "chen")} == {
        "gao": {"system_admin"}, "lin": {"security_admin"}, "chen": {"auditor"}
    }  # fmt: skip
    with psycopg.connect(platform.database_url, options="-c role=hutong_owner") as opened:
        rows = opened.execute("select event, record::jsonb ->> 'by' from audit.entry order by id").fetchall()
    assert rows[0] == ("units.platform_begun", "gao")
    assert {by for _, by in rows} == {"gao"}
    with pytest.raises(operations.PlatformBegun):
        list(operations.begin(everything, username="gao", keyring=ring(platform), now=NOW))


@pytest.mark.clause("SX-11-a")
def test_of_two_who_found_the_platform_at_once_one_finds_it_begun(platform):
    names = {"gao": "sun", "lin": "li", "chen": "wu"}
    others = [replace(each, username=names[each.username], unit="民政局") for each in FOUNDERS]

    def found(username: str, *given: Enrolled) -> Doing:
        return Doing(
            lambda: list(operations.begin(listed(*given), username=username, keyring=ring(platform), now=NOW))
        )

    with psycopg.connect(platform.database_url, options="-c role=hutong_owner") as opened:
        opened.execute("lock table units_unit in exclusive mode")  # so that neither is done before the other
        both = [found("gao", *UNITS, *FOUNDERS), found("sun", EnrolledUnit(credit_code(31), "民政局"), *others)]
        assert all(each.waits() for each in both)
    came = [each.done() for each in both]
    assert sorted(type(each).__name__ for each in came) == ["PlatformBegun", "list"]
    founders = ("gao", "lin", "chen") if isinstance(came[0], list) else ("sun", "li", "wu")
    there = {each for each in (*names, *names.values()) if queries.account(each, now=NOW)}
    assert (there, entries(platform.database_url, "units.platform_begun")) == (set(founders), 1)


@pytest.mark.clause("SX-11-a")
@pytest.mark.parametrize(
    "founders",
    [
        [],
        FOUNDERS[1:],
        FOUNDERS[:2],
        [replace(FOUNDERS[0], username="sun"), *FOUNDERS[1:]],
        [replace(FOUNDERS[0], state="stopped"), *FOUNDERS[1:]],
        [replace(FOUNDERS[0], roles=(EnrolledRole("system_admin", date(2026, 3, 3)),)), *FOUNDERS[1:]],
    ],
    ids=["nobody", "no system administrator", "no auditor", "somebody else", "stopped", "from tomorrow"],
)
def test_nobody_founds_a_platform_without_all_three_or_whom_the_file_does_not_list(platform, founders):
    with pytest.raises(accounts.FirstOfficerUnlisted):
        list(operations.begin(listed(*UNITS, RUNS, *founders), username="gao", keyring=ring(platform), now=NOW))
    assert logged(platform) == 0


@pytest.mark.clause("SX-11-a")
@pytest.mark.parametrize("role", sorted(set(ROLES) - set(ADMINISTRATORS)))
def test_no_role_but_the_three_administrators_is_founded_and_then_nothing_is(platform, role):
    given = listed(*UNITS, RUNS, *FOUNDERS, EnrolledOfficer("zhao", "赵磊", "公安局", (role,)))
    with pytest.raises(giving.RoleNotFounded):
        list(operations.begin(given, username="gao", keyring=ring(platform), now=NOW))
    assert logged(platform) == 0


@pytest.mark.clause("SX-11-a")
def test_an_operator_changes_nothing_about_officers_by_a_file_and_it_says_so(platform):
    enrolled(platform, *UNITS, RUNS, OFFICER)
    before = logged(platform)
    for other in (
        replace(OFFICER, roles=("provider_editor", "operator")), replace(OFFICER, roles=()),
        replace(OFFICER, name="赵大磊"), replace(OFFICER, unit="办公室"), replace(OFFICER, state="stopped"),
        replace(OFFICER, roles=(EnrolledRole("provider_editor", until_date=date(2026, 12, 31)),)),
        EnrolledOfficer("qian", "钱芳", "公安局"), EnrolledOfficer("qian", "钱芳", "公安局", ("security_admin",)),
    ):  # fmt: skip
        with pytest.raises(NotYourRole):
            enrolled(platform, other, by="operator")
    assert [each.what for each in enrolled(platform, OFFICER, replace(OFFICER, roles=None), by="operator")] == [
        "same", "same"
    ]  # fmt: skip
    assert logged(platform) == before


@pytest.mark.clause("D-23")
def test_the_file_gives_offices_and_passes_them_on_with_a_reason_before_a_unit_is_stopped(platform):
    told = [enrolled(platform, *UNITS, RUNS, EnrolledOffice("authority", POLICE, "330523"))[2:] for _ in range(2)]
    assert [[(each.id, each.what) for each in once] for once in told] == [
        [("operator", "new"), ("authority 330523", "new")], [("operator", "same"), ("authority 330523", "same")],
    ]  # fmt: skip
    passed_on = EnrolledOffice("operator", "公安局")
    _, faults = rehearsed(platform, *UNITS, passed_on)
    assert [(fault.place.section, fault.place.field, fault.problem.code) for fault in faults] == [
        ("offices", "reason", "OFFICE_WITHOUT_REASON")
    ]
    _, faults = rehearsed(platform, *UNITS, EnrolledOffice("operator", "无此单位"), EnrolledOffice("mayor", "公安局"))
    assert [fault.place.field for fault in faults] == ["unit", "role"]
    stopped = replace(UNITS[1], state="stopped", reason="机构撤并")
    units = (replace(UNITS[0], competent=None), stopped, replace(passed_on, reason="机构撤并"))
    told = enrolled(platform, *units)
    assert [(each.section, each.what, each.changed) for each in told] == [
        ("units", "changed", ("competent",)), ("offices", "changed", ("unit",)), ("units", "changed", ("state",)),
    ]  # fmt: skip


def test_who_neither_runs_nor_administers_the_platform_enrols_nobody(platform):
    stranger = replace(OPERATOR, roles=frozenset({"authority", "auditor", "unit_head"}), offices=frozenset())
    with pytest.raises(NotYourRole):
        list(operations.enrol(listed(*ALL), keyring=ring(platform), now=NOW, actor=stranger))
    assert logged(platform) == 0


@pytest.mark.clause("SX-11-a")
def test_a_file_gives_nobody_a_role_whose_it_is_not_and_the_own_person_none(platform):
    chief = EnrolledOfficer("chief", "高洁", "办公室", ("operator", "unit_admin"), "correct horse 互通")
    admin = replace(chief, username="admin", roles=("system_admin",))
    zhao = replace(OFFICER, unit="办公室")
    enrolled(platform, *UNITS, RUNS, chief, admin, zhao)

    def refused(by: str, *given) -> list[tuple[str, str]]:
        carried, actor = listed(*UNITS, *given), queries.actor(by, now=NOW)
        faults = operations.rehearse(carried, keyring=ring(platform), now=NOW, by=by)[1]
        try:
            list(operations.enrol(carried, keyring=ring(platform), now=NOW, actor=actor))
            assert faults == []
        except Problem as problem:
            assert [each.problem.code for each in faults] == [problem.code]
        return [(each.place.field, each.problem.code) for each in faults]

    assert refused("chief", chief, admin, replace(zhao, roles=("provider_approver",))) == []
    assert refused("chief", replace(chief, roles=("unit_admin", "operator", "consumer"))) == [("roles", "OWN_ACCOUNT")]
    for more in (("operator", "unit_admin", "authority"), ("unit_admin",), ()):
        assert refused("chief", replace(chief, roles=more)) == [("roles", "NOT_YOUR_ROLE")]
    assert refused("chief", replace(OFFICER, username="qian")) == [("roles", "NOT_YOUR_ROLE")]
    assert refused("admin", replace(zhao, roles=("consumer",))) == [("roles", "NOT_YOUR_ROLE")]
    assert refused("admin", replace(OFFICER, username="qian")) == [("roles", "NOT_YOUR_ROLE")]
    assert refused("admin", chief, admin, replace(zhao, roles=None, name="赵大磊")) == []
    carried_out = [queries.actor(who, now=NOW) for who in ("chief", "zhao")]
    assert [each.roles for each in carried_out] == [{"operator", "unit_admin"}, {"provider_approver"}]
    assert carried_out[1].name == "赵大磊"
