"""Which key signs a reply: the old one until its end, the other of two for who asks for it."""

from datetime import UTC, datetime, timedelta

import pytest

from hutong.audit.keyfiles import KeyFiles
from hutong.gateway import replykeys
from hutong.gateway.replykeys import ReplyKeys

NOW = datetime(2026, 11, 23, 3, tzinfo=UTC)


@pytest.fixture
def files(tmp_path) -> KeyFiles:
    files = KeyFiles(tmp_path, "reply", "log/replies")
    files.seed(1).write_bytes(b"1" * 32)
    files.make()
    return files


@pytest.fixture
def keys(db, files) -> ReplyKeys:
    with db.transaction() as cur:
        cur.execute(
            "insert into audit.key_change (kind, number, state, new_key, overlap_days, reason, requested_by,"
            " requested_at, approved_by, approved_at, old_key, until_at, epoch, entry_id, record, salt)"
            " values ('replies', 2, 'approved', %s, 1, 'r', 'one', %s, 'two', %s, %s, %s, 1, 1, '{}', 's')",
            (files.vkeys[1], NOW, NOW, files.vkeys[0], NOW + timedelta(days=1)),
        )
    first = replykeys.read(files, 1, name="log")
    assert first is not None
    return ReplyKeys(first, files=files, name="log")


@pytest.mark.clause("IS-4.1-b")
@pytest.mark.parametrize(
    ("after", "asked", "keyid"),
    [
        (timedelta(), 0, "log"), (timedelta(), 1, "log"), (timedelta(), 2, "log/replies/2"),
        (timedelta(days=1), 0, "log/replies/2"), (timedelta(days=1), 1, "log/replies/2"),
    ],
)  # fmt: skip
def test_the_old_key_signs_until_its_end_and_the_new_one_before_that_for_who_asks(db, files, keys, after, asked, keyid):
    keys.refresh(db, now=NOW)
    wanted = replykeys.read(files, asked, name="log") if asked else None
    header = f'sig1=();keyid="{wanted.public}"' if wanted else ""
    assert keys.signing(now=NOW + after, asked=header).keyid == keyid


def test_a_new_key_that_is_not_there_leaves_the_old_one_signing(db, files, keys):
    files.empty(2)
    keys.refresh(db, now=NOW)
    assert keys.signing(now=NOW + timedelta(days=2), asked="").keyid == "log"


@pytest.mark.clause("IS-4.1-b")
def test_an_old_key_is_put_away_at_its_end_and_not_before(db, files, keys):
    keys.refresh(db, now=NOW)
    assert files.seed(1).read_bytes() == b"1" * 32
    keys.refresh(db, now=NOW + timedelta(days=1))
    assert files.seed(1).read_bytes() == b""
    assert keys.signing(now=NOW + timedelta(days=1), asked="").keyid == "log/replies/2"
