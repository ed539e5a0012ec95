"""Administrators do what is theirs about other people's accounts, and no more; the three of them are three people."""

from datetime import date

import psycopg
import pytest
from acting import NOW, PASSWORD, UNITS, County, entries
from django.contrib import auth

from hutong.audit.events import RecordClass
from hutong.control.procedures.procedure import installed
from hutong.control.sharing import usage
from hutong.control.units import deputies, logins, officers, operations, powers, queries
from hutong.control.units.models import FailedLogin, RoleAssignment
from hutong.control.units.rules import APART_ROLES, DECIDING, ROLES, Days
from hutong.core.errors import Problem

ADMINISTRATORS = {"accounts": "system_admin", "secrecy": "security_admin", "audit": "auditor", "bureau": "unit_admin"}
OPEN = Days(date(2026, 3, 2))


@pytest.fixture
def administered(county) -> County:
    """A county with the three administrators in the authority's unit, and one of the police's own."""
    for username, role in ADMINISTRATORS.items():
        operations.add_officer(
            username=username, password=PASSWORD, name=f"管理{username}", roles=[role], now=NOW, by="init",
            unit=county.police if role == "unit_admin" else UNITS[0],
        )  # fmt: skip
    return county


def did(act, *, by: str, **given) -> str:
    """Return what came of an act: its refusal's code, or nothing."""
    return came(act, **given, actor=queries.actor(by, now=NOW))


def came(act, **given) -> str:
    try:
        act(**given, now=NOW)
    except Problem as problem:
        return problem.code
    return ""


def filled_in(county: County, username: str, role: str) -> str:
    """Return what came of naming an officer to fill in at the civil affairs bureau."""
    return came(
        deputies.name, role=role, unit=county.civil, username=username, until_date=date(2026, 6, 30), reason="空缺",
        actor=county.actor("authority"),
    )  # fmt: skip


ACTS = {
    "add": (officers.add, {"username": "new.one", "name": "周敏"}),
    "rename": (officers.rename, {"name": "周敏", "reason": "更名"}),
    "stop": (officers.set_active, {"active": False}),
    "start": (officers.set_active, {"active": True}),
    "move": (officers.move, {"unit": UNITS[4], "reason": "调动"}),
    "password": (officers.renew_password, {}),
    "second_factor": (officers.reset_factor, {}),
    "unlock": (officers.unlock, {}),
}


@pytest.mark.clause("SX-11-a", "PS-05-1c")
@pytest.mark.parametrize("act", sorted(ACTS))
def test_an_act_is_its_administrators_and_nobody_elses(administered, act):
    run, given = ACTS[act]
    may = {}
    for by in ("accounts", "secrecy", "audit", "bureau", "authority", "operator", "approver"):
        for unit, officer in ((administered.police, "editor"), (administered.civil, "consumer")):
            who = {"username": f"{by}.{officer}", "unit": unit} if act == "add" else {"username": officer}
            came = did(run, by=by, **{**given, **who})
            assert came in ("", "NOT_YOUR_ROLE", "FACTOR_MISSING")
            may[by, officer] = came != "NOT_YOUR_ROLE"
    assert {each for each, allowed in may.items() if allowed} == {
        *{("accounts", "editor"), ("accounts", "consumer")},
        *({("bureau", "editor")} if act in ("add", "rename", "stop", "start", "password", "unlock") else set()),
    }


@pytest.mark.clause("SX-11-a")
@pytest.mark.parametrize("role", sorted(ROLES))
def test_a_role_is_given_and_taken_by_whom_it_is_for_and_nobody_else(administered, role):
    given_to = {"editor": administered.police, "consumer": administered.civil}
    RoleAssignment.objects.filter(officer__user__username__in=given_to).delete()
    theirs = "bureau" if powers.GIVEN_BY[role] == "unit_admin" else "secrecy"
    for username in given_to:
        for by in sorted({*ADMINISTRATORS, "authority", "operator"} - {theirs}):
            assert did(officers.give, by=by, username=username, role=role, days=OPEN) == "NOT_YOUR_ROLE"
    expected = {"editor": "", "consumer": "" if theirs == "secrecy" else "NOT_YOUR_ROLE"}
    assert {who: did(officers.give, by=theirs, username=who, role=role, days=OPEN) for who in given_to} == expected
    assert queries.account("editor", now=NOW).roles == {role}
    for by in sorted({*ADMINISTRATORS} - {theirs}):
        assert did(officers.take, by=by, username="editor", role=role, reason="转岗") == "NOT_YOUR_ROLE"
    assert did(officers.take, by=theirs, username="editor", role=role, reason="转岗") == ""
    assert queries.actor("editor", now=NOW).roles == set()


@pytest.mark.clause("SX-11-a")
@pytest.mark.parametrize("one", sorted(APART_ROLES))
def test_the_three_administrators_are_three_people_who_decide_nothing(county, one):
    RoleAssignment.objects.filter(officer__user__username__in=["editor", "consumer"]).delete()
    others = (DECIDING | {"auditor", "system_admin", "security_admin", "unit_admin"}) - {one}
    operations.give_role(username="editor", role=one, now=NOW, by="init")
    told = {
        (came(operations.give_role, username="editor", role=other, by="init"), filled_in(county, "editor", other))
        for other in others
    }
    assert told == {("ROLES_NOT_SEPARATED", "ROLES_NOT_SEPARATED")}
    assert (queries.actor("editor", now=NOW).roles, queries.actor("editor", now=NOW).deputises) == ({one}, set())


@pytest.mark.clause("SX-11-a")
def test_nobody_gives_the_own_person_a_role_or_administers_the_own_account(administered):
    assert did(officers.give, by="secrecy", username="secrecy", role="unit_admin", days=OPEN) == "OWN_ACCOUNT"
    assert did(officers.take, by="secrecy", username="secrecy", role="security_admin", reason="x") == "OWN_ACCOUNT"
    assert did(officers.give, by="bureau", username="bureau", role="provider_editor", days=OPEN) == "OWN_ACCOUNT"
    for act in ("rename", "stop", "start", "move", "password", "second_factor", "unlock"):
        run, given = ACTS[act]
        assert did(run, by="accounts", username="accounts", **given) == "OWN_ACCOUNT"
    assert {who: queries.actor(who, now=NOW).roles for who in ADMINISTRATORS} == {
        who: {role} for who, role in ADMINISTRATORS.items()
    }
    for by in ADMINISTRATORS:
        own = {"unit": queries.actor(by, now=NOW).unit, "officer": by, "actor": queries.actor(by, now=NOW)}
        assert (powers.acts(**own), powers.gives(**own)) == ([], [])


@pytest.mark.clause("SX-11-a", "PS-05-1c")
def test_each_act_is_entered_with_who_did_it(administered):
    made = officers.add(
        username="new.one", name="周敏", unit=administered.police, actor=queries.actor("bureau", now=NOW), now=NOW
    )
    assert auth.authenticate(username="new.one", password=made) is not None
    for _ in range(3):
        logins.claim_attempt(username="new.one", source="10.0.0.1", now=NOW)
    for act in ("stop", "start"):
        run, given = ACTS[act]
        assert did(run, by="bureau", username="new.one", **given) == ""
    for act in ("rename", "unlock", "password"):
        run, given = ACTS[act]
        wanted = {**given, "name": "周敏敏"} if act == "rename" else given
        assert did(run, by="accounts", username="new.one", **wanted) == ""
    assert did(officers.give, by="bureau", username="new.one", role="consumer", days=OPEN) == ""
    assert did(officers.take, by="bureau", username="new.one", role="consumer", reason="转岗") == ""
    assert FailedLogin.objects.filter(username="new.one").count() == 0
    assert auth.authenticate(username="new.one", password=made) is None
    with psycopg.connect(administered.url, options="-c role=hutong_owner") as opened:
        rows = opened.execute(
            "select event, record::json from audit.entry where record::json->>'officer' = 'new.one' order by id"
        ).fetchall()
    told = [(event, record.get("change") or record.get("role") or "", record["by"]) for event, record in rows]
    assert told == [
        ("units.officer_added", "", "bureau"), ("auth.changed", "stopped", "bureau"),
        ("auth.changed", "active", "bureau"),
        ("units.officer_changed", "", "accounts"), ("auth.changed", "unlocked", "accounts"),
        ("auth.changed", "password", "accounts"), ("units.role_given", "consumer", "bureau"),
        ("units.role_taken", "consumer", "bureau"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"username": "-x"}, "USERNAME_UNFIT"), ({"username": "a b"}, "USERNAME_UNFIT"),
        ({"username": "x" * 151}, "USERNAME_UNFIT"), ({"name": " "}, "NAME_UNFIT"),
        ({"name": "周" * 101}, "NAME_UNFIT"), ({"name": "周\n敏"}, "NAME_UNFIT"),
        ({"username": "editor"}, "USERNAME_TAKEN"), ({"username": "EDITOR"}, "USERNAME_TAKEN"),
        ({"username": "Hutong"}, "USERNAME_TAKEN"), ({"unit": UNITS[4][::-1]}, "NO_SUCH_UNIT"),
    ],
)  # fmt: skip
def test_an_account_that_cannot_be_is_not_added(administered, given, code):
    before = entries(administered.url, "units.officer_added")
    wanted = {"username": "new.one", "name": "周敏", "unit": administered.police, **given}
    assert did(officers.add, by="accounts", **wanted) == code
    assert entries(administered.url, "units.officer_added") == before


def test_without_its_entry_nothing_is_done_about_an_account(administered, log_down):
    logins.claim_attempt(username="editor", source="10.0.0.1", now=NOW)
    log_down(administered.url)
    for act in ("add", "rename", "stop", "move", "password", "unlock"):
        run, given = ACTS[act]
        who = {"unit": administered.police} if act == "add" else {"username": "editor"}
        with pytest.raises(Exception, match="permission denied"):
            run(**{**given, **who}, actor=queries.actor("accounts", now=NOW), now=NOW)
    editor = queries.actor("editor", now=NOW)
    assert (editor.name, editor.unit, queries.account("new.one", now=NOW)) == ("赵磊", administered.police, None)
    assert FailedLogin.objects.filter(username="editor").count() == 1
    assert auth.authenticate(username="editor", password=PASSWORD) is not None


@pytest.mark.clause("SX-11-a", "IS-5.1-a")
@pytest.mark.parametrize("act", ["password", "unlock"])
@pytest.mark.parametrize("role", sorted(role for role, by in powers.GIVEN_BY.items() if by != "unit_admin"))
def test_a_units_administrator_comes_to_no_password_of_an_office_or_of_another_administrator(administered, act, role):
    """Who renews a password can come in as its officer: not where another's power would come with it."""
    RoleAssignment.objects.filter(officer__user__username="editor").delete()
    operations.give_role(username="editor", role=role, now=NOW, by="init", days=Days(date(2026, 4, 1)))
    run, given = ACTS[act]
    assert did(run, by="bureau", username="editor", **given) == "NOT_THE_UNITS_ALONE"
    bureau = queries.actor("bureau", now=NOW)
    assert act not in powers.acts(unit=administered.police, officer="editor", actor=bureau, roles=[role])
    assert did(run, by="accounts", username="editor", **given) == ""


ASIDE = {
    "system_admin": {"give", "take", "read security", "decide"},
    "security_admin": {*powers.DONE_BY, "decide"},
    "auditor": {*powers.DONE_BY, "give", "take", "decide"},
}
"""Administrator of the platform → what that one may never do, for another of the three watches it (三员)."""


@pytest.mark.clause("SX-11-a", "IS-3.1")
@pytest.mark.parametrize("one", sorted(ASIDE))
def test_no_administrator_may_do_what_another_watches(administered, one):
    """Over every act about accounts, role that is given, class of records and move of every lifecycle."""
    may = {act for act, whose in powers.DONE_BY.items() if one in whose}
    may |= {"give", "take"} if one in powers.GIVEN_BY.values() else set()
    who = queries.actor(next(name for name, role in ADMINISTRATORS.items() if role == one), now=NOW)
    may |= {"read security"} if RecordClass.SECURITY in usage.classes(who) else set()
    moves = {move.role for procedure in installed().values() for move in procedure.life.moves}
    may |= {"decide"} if one in moves else set()
    assert may.isdisjoint(ASIDE[one])
    assert {each for apart in ASIDE.values() for each in apart} > may
