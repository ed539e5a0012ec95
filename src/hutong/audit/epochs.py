"""The epochs of the log: each is a log of its own, with its own name and tree, under the same key.

The first has the log's name, each later one that name and its number. A log that was set back is never continued: its
next epoch begins (`audit.beginning`), and what is there of the one before stays as it is and is served.
"""

from dataclasses import dataclass

from psycopg import Cursor

from hutong.core import log_epochs
from hutong.core.errors import Missing
from hutong.core.signed_note import LogSigner, Verifier
from hutong.db import sql

statements = sql.load(__package__, "epochs.sql")


class NoSuchEpoch(Missing):
    """The log has no epoch {epoch}."""


@dataclass(frozen=True, slots=True)
class Epoch:
    """An epoch of the log: its number, and where its leaves stand among all."""

    number: int
    first_seq: int
    until_seq: int | None
    """Where the next epoch begins; None of the one that is written."""

    def origin(self, name: str) -> str:
        """Return what the log of this epoch is called, `name` being what the log is called."""
        return log_epochs.origin(name, self.number)

    def signer(self, signer: LogSigner) -> LogSigner:
        """Return the log's key under the name of this epoch."""
        return signer.named(self.origin(signer.name))

    def verifier(self, vkey: str) -> str:
        """Return the log's public key, as text, under the name of this epoch."""
        verifier = Verifier.parse(vkey)
        return str(verifier.named(self.origin(verifier.name)))


def current(cur: Cursor) -> Epoch:
    """Return the epoch that is written."""
    return every(cur)[-1]


def of(cur: Cursor, number: int | None) -> Epoch:
    """Return an epoch, that which is written where no number is given; raises NoSuchEpoch."""
    found = every(cur)
    if number is None:
        return found[-1]
    for each in found:
        if each.number == number:
            return each
    raise NoSuchEpoch(epoch=number)


def every(cur: Cursor) -> list[Epoch]:
    """Return every epoch in their order."""
    return [Epoch(*row) for row in cur.execute(statements.every)]


def at(cur: Cursor, seq: int) -> Epoch:
    """Return the epoch in which the leaf at `seq` stands."""
    return next(each for each in reversed(every(cur)) if each.first_seq <= seq)
