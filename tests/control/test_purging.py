"""Purging at the command line: two officers, each with their own password."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from acting import PASSWORD, entries

from hutong import installation, purging, settings
from hutong.audit import retention, tree
from hutong.audit.events import RecordClass
from hutong.control.orgs.rules import LoginBlocked, NotYourRole
from hutong.db.database import Database
from hutong.installation import Installation
from hutong.web.entrance import LoginRefused

LATER = datetime(2040, 5, 6, 7, tzinfo=UTC)
BEFORE = date(2027, 1, 1)


@pytest.fixture
def opened(county, tmp_path, monkeypatch) -> Installation:
    """The county's platform fourteen years on, its log placed."""
    for name in ("HUTONG_DATABASE_URL", "HUTONG_WEB_SECRET"):
        monkeypatch.setenv(name, "")  # as they were, at the end
    given = replace(settings.read({}), data=tmp_path)
    installation.prepare_folder(given)
    found = Installation(settings=given, database_url=county.url, clock=lambda: LATER, training=True)
    keeper = Database(county.url, role="logkeeper", size=1)
    tree.integrate(keeper, now=LATER, signer=found.log_signer)
    keeper.close()
    return found


def propose(opened, *, by="operator", before=BEFORE):
    person = purging.entitled(opened, username=by, password=PASSWORD)
    return purging.propose(opened, record_class=RecordClass.ADMINISTRATION, before=before, person=person)


@pytest.mark.clause("SX-10-c")
def test_one_officer_proposes_another_confirms_and_the_certificate_names_both(opened):
    asked = propose(opened)
    assert (asked.requested_by, asked.removed) == ("operator", None)

    done = purging.confirm(opened, number=asked.id, person="authority")

    assert done.removed
    assert done.certificate is not None
    assert "operator" in done.certificate
    assert "authority" in done.certificate
    assert entries(opened.database_url, "orgs.role_given") == 0
    assert entries(opened.database_url, "auth.login") == 1


def test_nobody_confirms_what_they_proposed(opened):
    asked = propose(opened)
    with pytest.raises(retention.ApproverIsRequester):
        purging.confirm(opened, number=asked.id, person="operator")
    assert entries(opened.database_url, "orgs.role_given") > 0


@pytest.mark.clause("SX-10-c")
def test_what_is_kept_longer_is_not_even_proposed(opened):
    with pytest.raises(retention.KeptLonger):
        propose(opened, before=date(2039, 1, 1))
    assert entries(opened.database_url, "audit.purge_refused") == 1


def test_a_purge_that_a_hold_stopped_goes_on_once_it_is_lifted(opened):
    asked = propose(opened)
    owner = Database(opened.database_url, role="owner", size=1)
    facts = {"by": "authority", "now": LATER}
    hold = retention.place_hold(owner, record_class=None, reason="案件", **facts)
    with pytest.raises(retention.UnderHold):
        purging.confirm(opened, number=asked.id, person="authority")
    retention.lift_hold(owner, hold=hold, reason="结案", **facts)
    owner.close()

    assert purging.confirm(opened, number=asked.id, person="authority").removed


def test_a_wrong_password_is_refused_entered_and_after_some_the_door_stays_shut(opened):
    for _ in range(8):
        with pytest.raises(LoginRefused):
            purging.entitled(opened, username="operator", password="wrong")
    with pytest.raises(LoginBlocked):
        purging.entitled(opened, username="operator", password=PASSWORD)
    assert entries(opened.database_url, "auth.failed") == 8


def test_an_officer_without_such_a_role_may_not(opened):
    with pytest.raises(NotYourRole):
        propose(opened, by="consumer")
