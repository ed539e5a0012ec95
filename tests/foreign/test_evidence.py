"""What we sign and prove holds by other people's tools, and a changed byte does not."""

import base64
import json
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from tools import EXCUSED, HERE, NEEDED, ask, tool

from hutong.core import merkle
from hutong.core.signed_note import Checkpoint, LogSigner, Verifier

pytestmark = pytest.mark.full
SIGNER = LogSigner.from_seed("log.county.example", bytes(range(32)))
SIZE, FIRST, INDEX = 300, 70, 41
LEAVES = [f"entry {number}".encode() for number in range(SIZE)]
GET = merkle.of_leaves([merkle.leaf_hash(leaf) for leaf in LEAVES])


def text64(raw: bytes) -> str:
    return base64.b64encode(raw).decode()


@dataclass(frozen=True, slots=True)
class Note:
    """The parts of a signed note: text, signature, and the key as DER and PEM."""

    text: bytes
    signature: bytes
    der: bytes
    pem: bytes


@pytest.fixture(scope="module")
def note() -> str:
    head = Checkpoint(SIGNER.name, SIZE, merkle.root_at(SIZE, GET), "2026-11-23T03:00:07.123456Z", FIRST)
    return SIGNER.sign(head.text())  # with the lines of ours, which every reader of checkpoints reads past


@pytest.fixture(scope="module")
def parts(note) -> Note:
    text, _, line = note.rpartition("\n\n")
    signature = base64.b64decode(line.split()[-1])[4:]
    key = Ed25519PublicKey.from_public_bytes(Verifier.parse(SIGNER.verifier).public_key)
    der, pem = (key.public_bytes(kind, PublicFormat.SubjectPublicKeyInfo) for kind in (Encoding.DER, Encoding.PEM))
    return Note(f"{text}\n".encode(), signature, der, pem)


@pytest.fixture(scope="module")
def asked(note) -> dict[str, object]:
    return {
        "note": note, "vkey": SIGNER.verifier, "leaf": text64(LEAVES[INDEX]), "index": INDEX, "size": SIZE,
        "root": text64(merkle.root_at(SIZE, GET)), "first": FIRST, "firstRoot": text64(merkle.root_at(FIRST, GET)),
        "inclusion": [text64(each) for each in merkle.inclusion_proof(INDEX, SIZE, GET)],
        "consistency": [text64(each) for each in merkle.consistency_proof(FIRST, SIZE, GET)],
    }  # fmt: skip


@pytest.fixture(scope="module")
def reference(tmp_path_factory) -> Path:
    """The reference implementation of notes and logs, compiled."""
    program = tmp_path_factory.mktemp("go") / "evidence"
    agreed, said = ask(
        "go", "build", "-o", str(program), str(HERE / "evidence.go"), GO111MODULE="off", GOPATH="/usr/share/gocode",
        GOCACHE=str(program.parent / "cache"), GOFLAGS="",
    )  # fmt: skip
    assert agreed, said
    return program


def by_reference(program: Path, given: object) -> tuple[bool, str]:
    done = subprocess.run([program], input=json.dumps(given), capture_output=True, text=True, check=False)
    return done.returncode == 0, done.stdout + done.stderr


def test_the_reference_implementation_opens_the_checkpoint_and_takes_both_proofs(reference, asked, parts):
    assert by_reference(reference, asked) == (True, parts.text.decode())


@pytest.mark.parametrize(
    "changed",
    [
        {"index": INDEX + 1}, {"size": 2 * SIZE}, {"first": FIRST + 1}, {"leaf": text64(b"another")},
        {"root": text64(bytes(32))}, {"firstRoot": text64(bytes(32))}, {"inclusion": []}, {"consistency": []},
        {"vkey": LogSigner.from_seed("log.county.example", bytes(32)).verifier},
    ],
    ids=lambda changed: next(iter(changed)),
)  # fmt: skip
def test_the_reference_implementation_refuses_what_was_changed(reference, asked, changed):
    agreed, _ = by_reference(reference, {**asked, **changed})

    assert not agreed


@pytest.mark.parametrize("changed", [False, True], ids=["as signed", "changed"])
def test_openssl_says_whether_the_log_signed_it(parts, changed, tmp_path):
    text = parts.text.replace(b"300", b"301") if changed else parts.text
    for name, raw in (("text", text), ("signature", parts.signature), ("key.pem", parts.pem)):
        (tmp_path / name).write_bytes(raw)

    agreed, said = ask(
        "openssl", "pkeyutl", "-verify", "-pubin", "-inkey", str(tmp_path / "key.pem"), "-rawin",
        "-in", str(tmp_path / "text"), "-sigfile", str(tmp_path / "signature"),
    )  # fmt: skip
    assert agreed is not changed, said


@pytest.mark.parametrize("changed", [False, True], ids=["as signed", "changed"])
def test_java_says_whether_the_log_signed_it(parts, changed):
    text = parts.text.replace(b"300", b"301") if changed else parts.text

    agreed, said = ask("java", str(HERE / "Note.java"), *(text64(raw) for raw in (text, parts.signature, parts.der)))
    assert agreed is not changed, said


def test_every_tool_is_here_but_what_is_excused_and_is_not():
    assert [name for name in NEEDED if name not in EXCUSED and not tool(name)] == []
    assert [name for name in EXCUSED if name not in NEEDED or shutil.which(name)] == []
