"""Following a log whose key was changed: from the pinned key, by the log's own entries and nobody's word.

Whoever was away while both keys signed finds at the log the entry that names the new key, and the checkpoint over
it, signed by the old key too. What was followed is kept with the bookmarks.
"""

import json
from collections.abc import Mapping
from typing import Any, Protocol

from hutong.core import log_epochs, merkle, signed_note
from hutong.core.log_keys import KeyChain, KeyChange, KeyChangeUnproven
from hutong.core.signed_note import Verifier


class OpenPlaces(Protocol):
    """A line to the open places of a platform."""

    def open_get(self, path: str) -> bytes:
        """Return the content of an open place."""


def known(kept: Mapping[str, Any], pinned: Verifier) -> KeyChain:
    """Return the keys that were followed from a pinned one so far, as bookmarks keep them."""
    return KeyChain(pinned).following(
        KeyChange(
            each["index"], Verifier.parse(each["old"]), Verifier.parse(each["new"]), each["at"], each["until"]
        )
        for each in kept.get("keys", {}).get(str(pinned), [])
    )


def keep(kept: dict[str, Any], chain: KeyChain) -> None:
    """Keep the keys that were followed."""
    if chain.changes:
        kept.setdefault("keys", {})[str(chain.first)] = [
            {"index": each.index, "old": str(each.old), "new": str(each.new), "at": each.at, "until": each.until}
            for each in chain.changes
        ]


def announced(note: str, chain: KeyChain) -> bool:
    """Return whether a note carries a signature in the log's name by a key that is not known yet."""
    hashes = {key.key_hash for key in chain.keys}
    name = chain.first.name
    return any(each == name and signature[:4] not in hashes for each, signature in signed_note.split(note)[1])


def follow(line: OpenPlaces, chain: KeyChain) -> tuple[KeyChain, list[str]]:
    """Return the keys that follow by proof, and the checkpoints that prove it, which the log has to continue.

    Raises KeyChangeUnproven, and what the line raises.
    """
    notes = []
    try:
        for told in json.loads(line.open_get(_place(chain)))["changes"]:
            change = _opened(told, chain.first.name)
            if change.old == chain.newest:
                chain = chain.following([change])
                _prove(told, chain, change)
                notes.append(str(told["checkpoint"]))
    except (ValueError, KeyError, TypeError, AttributeError, merkle.ProofRejected) as fault:
        raise KeyChangeUnproven(fault=str(fault)) from None
    return chain, notes


def former(kept: Mapping[str, Any], pinned: Verifier, note: str) -> tuple[KeyChain, str | None]:
    """Return the keys of an epoch that was pinned before the one of now, and what was seen of it, if it was.

    Where another key was pinned of it then, and signed the note, it is that one and those that follow it.
    """
    logs: Mapping[str, str] = kept.get("logs", {})
    before = [Verifier.parse(each) for each in logs]
    chains = [known(kept, each) for each in (pinned, *before) if each.name == pinned.name]
    found = next((each for each in chains if any(signed_note.carries(note, key) for key in each.keys)), chains[0])
    return found, logs.get(str(found.first))


def _place(chain: KeyChain) -> str:
    _, epoch = log_epochs.told(chain.first.name)
    return f"{log_epochs.place(epoch)}/keys"


def _opened(told: Mapping[str, Any], name: str) -> KeyChange:
    return KeyChange.opened(
        name=name, index=int(told["index"]), leaf=bytes.fromhex(told["leaf"]), record=str(told["record"]),
        salt=bytes.fromhex(told["salt"]),
    )  # fmt: skip


def _prove(told: Mapping[str, Any], chain: KeyChain, change: KeyChange) -> None:
    """Return where the entry stands under the checkpoint that both keys signed; raises as a note and a proof do."""
    head = chain.open(str(told["checkpoint"]))
    if {change.old, change.new} != {*chain.signing(head)}:
        raise KeyChangeUnproven(fault=f"checkpoint {head.size}")
    merkle.verify_inclusion(
        leaf=merkle.leaf_hash(bytes.fromhex(told["leaf"])), index=change.index, size=head.size,
        proof=[bytes.fromhex(each) for each in told["hashes"]], expected_root=head.root,
    )  # fmt: skip
