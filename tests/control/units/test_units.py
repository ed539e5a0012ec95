"""Units and officers change by operations that enter what they did, or not at all."""

import json
from datetime import timedelta

import psycopg
import pytest
from acting import NOW, PASSWORD, credit_code, entries
from django.contrib import auth

from hutong.control.rulebook import operations as rulebook
from hutong.control.units import logins, operations, queries, rules
from hutong.core import beijing, defaults

ATTEMPTS = defaults.number("login.attempts")
AS_REGISTERED = {"name": "示范县公安局", "kind": "organ", "region_code": "", "competent": None}


def change(county, **changes) -> list[str]:
    return operations.change(county.police, **{**AS_REGISTERED, **changes}, now=NOW, by="operator")


def test_a_units_change_is_entered_with_what_was_and_what_is(county):
    assert change(county, region_code="330523", competent=credit_code(5)) == ["region_code", "competent"]

    told = queries.UnitDetails("示范县公安局", "organ", "330523", credit_code(5), True)
    assert queries.registered(county.police) == told
    with psycopg.connect(county.url, options="-c role=hutong_owner") as opened:
        (record,) = opened.execute("select record from audit.entry where event = 'units.unit_changed'").fetchone()
    told = record if isinstance(record, dict) else json.loads(record)
    told = told.get("record", told)
    assert told["before"] == {"competent": None, "region_code": ""}
    assert told["after"] == {"competent": credit_code(5), "region_code": "330523"}


def test_a_unit_that_is_as_told_is_left_and_nothing_is_entered(county):
    assert change(county) == []
    assert entries(county.url, "units.unit_changed") == 0


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"name": "示范县民政局"}, operations.UnitTaken),
        ({"kind": "club"}, rules.KindUnknown),
        ({"competent": credit_code(99)}, queries.NoSuchUnit),
    ],
)
def test_a_faulty_change_of_a_unit_is_refused(county, changes, refusal):
    with pytest.raises(refusal):
        change(county, **changes)
    assert entries(county.url, "units.unit_changed") == 0


def test_without_its_entry_no_unit_changes(county, log_down):
    log_down(county.url)
    with pytest.raises(Exception, match="permission denied"):
        change(county, region_code="330523")
    assert queries.registered(county.police).region_code == ""


def test_a_role_is_given_once(county):
    before = entries(county.url, "units.role_given")
    for _ in range(2):
        operations.give_role(username="editor", role="consumer", now=NOW, by="operator")

    assert queries.account("editor", now=NOW).roles == {"provider_editor", "consumer"}
    assert entries(county.url, "units.role_given") == before + 1


@pytest.mark.clause("SX-11-a")
def test_the_auditors_role_is_not_given_to_an_administrator(county):
    with pytest.raises(rules.RolesNotSeparated):
        operations.give_role(username="operator", role="auditor", now=NOW, by="operator")
    assert queries.account("operator", now=NOW).roles == {"operator"}


def test_without_its_entry_no_role_is_given(county, log_down):
    log_down(county.url)
    with pytest.raises(Exception, match="permission denied"):
        operations.give_role(username="editor", role="consumer", now=NOW, by="operator")
    assert queries.account("editor", now=NOW).roles == {"provider_editor"}


def renew(password: str, *, username: str = "editor") -> None:
    operations.set_password(username=username, password=password, now=NOW, by="operator")


def test_a_lost_password_is_replaced_with_an_entry(county):
    renew("another horse 互通")

    assert auth.authenticate(username="editor", password=PASSWORD) is None
    assert auth.authenticate(username="editor", password="another horse 互通") is not None
    assert entries(county.url, "auth.changed") == 1


def test_a_weak_password_and_an_unknown_officer_are_refused(county):
    with pytest.raises(operations.PasswordWeak):
        renew("1234567890")
    with pytest.raises(queries.NoSuchOfficer):
        renew("another horse 互通", username="nobody")
    assert auth.authenticate(username="editor", password=PASSWORD) is not None


def test_without_its_entry_no_password_is_replaced(county, log_down):
    log_down(county.url)
    with pytest.raises(Exception, match="permission denied"):
        renew("another horse 互通")
    assert auth.authenticate(username="editor", password=PASSWORD) is not None


def choose(present: str, password: str) -> None:
    operations.change_password(
        username="editor", present=present, password=password, source="10.0.0.1", now=NOW
    )


def test_an_officer_who_knows_the_password_chooses_another_with_an_entry(county):
    choose(PASSWORD, "another horse 互通")

    assert auth.authenticate(username="editor", password=PASSWORD) is None
    assert auth.authenticate(username="editor", password="another horse 互通") is not None
    assert entries(county.url, "auth.changed") == 1


@pytest.mark.clause("SX-11-a")
def test_whoever_does_not_know_the_password_changes_nothing_and_is_stopped_soon(county):
    for _ in range(ATTEMPTS):
        with pytest.raises(logins.PasswordWrong):
            choose("guessed", "another horse 互通")
    with pytest.raises(rules.LoginBlocked):
        choose(PASSWORD, "another horse 互通")
    assert auth.authenticate(username="editor", password=PASSWORD) is not None
    assert entries(county.url, "auth.failed") == ATTEMPTS


@pytest.mark.clause("SX-11-a")
def test_pauses_begin_after_as_many_failures_and_are_as_long_as_the_rulebook_says(county):
    values, authority = {"login.attempts": 2, "login.pause_minutes": 2}, queries.actor("authority", now=NOW)
    rulebook.change(values, from_date=beijing.day(NOW), reason="〔2026〕1号", actor=authority, now=NOW)
    now, paused = NOW, []
    for _ in range(2 + 9):
        try:
            logins.claim_attempt(username="editor", source="10.0.0.1", now=now)
        except rules.LoginBlocked as blocked:
            paused.append(blocked.facts["seconds"])
            now += timedelta(seconds=blocked.facts["seconds"])
            logins.claim_attempt(username="editor", source="10.0.0.1", now=now)

    assert paused == [1, 2, 4, 8, 16, 32, 64, 120, 120]


def test_without_its_entry_no_password_is_changed(county, log_down):
    log_down(county.url)
    with pytest.raises(Exception, match="permission denied"):
        choose(PASSWORD, "another horse 互通")
    assert auth.authenticate(username="editor", password=PASSWORD) is not None


@pytest.mark.clause("SX-11-a")
def test_a_stopped_account_is_nobody_until_it_is_let_in_again(county):
    operations.set_active(username="editor", active=False, now=NOW, by="operator")
    with pytest.raises(queries.NoSuchOfficer):
        queries.actor("editor", now=NOW)
    operations.set_active(username="editor", active=True, now=NOW, by="operator")
    operations.set_active(username="editor", active=True, now=NOW, by="operator")

    assert queries.actor("editor", now=NOW).officer == "editor"
    assert entries(county.url, "auth.changed") == 2


def test_stopping_nobody_is_refused_and_without_its_entry_nobody_is_stopped(county, log_down):
    with pytest.raises(queries.NoSuchOfficer):
        operations.set_active(username="nobody", active=False, now=NOW, by="operator")
    log_down(county.url)
    with pytest.raises(Exception, match="permission denied"):
        operations.set_active(username="editor", active=False, now=NOW, by="operator")
    assert queries.actor("editor", now=NOW).officer == "editor"
