"""Article 11: the operator manages users, controls access, keeps the log and authorises data."""

from datetime import timedelta

import pytest
from acting import NOW, PASSWORD, entries
from answering import KEYRING, a_grant, as_it_is, asked, opened
from answering import NOW as ASKED
from comparing import answer, question, told
from django.contrib import auth
from outcomes import DONE, came_of

from hutong.control.orgs import logins, queries, rules
from hutong.control.orgs import operations as orgs
from hutong.core.errors import Problem
from hutong.plane.answer import query
from hutong.plane.answer.query import Condition, QueryQuestion
from hutong.plane.definition import Mode

EDITOR = {"username": "editor", "now": NOW, "by": "operator"}


def guess(*, source: str = "10.0.0.1", now=NOW) -> str:
    """Try to come in once; returns whether that was let be tried."""
    try:
        logins.claim_attempt(username="editor", source=source, now=now)
    except rules.LoginBlocked:
        return "shut"
    return "tried"


# SX-11-a: user management, access control, security audit


@pytest.mark.clause("SX-11-a", "PS-05-1c", "IS-5.1-a")
def test_users_are_added_stopped_and_let_in_again_and_each_change_is_entered(county):
    orgs.set_active(**EDITOR, active=False)
    assert came_of(queries.actor, "editor") == "NO_SUCH_OFFICER"
    orgs.set_active(**EDITOR, active=True)
    orgs.give_role(**EDITOR, role="consumer")
    orgs.take_role(**EDITOR, role="provider_editor", reason="调岗")
    assert queries.actor("editor").roles == {"consumer"}
    before = entries(county.url, "orgs.role_given")
    orgs.add_officer(username="new", password=PASSWORD, name="周敏", org=county.civil, roles=["consumer", "competent"],
                     now=NOW, by="operator")  # fmt: skip
    assert [entries(county.url, event) for event in ("auth.changed", "orgs.role_taken")] == [2, 1]
    assert entries(county.url, "orgs.role_given") == before + 2


@pytest.mark.clause("SX-11-a")
@pytest.mark.parametrize("other", ["system_admin", "operator", "authority"])
def test_who_audits_administers_nothing(county, other):
    for username, role, second in (("editor", other, "auditor"), ("approver", "auditor", other)):
        orgs.give_role(username=username, role=role, now=NOW, by="operator")
        given = came_of(orgs.give_role, username=username, role=second, now=NOW, by="operator")
        assert given == "ROLES_NOT_SEPARATED"
    assert came_of(orgs.give_role, **EDITOR, role="emperor") == "ROLE_UNKNOWN"


@pytest.mark.clause("SX-11-a", "PS-05-1d")
def test_who_guesses_a_password_eight_times_is_shut_out_for_a_quarter_of_an_hour_and_nobody_else(county):
    assert [guess() for _ in range(9)] == ["tried"] * 8 + ["shut"]
    assert guess(source="10.0.0.2") == "tried"
    assert guess(now=NOW + timedelta(minutes=15) - timedelta(seconds=1)) == "shut"
    assert entries(county.url, "auth.blocked") == 1
    assert guess(now=NOW + timedelta(minutes=15)) == "tried"


@pytest.mark.clause("SX-11-a")
def test_a_password_that_is_easily_guessed_is_not_taken_and_none_is_kept_readable(county):
    for weak in ("1234567890", "password", "短"):
        assert came_of(orgs.set_password, **EDITOR, password=weak) == "PASSWORD_WEAK"
    user = auth.authenticate(username="editor", password=PASSWORD)
    assert user is not None
    assert PASSWORD not in user.password


# SX-11-b: data-level authorisation


def queried(db, *where, **more) -> str:
    """Ask one query; returns the items that came or the code of its refusal."""
    asking = QueryQuestion(asked(), tuple(Condition(*each) for each in where), **more)
    (got,) = query.answer(db, questions=[asking], keyring=KEYRING, now=ASKED, make=as_it_is)
    return got.code if isinstance(got, Problem) else ", ".join(sorted({code for row in got.rows for code in row}))


@pytest.mark.clause("SX-11-b")
def test_the_items_of_the_grant_are_given_and_no_others(platform):
    opened(platform, a_grant(mode=Mode.QUERY, items=("street", "born"), conditions=("street",)))
    assert queried(platform, ("street", "文一路")) == "born, street"
    assert queried(platform, ("street", "文一路"), items=("born",)) == "born"
    assert queried(platform, ("street", "文一路"), items=("born", "name")) == "ITEM_NOT_GRANTED"


@pytest.mark.clause("SX-11-b")
def test_an_item_outside_the_grant_is_not_compared_either(platform):
    opened(platform, a_grant(items=("name",)))
    got = answer(platform, question(), question(values={"name": "张1", "street": "文一路"}))
    assert told(got) == [[{"name": "match"}], "ITEM_NOT_GRANTED"]


@pytest.mark.clause("SX-11-b")
def test_it_is_asked_by_the_conditions_of_the_grant_and_no_others(platform):
    opened(platform, a_grant(mode=Mode.QUERY, items=("street", "born", "name"), conditions=("street",)))
    assert queried(platform, ("street", "文一路")) == "born, name, street"
    assert queried(platform, ("born", "2000-01-02")) == "CONDITION_NOT_GRANTED"
    assert queried(platform, ("street", "文一路"), ("born", "2000-01-02")) == "CONDITION_NOT_GRANTED"
    tried = [
        came_of(opened, platform, a_grant("g2", mode=Mode.QUERY, items=("id", "born"), conditions=conditions))
        for conditions in (("income",), ("children",), ("id",), ("born",))
    ]  # not declared; declared but outside the grant; inside but not declared; declared and inside
    assert tried == [*["CONDITION_NOT_DECLARED"] * 3, DONE]
