"""By what an old reply key says which one follows it."""

import pytest

from hutong.core import reply_keys, signed_note
from hutong.core.reply_keys import ReplyKeyChange, ReplyKeyUnproven
from hutong.core.signed_note import LogSigner

OLD, NEW, THIEF = (LogSigner.from_seed("l/replies", bytes([n]) * 32) for n in (1, 2, 3))
AT, UNTIL = "2026-11-23T00:00:00.000000Z", "2026-12-23T00:00:00.000000Z"
NOTE = reply_keys.statement(OLD, NEW, from_at=AT, until_at=UNTIL)
TEXT = signed_note.split(NOTE)[0]


@pytest.mark.clause("IS-4.1-b")
def test_a_statement_that_both_keys_signed_tells_the_change():
    assert ReplyKeyChange.opened(NOTE) == ReplyKeyChange(OLD.public, NEW.public, AT, UNTIL)


@pytest.mark.clause("IS-4.1-b")
@pytest.mark.parametrize(
    "note",
    [
        OLD.sign(TEXT), NEW.sign(TEXT), signed_note.sign(TEXT, [THIEF, NEW]),
        signed_note.sign(TEXT.replace(NEW.verifier, THIEF.verifier), [OLD, NEW]),
        signed_note.sign(TEXT.replace("hutong-reply-key-v1", "x"), [OLD, NEW]),
        signed_note.sign(TEXT + "more\n", [OLD, NEW]), signed_note.sign(TEXT.replace("from", "since"), [OLD, NEW]),
        reply_keys.statement(OLD, OLD, from_at=AT, until_at=UNTIL), "", TEXT,
    ],
)  # fmt: skip
def test_anything_else_tells_none(note):
    with pytest.raises(ReplyKeyUnproven):
        ReplyKeyChange.opened(note)
