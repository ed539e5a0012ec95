"""Cosignatures as C2SP tlog-cosignature has them, read back and verified by hand."""

import base64
import hashlib

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from hypothesis import given
from hypothesis import strategies as st

from hutong.core.cosignature import WitnessKey, WitnessSigner
from hutong.core.signed_note import Checkpoint, LogSigner, NoteForged, NoteUnsigned, Verifier, VerifierMalformed

LOG = LogSigner.from_seed("log.county.example", bytes(range(32)))
WITNESS = WitnessSigner.from_seed("witness.example.com/w1", b"w" * 32)
OTHER = WitnessSigner.from_seed("witness.example.com/w2", b"v" * 32)
NOTE = LOG.sign(Checkpoint(LOG.name, 300, b"r" * 32, "2026-11-23T03:00:00.123456Z", 297).text())
AT = 1_679_315_147


def test_a_cosignature_stands_in_the_format_of_the_specification():
    line = WITNESS.cosign(NOTE, at=AT)
    mark, name, encoded = line.removesuffix("\n").split(" ")
    assert (mark, name) == ("\N{EM DASH}", "witness.example.com/w1")
    raw, key = base64.b64decode(encoded), WITNESS.public.public_key
    assert raw[:4] == hashlib.sha256(b"witness.example.com/w1\n\x04" + key).digest()[:4]
    assert int.from_bytes(raw[4:12]) == AT
    text = NOTE.rpartition("\n\n")[0] + "\n"
    signed = f"cosignature/v1\ntime 1679315147\n{text}".encode()
    Ed25519PublicKey.from_public_bytes(key).verify(raw[12:], signed)


def test_the_note_with_cosignatures_is_still_the_logs():
    note = NOTE + WITNESS.cosign(NOTE, at=AT) + OTHER.cosign(NOTE, at=AT + 7)
    assert LOG.public.open(note) == LOG.public.open(NOTE)
    assert (WITNESS.public.cosigned_at(note), OTHER.public.cosigned_at(note)) == (AT, AT + 7)
    assert note == NOTE + WITNESS.public.line_of(note) + OTHER.public.line_of(note)


def test_of_two_cosignatures_the_later_counts():
    earlier, later = (WITNESS.cosign(NOTE, at=at) for at in (AT, AT + 60))
    for note in (NOTE + earlier + later, NOTE + later + earlier):
        assert WITNESS.public.cosigned_at(note) == AT + 60
        assert WITNESS.public.line_of(note) == later


def test_who_did_not_cosign_is_told():
    for note in (NOTE, NOTE + OTHER.cosign(NOTE, at=AT)):
        with pytest.raises(NoteUnsigned):
            WITNESS.public.cosigned_at(note)


@given(st.integers(0, 75), st.integers(1, 255))
def test_no_byte_of_a_cosignature_can_be_changed(place, change):
    line = WITNESS.cosign(NOTE, at=AT)
    raw = bytearray(base64.b64decode(line.split(" ")[-1]))
    raw[place] ^= change
    changed = f"\N{EM DASH} {WITNESS.name} {base64.b64encode(raw).decode()}\n"
    with pytest.raises((NoteForged, NoteUnsigned)):  # another's, where its key hash was changed
        WITNESS.public.cosigned_at(NOTE + changed)


@pytest.mark.parametrize("length", [4, 11, 12, 75])
def test_a_cosignature_cut_short_is_none(length):
    raw = base64.b64decode(WITNESS.cosign(NOTE, at=AT).split(" ")[-1])[:length]
    note = f"{NOTE}\N{EM DASH} {WITNESS.name} {base64.b64encode(raw + b'x' * (length == 4)).decode()}\n"
    with pytest.raises(NoteForged):
        WITNESS.public.cosigned_at(note)


@pytest.mark.parametrize("change", [("\n300\n", "\n301\n"), ("03:00:00", "03:00:01"), ("after 297", "after 296")])
def test_it_covers_every_line_of_the_checkpoint(change):
    note = NOTE + WITNESS.cosign(NOTE, at=AT)
    assert note.replace(*change) != note
    with pytest.raises(NoteForged):
        WITNESS.public.cosigned_at(note.replace(*change))


def test_a_key_is_written_and_read_and_never_taken_for_that_of_a_log():
    assert WitnessKey.parse(f"{WITNESS.public}\n") == WITNESS.public
    with pytest.raises(VerifierMalformed):
        WitnessKey.parse(LOG.verifier)
    with pytest.raises(VerifierMalformed):
        Verifier.parse(str(WITNESS.public))
    with pytest.raises(ValueError):
        WitnessSigner.from_seed("a b", b"w" * 32)
