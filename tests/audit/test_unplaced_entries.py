"""An entry that is not placed yet: what is told where it goes, and who is left to take it away unseen."""

from contextlib import closing

import pytest
from remembering import NOW, usage

from hutong.audit import checkpoint, export, log, proofs, tree, verify
from hutong.core.lifecycle import Seat
from hutong.db.database import Database

UNCOVERED = "is of an entry the checkpoint does not cover"


@pytest.fixture
def gone(db, signer, database_url, tmp_path):
    """Let something happen to an entry before it is placed: its receipt, and what verifying finds."""

    def lost(*statements: str, role: str) -> tuple[log.Receipt, list[str]]:
        with db.transaction() as cur:
            _, receipt, _ = log.append(cur, [usage(1), usage(2), usage(3)])
        with closing(Database(database_url, role=role, size=1)) as acting, acting.transaction() as cur:
            for statement in statements:
                assert cur.execute(statement, [receipt.entry_id]).rowcount == 1
        tree.integrate(db, now=NOW, signer=signer)
        seats = frozenset({Seat("auditor", "unit")})
        export.export(db, tmp_path / "log", now=NOW, by="吴敏", seats=seats, vkey=signer.verifier)
        report = verify.verify(tmp_path / "log", now=NOW, vkey=signer.verifier)
        return receipt, [fault.words(language="en") for fault in report.faults]

    return lost


@pytest.mark.clause("SX-10-b")
def test_whose_leaf_the_signer_took_away_is_told(gone):
    _, faults = gone("delete from audit.pending_leaf where entry_id = %s", role="logkeeper")
    assert faults == [UNCOVERED]


@pytest.mark.clause("SX-10-b")
def test_the_owner_alone_takes_one_away_unseen_and_who_holds_its_receipt_sees_that_the_log_has_it_not(gone, db):
    both = ("delete from audit.pending_leaf where entry_id = %s", "delete from audit.entry where id = %s")
    receipt, faults = gone(*both, role="owner")
    assert faults == []  # nobody who has the log alone can see it: no head was signed over it
    with db.transaction() as cur:
        size = checkpoint.latest(cur).size
        with pytest.raises(proofs.LeafNotPlaced) as told:
            proofs.inclusion(cur, leaf_hash=receipt.leaf_hash, size=size)
    assert told.value.facts == {"size": size}
