"""Opening and ending grants."""

import threading
from datetime import timedelta

import pytest
from answering import (
    CONSUMER,
    KEYRING,
    NEED,
    NOW,
    PROVIDER,
    STRANGER,
    a_grant,
    as_it_is,
    asked,
    establish,
    opened,
    person,
    records,
    supply,
)

from hutong.core import beijing
from hutong.core.errors import Problem
from hutong.plane import grants, ladder
from hutong.plane.answer import compare
from hutong.plane.answer.compare import Claim, CompareQuestion
from hutong.plane.definition import Mode


@pytest.fixture
def county(db):
    establish(db)
    supply(db, [person(1)])
    return db


def ask(db, grant="g1"):
    question = CompareQuestion(asked(grant), (Claim((person(1)["id"],), {"name": "张1"}),))
    return compare.answer(db, questions=[question], keyring=KEYRING, now=NOW, make=as_it_is)[0]


def test_opens_a_grant_with_its_entry(county):
    grant = a_grant(mode=Mode.QUERY, conditions=("street",))
    opened(county, grant)
    with county.transaction() as cur:
        assert grants.read(cur, nos=["g1", "none"])["g1"].need == list(NEED[Mode.QUERY])
        assert [g.no for g in grants.of_consumer(cur, consumer=CONSUMER)] == ["g1"]
    (record,) = records(county, "plane.grant_opened")
    assert (record["grant"], record["consumer"], record["provider"], record["by"]) == (
        "g1",
        CONSUMER,
        PROVIDER,
        "clerk",
    )


@pytest.mark.clause("SX-08-c", "SX-08-d")
def test_refuses_to_open_before_the_provider_supplied_data(db):
    establish(db)
    with pytest.raises(grants.DataNotSupplied) as refused:
        opened(db, a_grant())
    assert refused.value.clause == "SX-08-d"
    assert records(db, "plane.grant_opened") == []


@pytest.mark.clause("SX-07-e")
def test_refuses_to_open_a_mode_above_the_sufficient(county):
    with pytest.raises(ladder.CompareSuffices):
        opened(county, a_grant(mode=Mode.QUERY, need=()))
    with pytest.raises(ladder.QuerySuffices):
        opened(county, a_grant(mode=Mode.SUBSCRIBE, need=NEED[Mode.QUERY]))


@pytest.mark.clause("SX-09")
@pytest.mark.parametrize(("days", "opens"), [(-1, False), (0, True)])
def test_needs_mlps_evidence_valid_on_the_day(county, days, opens):
    day = beijing.day(NOW) + timedelta(days=days)
    with county.transaction() as cur:
        cur.execute("update plane.system set mlps_until = %s where id = 'sys-a'", (day,))
    if opens:
        opened(county, a_grant())
    else:
        with pytest.raises(grants.ProtectionNotShown):
            opened(county, a_grant())


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"system": "sys-x"}, "SYSTEM_NOT_OF_CONSUMER"),
        ({"system": "none"}, "SYSTEM_NOT_OF_CONSUMER"),
        ({"provider": STRANGER}, "PROVIDER_NOT_OWNER"),
        ({"conditions": ("income",)}, "CONDITION_NOT_DECLARED"),
        ({"conditions": ("street",), "items": ("name",)}, "CONDITION_NOT_DECLARED"),
        ({"items": ("salary",)}, "ITEM_UNKNOWN"),
    ],
)
def test_refuses_to_open_what_does_not_fit(county, changes, code):
    with pytest.raises(Problem) as refused:
        opened(county, a_grant(**changes))
    assert refused.value.code == code


def test_a_number_is_given_once(county):
    opened(county, a_grant())
    with pytest.raises(grants.GrantNumberTaken):
        opened(county, a_grant())


def test_nothing_is_opened_when_its_entry_cannot_be_written(county):
    with county.transaction() as cur:
        cur.execute("alter table audit.entry add constraint refuse_all check (false) not valid")
    with pytest.raises(Exception, match="refuse_all"):
        opened(county, a_grant())
    with county.transaction() as cur:
        assert grants.read(cur, nos=["g1"]) == {}


@pytest.mark.clause("SX-06-a")
def test_a_question_after_its_resource_was_withdrawn_is_refused_and_nothing_is_opened_on_it(county):
    opened(county, a_grant())
    assert not isinstance(ask(county), Problem)
    with county.transaction() as cur:
        assert grants.withdraw(cur, code=a_grant().code, reason="依据已废止", now=NOW, by="chief") == ["g1"]
        assert grants.withdraw(cur, code=a_grant().code, reason="依据已废止", now=NOW, by="chief") == []
    assert ask(county).code == "GRANT_REVOKED"
    with pytest.raises(grants.ResourceWithdrawn) as refused:
        opened(county, a_grant(no="g2"))
    assert refused.value.clause == "SX-06-a"


@pytest.mark.clause("SX-06-a")
def test_a_grant_that_is_being_opened_stands_before_its_resource_is_withdrawn(county):
    ended = []

    def withdrawing():
        with county.transaction() as cur:
            ended.extend(grants.withdraw(cur, code=a_grant().code, reason="", now=NOW, by="chief"))

    thread = threading.Thread(target=withdrawing)
    with county.transaction() as cur:
        grants.open_grant(cur, grant=a_grant(), now=NOW, by="clerk")
        thread.start()
        thread.join(0.3)
        assert ended == []
    thread.join(10)
    assert ended == ["g1"]


def revoke(db, no="g1"):
    with db.transaction() as cur:
        grants.revoke(cur, no=no, reason="", now=NOW, by="chief")


def test_refuses_a_move_the_table_does_not_name(county):
    opened(county, a_grant())
    revoke(county)
    with pytest.raises(grants.GrantCannotMove):
        revoke(county)


def test_a_grant_that_is_not_there_cannot_be_ended(county):
    with pytest.raises(grants.NoSuchGrant):
        revoke(county, "none")


def test_expiring_marks_what_is_over_and_enters_it(county):
    opened(county, a_grant("g1"), a_grant("g2", until_at=NOW + timedelta(days=60)))
    assert grants.expire(county, now=NOW + timedelta(days=30)) == 1
    assert grants.expire(county, now=NOW + timedelta(days=30)) == 0
    assert [r["grant"] for r in records(county, "plane.grant_expired")] == ["g1"]
    assert ask(county).code == "GRANT_EXPIRED"
