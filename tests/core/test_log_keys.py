"""Which keys a checkpoint has to have, and from which record a key follows another."""

from dataclasses import replace

import pytest

from hutong.core import canonical, log_keys, signed_note
from hutong.core.leaves import commit
from hutong.core.log_keys import CheckpointOfAnother, KeyChain, KeyChange, KeyChangeUnproven, KeySignsNoMore
from hutong.core.signed_note import Checkpoint, LogSigner, NoteUnsigned

ONE, TWO, THREE = (LogSigner.from_seed("l", bytes([n]) * 32) for n in (1, 2, 3))
AT, UNTIL = "2026-11-23T00:00:00.000000Z", "2026-12-23T00:00:00.000000Z"
LATER = "2026-12-24T00:00:00.000000Z"
CHANGE = KeyChange(5, ONE.public, TWO.public, AT, UNTIL)
CHAIN = KeyChain(ONE.public, (CHANGE,))
FACTS = {"log": "l", "old_key": ONE.verifier, "new_key": TWO.verifier, "until_at": UNTIL, "request": 1}


def head(size: int, *, after: int | None, at: str = AT) -> Checkpoint:
    return Checkpoint("l", size, bytes(32), at, after)


@pytest.mark.clause("IS-4.1-b")
@pytest.mark.parametrize(
    ("checkpoint", "signing"),
    [
        (head(5, after=None), [ONE]),
        (head(5, after=3, at=LATER), [ONE]),
        (head(6, after=5), [ONE, TWO]),
        (head(9, after=6), [ONE, TWO]),
        (head(9, after=6, at=UNTIL), [TWO]),
        (head(9, after=5, at=LATER), [ONE, TWO]),  # the first that covers the entry, however late
        (head(6, after=None, at=LATER), [ONE, TWO]),
    ],
)
def test_a_checkpoint_has_the_signatures_that_its_size_moment_and_predecessor_ask_for(checkpoint, signing):
    assert CHAIN.signing(checkpoint) == tuple(each.public for each in signing)
    note = signed_note.sign(checkpoint.text(), signing)
    assert CHAIN.open(note) == checkpoint
    for missing in signing:
        others = [each for each in (*signing, THREE) if each is not missing]
        with pytest.raises(NoteUnsigned):
            CHAIN.open(signed_note.sign(checkpoint.text(), others))


@pytest.mark.clause("IS-4.1-b")
def test_a_key_that_signs_no_more_spoils_the_checkpoint_it_signs():
    text = head(9, after=6, at=LATER).text()
    assert CHAIN.open(signed_note.sign(text, [TWO, THREE])).size == 9
    with pytest.raises(KeySignsNoMore):
        CHAIN.open(signed_note.sign(text, [TWO, ONE]))


def test_the_checkpoint_of_another_log_is_none_of_this():
    with pytest.raises(CheckpointOfAnother):
        CHAIN.open(ONE.sign(replace(head(1, after=None), origin="other").text()))


def opened(*, salt: bytes = b"s" * 16, sealed: dict | None = None, event: str = log_keys.CHANGED, **facts: object):
    record = canonical.dumps({**FACTS, **facts})
    seal = commit(salt, canonical.dumps(sealed) if sealed else record, at=AT, event=event, record_class="x", unit=None)
    leaf = canonical.dumps({"at": AT, "class": "x", "commitment": seal.hex(), "event": event, "v": 1})
    return KeyChange.opened(name="l", index=5, leaf=leaf, record=record.decode(), salt=salt)


@pytest.mark.clause("IS-4.1-b")
def test_a_record_that_its_leaf_was_made_for_tells_a_change():
    assert opened() == CHANGE


@pytest.mark.clause("IS-4.1-b")
@pytest.mark.parametrize(
    "other",
    [
        {"new_key": THREE.verifier, "sealed": FACTS}, {"event": "audit.exported"}, {"salt": b"short"},
        {"new_key": ONE.verifier}, {"new_key": "no key"}, {"log": "m"}, {"more": 1},
        {"new_key": TWO.named("m").verifier},
    ],
)  # fmt: skip
def test_anything_else_proves_no_change(other):
    with pytest.raises(KeyChangeUnproven):
        opened(**other)


@pytest.mark.parametrize(
    "other",
    [
        KeyChange(4, TWO.public, THREE.public, AT, UNTIL), KeyChange(6, ONE.public, THREE.public, AT, UNTIL),
        KeyChange(6, TWO.public, ONE.public, AT, UNTIL),
    ],
)  # fmt: skip
def test_a_change_goes_from_the_newest_key_to_one_that_never_was(other):
    with pytest.raises(KeyChangeUnproven):
        CHAIN.following([other])
    assert CHAIN.following([KeyChange(6, TWO.public, THREE.public, AT, UNTIL)]).newest == THREE.public
