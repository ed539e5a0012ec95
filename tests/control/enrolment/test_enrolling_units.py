"""What a file says of units, their departments, roles, offices and terms is followed where it changes."""

from dataclasses import replace
from datetime import date

import psycopg
import pytest
from acting import NOW, credit_code, entries
from enrolling import ALL, FOUNDERS, OFFICE, OFFICER, POLICE, RUNS, SYSTEM, TERMS, UNITS, enrolled, rehearsed

from hutong.control.enrolment import file as listing
from hutong.control.enrolment.enrolled import (
    EnrolledOffice,
    EnrolledUnit,
    EnrolledUser,
)
from hutong.control.sharing import terms
from hutong.control.units import queries
from hutong.control.units.rules import Days


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
