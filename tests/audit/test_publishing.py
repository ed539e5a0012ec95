"""What anyone may read of the log's keys, from which a stranger follows."""

from datetime import timedelta

import pytest
from remembering import NOW
from test_key_changes import DAYS, change, files, integrate, keys_of, rotated
from test_signing import heads

from hutong.audit import epochs, keychain, publishing
from hutong.core import merkle
from hutong.core.leaves import moment
from hutong.core.log_keys import KeyChain, KeyChange

__all__ = ["files", "heads"]


def told(db, files, *, size):
    with db.transaction() as cur:
        epoch = epochs.current(cur)
        chain = keychain.published(cur, epoch, vkeys=files.vkeys)
        return publishing.keys(cur, epoch, chain=chain, size=size)


@pytest.mark.clause("IS-4.1-b")
def test_each_key_stands_there_with_its_days_and_the_proof_that_it_follows(db, files, heads):
    rotated(db, files, heads)

    found = told(db, files, size=1000)

    old, new = keys_of(files)
    end = moment(NOW + DAYS)
    assert found["keys"] == [
        {"key": str(old), "from_at": None, "until_at": end},
        {"key": str(new), "from_at": moment(NOW), "until_at": None},
    ]
    (only,) = found["changes"]
    read = KeyChange.opened(
        name=files.name, index=only["index"], leaf=bytes.fromhex(only["leaf"]), record=only["record"],
        salt=bytes.fromhex(only["salt"]),
    )  # fmt: skip
    head = KeyChain(old).following([read]).open(only["checkpoint"])
    merkle.verify_inclusion(
        leaf=merkle.leaf_hash(bytes.fromhex(only["leaf"])), index=read.index, size=head.size,
        proof=[bytes.fromhex(each) for each in only["hashes"]], expected_root=head.root,
    )  # fmt: skip


def test_what_no_checkpoint_of_that_size_covers_is_not_told(db, files, heads):
    integrate(db, files, heads)
    change(db, files)
    integrate(db, files, heads, now=NOW + timedelta(days=1))
    assert told(db, files, size=3) == {
        "log": files.name,
        "keys": [{"key": files.vkeys[0], "from_at": None, "until_at": None}],
        "changes": [],
    }
