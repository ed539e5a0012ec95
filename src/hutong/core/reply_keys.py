"""The keys that sign replies, in their order: the old one states which one follows it, and until when it signs itself.

A statement is a signed note (C2SP signed-note) of six lines, signed by the old key and by the new one. Whoever pinned
the old key goes on with the new one by it.
"""

from dataclasses import dataclass

from hutong.core import signed_note
from hutong.core.errors import Invalid, Problem
from hutong.core.signed_note import LogSigner, Verifier

FIRST_LINE = "hutong-reply-key-v1"


class ReplyKeyUnproven(Invalid):
    """Nothing proves that one reply key follows the other: {fault}."""


@dataclass(frozen=True, slots=True)
class ReplyKeyChange:
    """That a reply key follows another; moments as leaves write them."""

    old: Verifier
    new: Verifier
    from_at: str
    until_at: str

    @classmethod
    def opened(cls, note: str) -> "ReplyKeyChange":
        """Return what a statement says, signed by both keys it names; raises ReplyKeyUnproven."""
        try:
            text, _ = signed_note.split(note)
            first, platform, old, new, from_at, until_at = text.removesuffix("\n").split("\n")
            change = cls(
                Verifier.parse(_said("old", old)), Verifier.parse(_said("new", new)),
                _said("from", from_at), _said("until", until_at),
            )  # fmt: skip
            if first != FIRST_LINE or not change.old.name == change.new.name == platform or change.old == change.new:
                raise ReplyKeyUnproven(fault=platform)
            for key in (change.old, change.new):
                key.open(note)
        except (Problem, ValueError) as fault:
            raise ReplyKeyUnproven(fault=str(fault)) from None
        return change


def statement(old: LogSigner, new: LogSigner, *, from_at: str, until_at: str) -> str:
    """Return the note in which the old key says that the new one follows."""
    text = "\n".join(
        (FIRST_LINE, old.name, f"old {old.public}", f"new {new.public}", f"from {from_at}", f"until {until_at}", "")
    )
    return signed_note.sign(text, [old, new])


def _said(name: str, line: str) -> str:
    found, _, value = line.partition(" ")
    if found != name:
        raise ReplyKeyUnproven(fault=line)
    return value
