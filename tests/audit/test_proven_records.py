"""One record is proven by what its party holds, without the rest of the log."""

import pytest
from remembering import NOW

from hutong.audit import checkpoint, proofs, reading, verify
from hutong.core import merkle, signed_note


def test_one_record_is_proven_by_what_its_party_holds(db, fill, signer):
    fill(300)
    with db.transaction() as cur:
        ((entry_id,),) = cur.execute("select entry_id from audit.leaf where seq = 123")
        record = reading.read(cur, entry_id=entry_id, reader=reading.Reader("a", auditor=True), now=NOW)
        proof = proofs.inclusion(cur, leaf_hash=merkle.leaf_hash(record.leaf), size=300)
        note = checkpoint.latest(cur).note
    facts = {
        "unit": record.unit,
        "counterpart": record.counterpart,
        "others": record.others,
        "salt": record.salt,
        "leaf": record.leaf,
        "index": proof.index,
        "proof": proof.hashes,
        "note": note,
        "vkey": signer.verifier,
    }
    proven = verify.verify_record(record.record, **facts)
    assert proven == verify.ProvenRecord(signer.name, 123, 300, "2026-11-23T03:00:00.123579Z", "plane.compared")
    with pytest.raises(verify.RecordNotCommitted):
        verify.verify_record(record.record.replace("p-123", "p-124"), **facts)
    with pytest.raises(verify.RecordNotCommitted):
        verify.verify_record(record.record, **{**facts, "counterpart": None})
    with pytest.raises(merkle.ProofRejected):
        verify.verify_record(record.record, **{**facts, "index": 122})
    with pytest.raises(signed_note.NoteForged):
        verify.verify_record(record.record, **{**facts, "note": note.replace("\n300\n", "\n301\n")})
