"""A caller may ask for what is its own while its system is as it signed, once a request, and in time."""

from datetime import date, timedelta

import pytest
from answering import KEYRING, NOW, asked, establish, records

from hutong.core.errors import Missing
from hutong.plane.answer import callers
from hutong.plane.definition import Mode


@pytest.fixture
def county(db):
    establish(db)
    return db


def refusals(db, *questions, now=NOW):
    """Codes of why each caller may not ask, None where it may."""
    with db.transaction() as cur:
        return [each and each.code for each in callers.refusals(cur, questions, now=now)]


def change(db, **changes):
    with db.transaction() as cur:
        for column, value in changes.items():
            cur.execute(f"update plane.system set {column} = %s where id = 'sys-a'", (value,))


def test_a_caller_in_order_may_ask_whatever_grant_person_and_device_it_names(county):
    assert refusals(county, asked(), asked("unheard-of", user="nobody", device="none", purpose="any")) == [None, None]


def test_a_request_is_taken_once_also_within_one_list(county):
    one = asked()

    assert refusals(county, one, one, asked()) == [None, "REPLAYED", None]
    assert refusals(county, one) == ["REPLAYED"]


def test_a_refused_request_is_spent_too(county):
    late = asked(nonce_until=NOW - timedelta(seconds=1))

    assert refusals(county, late) == ["REQUEST_STALE"]
    assert refusals(county, late) == ["REPLAYED"]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"state": "stopped"}, "SYSTEM_STOPPED"),
        ({"revision": 2}, "SYSTEM_CHANGED"),
        ({"unit": "11330100000000003X"}, "SYSTEM_CHANGED"),
        ({"mlps_until": date(2026, 1, 1)}, "PROTECTION_LAPSED"),
    ],
)
def test_a_system_that_is_not_as_it_signed_may_not_ask(county, changes, code):
    change(county, **changes)

    assert refusals(county, asked()) == [code]


def test_a_system_that_is_registered_no_more_may_not_ask(county):
    with county.transaction() as cur:
        cur.execute("delete from plane.system where id = 'sys-a'")

    assert refusals(county, asked()) == ["SYSTEM_CHANGED"]


def test_a_refusal_is_entered_with_its_code_and_told_its_entry(county):
    one, problem = asked(""), Missing()

    with county.transaction() as cur:
        callers.enter_refused(cur, [(one, problem)], mode=Mode.COMPARE, keyring=KEYRING, now=NOW)

    (record,) = records(county, "plane.refused")
    assert (record["system"], record["result"], record["grant"]) == ("sys-a", problem.code, "")
    assert isinstance(problem.facts["entry"], int)
