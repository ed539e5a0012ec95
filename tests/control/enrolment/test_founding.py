"""A platform is founded once, with its three administrators, and by nobody else."""

from dataclasses import replace
from datetime import date

import psycopg
import pytest
from acting import NOW, credit_code, entries
from at_once import Doing
from enrolling import ALL, FOUNDERS, RUNS, UNITS, listed, logged, ring

from hutong.control.enrolment import accounts, giving, operations
from hutong.control.enrolment.enrolled import (
    Enrolled,
    EnrolledOfficer,
    EnrolledRole,
    EnrolledUnit,
)
from hutong.control.units import queries
from hutong.control.units.rules import ADMINISTRATORS, ROLES


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
