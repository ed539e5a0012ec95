"""What a file may not enrol is told with its place, in the reader's language, and nothing of it is kept."""

import base64
from dataclasses import replace
from datetime import date

import pytest
from acting import NOW
from enrolling import (
    ALL,
    HANGING,
    OFFICER,
    OPERATOR,
    POLICE,
    RUNS,
    SECRET,
    SYSTEM,
    UNITS,
    enrolled,
    listed,
    logged,
    rehearsed,
    ring,
)
from rich.console import Console

from hutong.console import enrol
from hutong.control.enrolment import file as listing
from hutong.control.enrolment import operations
from hutong.control.enrolment.enrolled import (
    EnrolledOfficer,
    EnrolledRole,
    EnrolledUnit,
)
from hutong.control.procedures.rules import NotYourRole
from hutong.control.units import queries
from hutong.core.errors import Problem


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
