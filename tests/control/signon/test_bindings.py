"""Bindings: by a code that its holder was shown, to issuer and subject, by the unit's administrator or the officer."""

from datetime import timedelta

import pytest
from acting import NOW, PASSWORD, entries
from outcomes import DONE, came_of
from services import ISSUER, bound, handed, in_force, staff

from hutong.control.signon import letting_in, operations, queries
from hutong.control.signon.letting_in import Vouched
from hutong.control.signon.models import Binding, HandedCode
from hutong.control.units import logins
from hutong.control.units import operations as members
from hutong.core.errors import Problem
from hutong.plane.keys import Keyring


@pytest.fixture
def keyring(tmp_path):
    return Keyring.create(tmp_path / "keyring.json")


def bind(county, code, username="editor", *, by="chief", now=NOW):
    return came_of(operations.bind, code, username=username, actor=staff(county, by), now=now)


def come(service, subject="7001", acr="", called="赵磊"):
    given = {"source": "10.0.0.1", "device": "", "now": NOW}
    return letting_in.enter(service, Vouched(subject, acr, called), **given)


def test_a_code_binds_once_and_for_three_days(county, keyring):
    in_force(county, keyring)
    code = handed()
    assert bind(county, "aaaaa-bbbbb-ccccc") == "HANDED_CODE_WRONG"
    assert bind(county, code, now=NOW + operations.CODE_DAYS) == "HANDED_CODE_WRONG"
    assert bind(county, f" {code.upper()} ") == DONE
    assert bind(county, code) == "HANDED_CODE_WRONG"
    assert entries(county.url, "signon.bound") == 1


def test_a_person_has_one_code_and_the_one_before_is_void(county, keyring):
    first, second = handed(), handed()
    assert HandedCode.objects.count() == 1
    assert (bind(county, first), bind(county, second)) == ("HANDED_CODE_WRONG", DONE)
    handed("7002")
    assert operations.forget_past(now=NOW + operations.CODE_DAYS) == 1


def test_one_person_has_one_account_and_one_account_one_person_an_issuer(county, keyring):
    bound(county)
    assert bind(county, handed(), "approver") == "BOUND_ALREADY"
    assert bind(county, handed("7002")) == "OFFICER_BOUND_ALREADY"
    assert bind(county, handed("7001", issuer="https://other.example")) == DONE


def test_an_administrator_binds_the_own_units_accounts_and_nobody_the_own(county, keyring):
    code = handed()
    assert bind(county, code, "consumer") == "NOT_YOUR_ROLE"  # of another unit
    assert bind(county, code, "chief") == "OWN_ACCOUNT"
    assert bind(county, code, by="guard") == "NOT_YOUR_ROLE"
    assert bind(county, code, "nobody") == "NO_SUCH_OFFICER"
    assert bind(county, code, "consumer", by="accounts") == DONE


@pytest.mark.clause("SX-11-a")
def test_a_units_administrator_binds_nobody_who_administers_the_platform_or_is_an_office(county, keyring):
    code = handed()
    staff(county, "guard")
    assert bind(county, code, "guard") == "NOT_THE_UNITS_ALONE"
    offered = [queries.new_binding(staff(county, by)).officers for by in ("chief", "accounts")]
    assert ["guard" in dict(each) for each in offered] == [False, True]
    assert bind(county, code, "guard", by="accounts") == DONE


@pytest.mark.clause("SX-11-a")
def test_nobody_comes_in_as_an_administrator_whom_another_bound_by_what_a_service_says_alone(county, keyring):
    service = in_force(county, keyring)
    assert bind(county, handed(), "guard", by="accounts") == DONE
    assert not come(service, acr="gold").two_factors
    number = Binding.objects.get().pk
    operations.unbind(number, reason="改由本人绑定", actor=staff(county, "guard"), now=NOW)
    given = {"source": "10.0.0.1", "actor": staff(county, "guard"), "now": NOW}
    operations.bind_own(handed(), present="correct horse 互通", **given)
    assert come(service, acr="gold").two_factors
    bound(county, subject="7002")
    assert come(service, "7002", acr="gold").two_factors


def test_an_officer_binds_the_own_account_who_knows_the_password(county, keyring):
    given = {"source": "10.0.0.1", "actor": county.actor("editor"), "now": NOW}
    code = handed()
    assert came_of(operations.bind_own, code, present="wrong", **given) == "PASSWORD_WRONG"
    assert came_of(operations.bind_own, code, present=PASSWORD, **given) == DONE
    assert queries.bound(ISSUER, "7001") == "editor"


def test_who_is_bound_comes_in_and_a_name_lets_nobody_in(county, keyring):
    service = in_force(county, keyring)
    bound(county)
    assert come(service).actor.officer == "editor"
    for subject in ("editor", "赵磊", "7001 ", "7002", ""):
        assert came_of(come, service, subject) == "NOT_BOUND"
    other = in_force(county, keyring, issuer="https://other.example", code="other")
    assert came_of(come, other) == "NOT_BOUND"  # the same subject of another issuer is another person
    assert [entries(county.url, event) for event in ("auth.login", "auth.failed")] == [1, 6]


def test_who_was_stopped_is_refused_as_at_a_wrong_password(county, keyring):
    service = in_force(county, keyring)
    bound(county)
    members.set_active(username="editor", active=False, now=NOW, by="init")
    with pytest.raises(logins.LoginRefused):
        come(service)


def test_a_binding_that_ended_lets_nobody_in_and_its_end_is_entered_with_the_reason(county, keyring):
    service = in_force(county, keyring)
    bound(county)
    number = Binding.objects.get().pk
    given, others = ({"actor": actor, "now": NOW} for actor in (staff(county, "chief"), county.actor("consumer")))
    assert came_of(operations.unbind, number, reason=" ", **given) == "REASON_MISSING"
    assert came_of(operations.unbind, number, reason="离岗", **others) == "NO_SUCH_BINDING"
    assert came_of(operations.unbind, number, reason="离岗", **given) == DONE
    assert came_of(operations.unbind, number, reason="离岗", **given) == "NO_SUCH_BINDING"
    assert came_of(come, service) == "NOT_BOUND"
    assert entries(county.url, "signon.unbound") == 1
    assert bind(county, handed(), "approver") == DONE


def test_a_unit_reads_its_own_bindings_and_a_page_of_them_is_short_of_nobody(county, keyring):
    bound(county)
    operations.bind(handed("7002"), username="consumer", actor=staff(county, "accounts"), now=NOW + timedelta(hours=1))
    chief = staff(county, "chief")
    own = queries.BindingFilters(unit=queries.seen(chief))
    assert [each.officer.user.username for each in queries.bindings(own)] == ["editor"]
    whole = queries.BindingFilters()
    (first,) = queries.bindings(whole, limit=1)
    (second,) = queries.bindings(whole, after=(first.bound_at, first.pk), limit=1)
    assert [each.officer.user.username for each in (first, second)] == ["consumer", "editor"]
    assert queries.bindings_counted(queries.BindingFilters(words="7002")) == 1
    for actor in (county.actor("consumer"), county.actor("editor")):
        with pytest.raises(Problem):
            queries.seen(actor)


def test_attempts_of_a_place_that_fail_wait_and_those_that_succeed_do_not(county):
    given = {"called": "@county", "source": "10.0.0.1", "method": "oidc:county", "now": NOW}
    for _ in range(30):
        logins.forgive(logins.claim_place(**given))
    outcome = [came_of(logins.claim_place, **given) for _ in range(9)]
    assert outcome[-1] == "LOGIN_BLOCKED" and set(outcome[:-1]) == {DONE}
    assert came_of(logins.claim_place, **{**given, "source": "10.0.0.2"}) == DONE
    assert entries(county.url, "auth.blocked") == 1
