"""Signed notes and checkpoints as C2SP writes them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hutong.core import signed_note
from hutong.core.signed_note import (
    Checkpoint,
    CheckpointMalformed,
    LogSigner,
    NoteForged,
    NoteMalformed,
    NoteUnsigned,
    Verifier,
    VerifierMalformed,
)

SIGNER = LogSigner.from_seed("hutong.example/log", b"s" * 32)
OTHER = LogSigner.from_seed("witness.example", b"w" * 32)
TEXT = "first\n\nthird\n"

# The example of golang.unit/x/mod/sumdb/note, an implementation that is not ours.
PETER = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
SAID = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
SIGNED = (
    f"{SAID}\n\u2014 PeterNeumann "
    "x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
)


def test_opens_the_note_of_another_implementation() -> None:
    assert Verifier.parse(PETER).open(SIGNED) == SAID
    assert str(Verifier.parse(PETER)) == PETER


def test_opens_what_it_signed_as_text_or_bytes() -> None:
    note = SIGNER.sign(TEXT)
    verifier = Verifier.parse(SIGNER.verifier)
    assert verifier.open(note) == verifier.open(note.encode()) == TEXT
    assert note.startswith(TEXT + "\n\u2014 hutong.example/log ")


def test_passes_over_signatures_of_other_keys() -> None:
    mine, theirs = SIGNER.sign(TEXT), OTHER.sign(TEXT).removeprefix(TEXT + "\n")
    assert SIGNER.public.open(mine + theirs) == OTHER.public.open(mine + theirs) == TEXT


def test_refuses_a_note_that_was_changed() -> None:
    with pytest.raises(NoteForged):
        SIGNER.public.open(SIGNER.sign(TEXT).replace("first", "fIrst"))
    with pytest.raises(NoteForged):
        # one good and one bad signature of the same key
        bad = SIGNER.sign("other\n").removeprefix("other\n\n")
        SIGNER.public.open(SIGNER.sign(TEXT) + bad)


def test_refuses_a_note_without_the_signature_of_the_log() -> None:
    with pytest.raises(NoteUnsigned, match=r"hutong\.example/log"):
        SIGNER.public.open(OTHER.sign(TEXT))
    namesake = LogSigner.from_seed(SIGNER.name, b"x" * 32)
    with pytest.raises(NoteUnsigned):
        SIGNER.public.open(namesake.sign(TEXT))


@given(st.integers(0, len(SIGNER.sign(TEXT).encode()) - 1), st.integers(1, 255))
def test_no_changed_byte_gives_another_text(at: int, mask: int) -> None:
    raw = bytearray(SIGNER.sign(TEXT).encode())
    raw[at] ^= mask
    with pytest.raises((NoteMalformed, NoteUnsigned, NoteForged)):
        SIGNER.public.open(bytes(raw))


@pytest.mark.parametrize(
    "note",
    [
        "",
        "text\n",
        "text\n\n",
        SIGNER.sign(TEXT)[:-1],
        SIGNER.sign(TEXT) + "\n",
        SIGNER.sign(TEXT).replace("\u2014", "-"),
        SIGNER.sign(TEXT).replace("log ", "log  "),
        SIGNER.sign(TEXT).replace("first", "fir\tst"),
        SIGNER.sign(TEXT).replace("first", "fir\rst"),
        SIGNER.sign(TEXT) + "\u2014 name !!!!\n",
        SIGNER.sign(TEXT) + "\u2014 na+me AAAAAAAA\n",
        SIGNER.sign(TEXT) + "\u2014 name AAAA\n",
        SIGNER.sign(TEXT) + "\u2014 name AAAAAAAA\n" * 200,
        b"\xff\n\n\xff\n",
    ],
)
def test_refuses_what_is_no_note(note: str | bytes) -> None:
    with pytest.raises(NoteMalformed):
        SIGNER.public.open(note)


@pytest.mark.parametrize("text", ["no newline", "", "tab\t\n", "\ud800\n"])
def test_signs_nothing_that_could_not_be_opened(text: str) -> None:
    with pytest.raises(NoteMalformed):
        SIGNER.sign(text)


@pytest.mark.parametrize(
    "vkey",
    [
        "",
        "name",
        PETER.replace("c74f20a3", "c74f20a4"),
        PETER.replace("c74f20a3", "C74F20A3"),
        PETER.replace("PeterNeumann", "Peter Neumann"),
        PETER.replace("PeterNeumann", ""),
        PETER + "=",
        PETER[:-4],
        PETER.replace("+AR", "+Ah"),
    ],
)
def test_refuses_what_is_no_verifier(vkey: str) -> None:
    with pytest.raises(VerifierMalformed):
        Verifier.parse(vkey)


@pytest.mark.parametrize("name", ["", "a b", "a+b", "a\u3000b"])
def test_a_log_has_a_name_without_spaces_and_plus(name: str) -> None:
    with pytest.raises(ValueError):
        LogSigner.from_seed(name, b"s" * 32)


@given(st.integers(0, 2**63 - 1), st.binary(min_size=32, max_size=32))
def test_reads_the_checkpoint_it_writes(size: int, root: bytes) -> None:
    checkpoint = Checkpoint("hutong.example/log", size, root)
    assert Checkpoint.parse(checkpoint.text()) == checkpoint


def test_reads_the_checkpoint_of_the_specification() -> None:
    text = "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"
    found = Checkpoint.parse(text)
    assert (found.origin, found.size, found.text()) == ("example.com/behind-the-sofa", 20852163, text)
    assert Checkpoint.parse(text + "an extension\n") == found


ROOT = signed_note._encode(b"r" * 32)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "o\n1\n",
        f"o\n1\n{ROOT}",
        f"\n1\n{ROOT}\n",
        f"o\n01\n{ROOT}\n",
        f"o\n-1\n{ROOT}\n",
        f"o\n\uff11\n{ROOT}\n",
        f"o\n\n{ROOT}\n",
        f"o\n{10**19}\n{ROOT}\n",
        f"o\n1\n{ROOT[:-1]}\n",
        "o\n1\nAAAA\n",
        f"o\n1\n{ROOT}\n\n",
    ],
)
def test_refuses_what_is_no_checkpoint(text: str) -> None:
    with pytest.raises(CheckpointMalformed):
        Checkpoint.parse(text)
