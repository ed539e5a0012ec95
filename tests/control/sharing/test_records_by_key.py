"""Uses of a record are looked for by every key that versions of its resource ever had (SX-10-b)."""

from dataclasses import replace

import pytest
from acting import NOW, County
from django.db import connection, transaction

from hutong.audit.subjects import parts
from hutong.control.sharing import usage
from hutong.db import database
from hutong.plane import subjects, tables
from hutong.plane.definition import Definition, Item
from hutong.plane.keys import Keyring

KEYRING = Keyring({"k1": bytes(range(32)), "k2": bytes(32)}, current="k2")
ITEMS = (Item("plate", "号牌", required=True), Item("county", "县", required=True))


@pytest.mark.clause("SX-10-b")
def test_a_record_is_found_by_the_key_of_a_former_version_too(county: County):
    by_plate = Definition("cars", 1, "车辆", county.police, ("plate",), ITEMS)
    by_both = replace(by_plate, version=2, key=("county", "plate"))
    again = replace(by_both, version=3, name="车辆登记")
    with transaction.atomic(), database.joined(connection) as cur:
        for version in (by_plate, by_both, again):
            tables.publish(cur, definition=version, now=NOW)

    def found(typed: str) -> set[bytes]:
        return set(parts(usage.digests(typed, resource="cars", keyring=KEYRING)))

    assert found("Ａ1") >= set(subjects.of_record(KEYRING, by_plate, ["A1"]))
    assert found("吉水；A1") >= set(subjects.of_record(KEYRING, by_both, ["吉水", "A1"]))
    assert len(found("A1") - found("B2")) == 3 * len(KEYRING.ids)  # as a resident, as a unit, and as a key
