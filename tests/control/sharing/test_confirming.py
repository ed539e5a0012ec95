"""A delivery that deletes much goes on by the word of another officer than who handed it in, where there is one."""

import hashlib

import psycopg
import pytest
from acting import NOW, PASSWORD, entries

from hutong.control.catalog import deliveries
from hutong.control.units import operations as members
from hutong.core import canonical

DIGEST, OTHER = (hashlib.sha256(word).digest() for word in (b"waits", b"other"))
OWNER = "-c role=hutong_owner"
CONFIRMED, NOT_CONFIRMED = "catalog.delivery_approved", "catalog.delivery_not_approved"


@pytest.fixture
def held(county):
    """The county with a delivery of its editor that waits."""
    with psycopg.connect(county.url, options=OWNER) as opened:
        opened.execute(
            "insert into plane.delivery (code, key, version, kind, digest, state, reason, delivered_by, received_at)"
            " values (%s, 'k', 1, 'snapshot', %s, 'waiting', 'SNAPSHOT_DELETES_MUCH', 'editor', %s)",
            [county.code, DIGEST, NOW],
        )
    return county


def second(county, *, username: str = "second", unit: str = "") -> None:
    given = {"name": "周敏", "unit": unit or county.police, "roles": ["provider_editor"], "now": NOW, "by": "init"}
    members.add_officer(username=username, password=PASSWORD, **given)


def confirm(county, by: str, *, digest: bytes = DIGEST, key: str = "k") -> None:
    deliveries.approve(code=county.code, key=key, digest=digest, actor=county.actor(by), now=NOW)


def last(url: str, event: str) -> dict:
    with psycopg.connect(url, options=OWNER) as opened:
        row = opened.execute("select record from audit.entry where event = %s order by id desc", [event]).fetchone()
    return canonical.loads(row[0])


def test_another_officer_of_the_unit_confirms_what_one_handed_in(held):
    second(held)
    confirm(held, "second")
    assert last(held.url, CONFIRMED) == {
        "resource": held.code, "unit": held.police, "delivery": "k", "digest": DIGEST.hex(),
        "delivered_by": "editor", "alone": False, "by": "second",
    }  # fmt: skip


def test_who_handed_it_in_does_not_confirm_it_where_another_may_and_the_attempt_is_entered(held):
    second(held)
    with pytest.raises(deliveries.ApproverDelivered) as refused:
        confirm(held, "editor")
    assert refused.value.facts["others"] == "周敏"
    assert entries(held.url, CONFIRMED) == 0
    assert last(held.url, NOT_CONFIRMED) == {
        "resource": held.code, "unit": held.police, "delivery": "k", "delivered_by": "editor",
        "reason": "APPROVER_DELIVERED", "by": "editor",
    }  # fmt: skip


def test_who_is_alone_in_the_unit_confirms_it_and_the_entry_says_so(held):
    second(held, unit=held.civil)
    confirm(held, "editor")
    assert (last(held.url, CONFIRMED)["alone"], last(held.url, CONFIRMED)["by"]) == (True, "editor")


def test_an_officer_who_was_stopped_or_lost_the_role_is_nobody_who_may(held):
    for username in ("gone", "other-work"):
        second(held, username=username)
    members.set_active(username="gone", active=False, now=NOW, by="init")
    members.give_role(username="other-work", role="consumer", now=NOW, by="init")
    members.take_role(username="other-work", role="provider_editor", reason="调岗", now=NOW, by="init")
    assert deliveries.others(held.actor("editor"), provider=held.police, now=NOW) == []
    confirm(held, "editor")


def test_another_file_and_what_does_not_wait_are_not_confirmed(held):
    with pytest.raises(deliveries.OtherFileWaits) as refused:
        confirm(held, "editor", digest=OTHER)
    assert refused.value.facts == {
        "name": "人口基本信息", "key": "k", "received_at": "2026-03-02 09:00",
        "digest": DIGEST.hex()[:12], "found": OTHER.hex()[:12],
    }  # fmt: skip
    with pytest.raises(deliveries.DeliveryNotWaiting):
        confirm(held, "editor", key="never came")
    with psycopg.connect(held.url, options=OWNER) as opened:
        opened.execute("update plane.delivery set state = 'loaded'")
    with pytest.raises(deliveries.DeliveryNotWaiting):
        confirm(held, "editor")
    assert entries(held.url, CONFIRMED) == 0


def test_without_its_entry_no_word_is_given(held, log_down):
    log_down(held.url)
    with pytest.raises(Exception, match="permission denied"):
        confirm(held, "editor")
