"""Grants as the plane keeps them: their states are the table's, and each step is entered by its clause (SX-16-a).

What leads where, and who may, the suite of every lifecycle asks (`tests/control/procedures/test_every_lifecycle.py`).
"""

import pytest
from answering import NOW, a_grant, establish, opened, person, records, supply

from hutong.plane import grants
from hutong.plane.lifecycle import GRANT, SUSPENSION

STEPS = {
    "revoke": ("grant_revoked", "revoked", "SX-16-a"),
    "withdraw": ("grant_revoked", "revoked", "SX-06-a"),
    "relinquish": ("grant_relinquished", "relinquished", "SX-08-a"),
}


def test_its_states_are_called_what_the_regulation_calls_them():
    assert {code: state.name for code, state in GRANT.states.items()} == {
        "active": "有效", "revoked": "使用权限已终止", "relinquished": "使用单位已交回", "expired": "已到期",
    }  # fmt: skip
    assert {code: state.name for code, state in SUSPENSION.states.items()} == {
        "unsuspended": "尚未停止服务", "standing": "停止服务中", "standing_with_unit": "随单位停用而停止服务",
        "lifted": "已恢复服务",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("constraint", "kept"),
    [("access_grant_state", set(GRANT.states)), ("suspension_state", set(SUSPENSION.states) - {SUSPENSION.start})],
)
def test_the_plane_keeps_the_states_of_the_table_and_no_other(db, constraint, kept):
    with db.transaction() as cur:
        ((check,),) = cur.execute(
            "select pg_get_constraintdef(oid) from pg_constraint where conname = %s", (constraint,)
        )
    assert {word for word in check.split("'") if word.isidentifier()} == kept


@pytest.fixture
def granted(db):
    establish(db)
    supply(db, [person(1)])
    opened(db, a_grant())
    return db


@pytest.mark.clause("SX-16-a", "SX-06-a")
@pytest.mark.parametrize("step", STEPS)
def test_a_step_is_entered_by_its_clause_with_its_reason_and_who_took_it(granted, step):
    event, after, clause = STEPS[step]
    take(granted, step)
    assert state(granted) == after
    (record,) = records(granted, f"plane.{event}")
    assert record == {"grant": "g1", "reason": "未整改", "clause": clause, "by": "chief"}


def test_what_has_expired_is_entered_with_its_end(granted):
    assert grants.expire(granted, now=a_grant().until_at) == 1
    assert state(granted) == "expired"
    assert records(granted, "plane.grant_expired") == [{"grant": "g1", "until_at": a_grant().until_at.isoformat()}]


def take(db, step):
    with db.transaction() as cur:
        named: dict[str, object] = {"code": a_grant().code} if step == "withdraw" else {"no": "g1"}
        named |= {"told": ["authority"]} if step == "relinquish" else {}
        getattr(grants, step)(cur, **named, reason="未整改", now=NOW, by="chief")


def state(db):
    with db.transaction() as cur:
        return grants.read(cur, nos=["g1"])["g1"].state
